package swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.image.RegistryOptions;

@Timeout(60)
class RootLockTest {
  @TempDir Path temp;

  @Test
  void aFolderHasOneDaemon() throws IOException {
    Path folder = temp.resolve("data");
    try (var _ = RootLock.take(folder, "daemon.lock", "--data-root")) {
      assertThatIOException()
          .isThrownBy(() -> RootLock.take(folder, "daemon.lock", "--data-root"))
          .withMessage(
              folder
                  + " is in use by the swarm daemon with process id "
                  + ProcessHandle.current().pid()
                  + "; stop that one, or give this one another folder with --data-root");
    }
    RootLock.take(folder, "daemon.lock", "--data-root").close();
  }

  @Test
  void whatAnEndedDaemonLeftIsNoClaim() throws IOException {
    Files.writeString(temp.resolve("daemon.lock"), "1234567890123\n");
    try (var _ = RootLock.take(temp, "daemon.lock", "--data-root")) {
      assertThat(temp.resolve("daemon.lock"))
          .hasContent(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void aNodeTouchesNothingWhereAnotherProcessIs() throws Exception {
    Path data = temp.resolve("data");
    Path exec = temp.resolve("exec");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                data.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("locked");

      assertThatIOException()
          .isThrownBy(() -> Node.start(options(data, exec)))
          .withMessageContaining(data + " is in use by the swarm daemon with process id ")
          .withMessageContaining(Long.toString(other.pid()));

      try (var left = Files.list(data)) {
        assertThat(left.toList()).containsExactly(data.resolve("daemon.lock"));
      }
      assertThat(exec).doesNotExist();
    } finally {
      other.outputWriter().close();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static Node.Options options(Path data, Path exec) {
    Consumer<Throwable> fatal =
        e -> {
          throw new AssertionError(e);
        };
    return new Node.Options(
        data,
        exec,
        List.of(exec.resolve("s.sock")),
        List.of(),
        Optional.empty(),
        "/swarmtest-lock",
        List.of(),
        new RegistryOptions(List.of(), List.of()),
        List.of(),
        List.of(),
        true,
        false,
        CrashPoints.NONE,
        fatal);
  }

  /// Another process that has the folder until its input ends.
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (var _ = RootLock.take(Path.of(args[0]), "daemon.lock", "--data-root")) {
        System.out.println("locked");
        while (System.in.read() >= 0) {
          // until the test lets go
        }
      }
    }
  }
}
