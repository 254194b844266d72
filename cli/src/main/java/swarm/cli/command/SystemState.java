package swarm.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What systemd says of the whole machine.
final class SystemState {
  private static final Logger LOG = LoggerFactory.getLogger(SystemState.class);

  /// There where systemd is process 1: sd_booted(3).
  private static final Path SYSTEMD = Path.of("/run/systemd/system");

  private static final long LIMIT_SECONDS = 5;

  private SystemState() {}

  /// Whether the machine shuts down or reboots. A shutdown is in systemd's queue as a whole before
  /// the first service is stopped for it. Without systemd, or without its answer: no.
  static boolean goesDown() {
    if (!Files.isDirectory(SYSTEMD)) {
      return false;
    }
    try {
      return goesDown(ask());
    } catch (IOException e) {
      LOG.warn(
          "whether this machine shuts down is not known, containers run on: {}", e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// @param answer `SystemState` of systemd's manager, as org.freedesktop.systemd1(5) has it
  static boolean goesDown(String answer) {
    return answer.strip().equals("stopping");
  }

  /// `show` asks systemd itself, where other verbs may need D-Bus, which goes down, too.
  private static String ask() throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder("systemctl", "show", "--property=SystemState", "--value")
            .redirectErrorStream(true)
            .start();
    asked.getOutputStream().close();
    if (!asked.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      asked.destroyForcibly();
      throw new IOException("systemctl did not answer within " + LIMIT_SECONDS + " s");
    }
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (asked.exitValue() != 0) {
      throw new IOException("systemctl ended with " + asked.exitValue() + ": " + said.strip());
    }
    return said;
  }
}
