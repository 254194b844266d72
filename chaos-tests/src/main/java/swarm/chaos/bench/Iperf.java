package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// What one TCP connection carries between two network namespaces, by `iperf3`.
final class Iperf {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PORT = "5201";

  private Iperf() {}

  /// Makes a command that will run somewhere.
  interface Place {
    ProcessBuilder command(List<String> words);
  }

  /// Where a namespace file leads.
  static Place in(Path netns) {
    return words -> {
      var command = new java.util.ArrayList<>(List.of("nsenter", "--net=" + netns));
      command.addAll(words);
      return new ProcessBuilder(command);
    };
  }

  /// Sends from one place to another for some seconds, the first of which does not count.
  ///
  /// @param address the server's, for the client
  /// @return billions of bits a second that arrived
  static double gigabits(Place server, Place client, String address, int seconds)
      throws IOException, InterruptedException {
    Process listening =
        server
            .command(List.of("iperf3", "-s", "-1", "-p", PORT, "--forceflush"))
            .redirectErrorStream(true)
            .start();
    try {
      awaitListening(listening);
      Process sending =
          client
              .command(
                  List.of(
                      "iperf3",
                      "-c",
                      address,
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
        throw new IOException("iperf3 to " + address + " ended with " + status + ": " + said);
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
