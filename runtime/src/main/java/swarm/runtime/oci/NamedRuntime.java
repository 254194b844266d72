package swarm.runtime.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A runtime that the operator asked for by name. Unlike the usual ones, of which any may be
/// missing, it must be there.
public final class NamedRuntime {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private NamedRuntime() {}

  /// Checks that the program is there and answers `--version`, as every OCI runtime does. Whether
  /// it can run containers on this host is found out by [RuntimeProbe].
  ///
  /// @param nameOrPath as given with `--runtime`
  /// @throws IOException with a sentence that says what is wrong with it
  public static void check(String nameOrPath) throws IOException, InterruptedException {
    check(nameOrPath, LIMIT);
  }

  static void check(String nameOrPath, Duration limit) throws IOException, InterruptedException {
    Path program =
        Programs.find(nameOrPath)
            .orElseThrow(
                () ->
                    wrong(
                        nameOrPath,
                        nameOrPath.contains("/")
                            ? "there is no such executable file"
                            : "no such program is installed; give its path, or install it"));
    Process process;
    try {
      process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException(wrong(nameOrPath, e.getMessage()).getMessage(), e);
    }
    try {
      process.getOutputStream().close();
      // what does not fit into the pipe is no version: who writes so much does not end
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw wrong(
            nameOrPath, "'--version' did not end within " + limit.toMillis() / 1000.0 + " s");
      }
      if (process.exitValue() != 0) {
        throw wrong(
            nameOrPath,
            "'--version' ended with exit code " + process.exitValue() + ": " + output(process));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readNBytes(200), StandardCharsets.UTF_8).strip();
  }

  private static IOException wrong(String name, @Nullable String why) {
    return new IOException("--runtime " + name + " is no OCI runtime that can be used: " + why);
  }
}
