package swarm.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The terminal that the program was started on, for as long as a container's own terminal is shown
/// on it. It is changed by `stty`, as coreutils and busybox have it: a fork costs less than loading
/// the foreign function interface would.
final class Tty implements AutoCloseable {
  /// Columns and rows.
  record Size(int rows, int columns) {}

  private final String saved;

  private Tty(String saved) {
    this.saved = saved;
  }

  /// Passes each key on as it is, Ctrl-C too, until closed.
  static Tty raw() throws IOException {
    String saved = stty("-g");
    stty("raw", "-echo");
    return new Tty(saved);
  }

  /// Shows nothing of what is typed, until closed.
  static Tty silent() throws IOException {
    String saved = stty("-g");
    stty("-echo");
    return new Tty(saved);
  }

  static Size size() throws IOException {
    String[] parts = stty("size").split(" ");
    if (parts.length != 2) {
      throw new IOException("stty size says '" + String.join(" ", parts) + "'");
    }
    return new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  private static String stty(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("stty " + String.join(" ", arguments) + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return out.strip();
  }

  @Override
  public void close() throws IOException {
    stty(saved);
  }
}
