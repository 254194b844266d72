package swarm.chaos.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Programs of the machine: `ip`, `mount`, `nsenter`, `unshare`.
final class Tools {
  private Tools() {}

  /// Runs a short command to its end.
  ///
  /// @return its standard output and error
  /// @throws IOException with the command and what it printed, where its status is not 0
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(
          String.join(" ", List.of(command)) + " ended with " + status + ": " + output);
    }
    return output;
  }
}
