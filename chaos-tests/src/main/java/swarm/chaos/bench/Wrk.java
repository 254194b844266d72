package swarm.chaos.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Requests by `wrk`, each on a connection of its own.
///
/// @param perSecond that were answered
/// @param failed connects, reads, writes and answers that went wrong or came too late
record Wrk(double perSecond, long failed) {
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
  private static final Pattern STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
  private static final String CONNECTIONS = "32";

  /// The command that calls a port for some seconds.
  static List<String> command(String address, int port, int seconds) {
    return List.of(
        "wrk",
        "-t1",
        "-c" + CONNECTIONS,
        "-d" + seconds + "s",
        "-H",
        "Connection: close",
        "http://" + address + ":" + port + "/");
  }

  /// Runs it to its end.
  static Wrk run(ProcessBuilder command) throws IOException, InterruptedException {
    return end(command.redirectErrorStream(true).start());
  }

  /// Waits for one that runs.
  static Wrk end(Process running) throws IOException, InterruptedException {
    String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = running.waitFor();
    if (status != 0) {
      throw new IOException("wrk ended with " + status + ": " + said);
    }
    return read(said);
  }

  /// From what it prints. Pure.
  static Wrk read(String said) throws IOException {
    Matcher rate = RATE.matcher(said);
    if (!rate.find()) {
      throw new IOException("wrk tells no rate: " + said);
    }
    long failed = 0;
    for (Pattern pattern : List.of(ERRORS, STATUS)) {
      Matcher found = pattern.matcher(said);
      if (found.find()) {
        for (int i = 1; i <= found.groupCount(); i++) {
          failed += Long.parseLong(found.group(i));
        }
      }
    }
    return new Wrk(Double.parseDouble(rate.group(1)), failed);
  }

  /// For a line of results; empty where nothing failed.
  String note() {
    return failed == 0 ? "" : ", " + failed + " went wrong";
  }
}
