package swarm.chaos.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import swarm.chaos.cluster.Wait;

/// Debian's `docker-registry` on a test host.
final class RegistryProcess implements AutoCloseable {
  static final int PORT = 5000;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;

  private RegistryProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static RegistryProcess start(Function<String[], ProcessBuilder> host, Path data, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: :%d
        """
            .formatted(data, PORT));
    Path log = folder.resolve("log");
    Process process =
        host.apply(new String[] {"docker-registry", "serve", config.toString()})
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new RegistryProcess(process, log);
  }

  /// Until it listens.
  void await() throws IOException, InterruptedException {
    Wait.until(
        "docker-registry listens", LIMIT, () -> Files.readString(log).contains("listening on "));
  }

  @Override
  public void close() {
    process.destroy();
    var _ = process.onExit().join();
  }
}
