package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What one TCP connection carries between two network namespaces, by `iperf3`.
final class Iperf {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PORT = "5201";
  private static final int TURN_SECONDS = 2;

  private Iperf() {}

  /// Makes a command that will run somewhere.
  interface Place {
    ProcessBuilder command(List<String> words);
  }

  /// Where a namespace file leads.
  static Place in(Path netns) {
    return words -> {
      var command = new ArrayList<>(List.of("nsenter", "--net=" + netns));
      command.addAll(words);
      return new ProcessBuilder(command);
    };
  }

  /// One connection to be measured.
  ///
  /// @param address the server's, for the client
  record Flow(Place server, Place client, String address) {}

  /// Sends over each for some seconds in all, in turns of two seconds, there and back: what the
  /// machine does beside is shared by all.
  ///
  /// @return billions of bits a second that arrived, by flow
  static double[] inTurns(List<Flow> flows, int seconds) throws IOException, InterruptedException {
    int rounds = Math.max(1, seconds / TURN_SECONDS);
    double[] sums = new double[flows.size()];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < flows.size(); i++) {
        int which = round % 2 == 0 ? i : flows.size() - 1 - i;
        sums[which] += gigabits(flows.get(which), TURN_SECONDS);
      }
    }
    return Arrays.stream(sums).map(sum -> sum / rounds).toArray();
  }

  /// The first second does not count.
  private static double gigabits(Flow flow, int seconds) throws IOException, InterruptedException {
    Process listening =
        flow.server()
            .command(List.of("iperf3", "-s", "-1", "-p", PORT, "--forceflush"))
            .redirectErrorStream(true)
            .start();
    try {
      awaitListening(listening);
      Process sending =
          flow.client()
              .command(
                  List.of(
                      "iperf3",
                      "-c",
                      flow.address(),
                      "-p",
                      PORT,
                      "-t",
                      Integer.toString(seconds),
                      "-O",
                      "1",
                      "-J"))
              .redirectErrorStream(true)
              .start();
      String said = new String(sending.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = sending.waitFor();
      if (status != 0) {
        throw new IOException(
            "iperf3 to " + flow.address() + " ended with " + status + ": " + said);
      }
      return received(said);
    } finally {
      listening.destroy();
      listening.waitFor();
    }
  }

  private static void awaitListening(Process server) throws IOException {
    BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.contains("listening")) {
        return;
      }
    }
    throw new IOException("iperf3 does not listen");
  }

  /// From the client's report. Pure.
  static double received(String report) throws IOException {
    JsonNode bits = JSON.readTree(report).at("/end/sum_received/bits_per_second");
    if (!bits.isNumber()) {
      throw new IOException("iperf3 tells no rate: " + report);
    }
    return bits.asDouble() / 1e9;
  }
}
