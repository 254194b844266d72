package swarm.chaos.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Function;

/// Debian's `docker-registry` on a test host, on all of its addresses. It goes with its host, at
/// the latest.
public final class Registry implements AutoCloseable {
  /// Where it listens.
  public static final int PORT = 5000;

  /// Whom a closed one lets in.
  public static final String USER = "me";

  /// That user's.
  public static final String PASSWORD = "secret";

  /// Of the password, by bcrypt: the only form that it reads.
  private static final String HASH = "$2b$04$S0nt2W0W8M0t0q2yE6yZJOL86iAxdpPw3yLMN5bE4f/NowYdoHtHK";

  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;

  private Registry(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Whether this machine has the program.
  public static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /// One that lets anybody in; it listens when this returns.
  public static Registry open(TestCluster cluster, int host)
      throws IOException, InterruptedException {
    return on(cluster, host, "");
  }

  /// One that lets in only [#USER] with [#PASSWORD].
  public static Registry closed(TestCluster cluster, int host)
      throws IOException, InterruptedException {
    return on(cluster, host, USER + ":" + HASH);
  }

  private static Registry on(TestCluster cluster, int host, String passwords)
      throws IOException, InterruptedException {
    Path folder = cluster.folder(host).resolve("registry");
    Registry started =
        start(command -> cluster.on(host, command), folder.resolve("data"), folder, passwords);
    started.await();
    return started;
  }

  /// One that lets anybody in, on whichever host; it is not waited for.
  ///
  /// @param host makes a command that will run there
  /// @param data where its images are; another host's registry may have the same
  /// @param folder for what is its own
  public static Registry start(Function<String[], ProcessBuilder> host, Path data, Path folder)
      throws IOException {
    return start(host, data, folder, "");
  }

  private static Registry start(
      Function<String[], ProcessBuilder> host, Path data, Path folder, String passwords)
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
    if (!passwords.isEmpty()) {
      Path file = folder.resolve("htpasswd");
      Files.writeString(file, passwords + "\n");
      String auth = "auth:\n  htpasswd:\n    realm: test\n    path: " + file + "\n";
      Files.writeString(config, auth, StandardOpenOption.APPEND);
    }
    Path log = folder.resolve("log");
    Process process =
        host.apply(new String[] {PROGRAM.toString(), "serve", config.toString()})
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new Registry(process, log);
  }

  /// Until it listens.
  public void await() throws IOException, InterruptedException {
    Wait.until(
        "docker-registry listens", LIMIT, () -> Files.readString(log).contains("listening on "));
  }

  @Override
  public void close() {
    var _ = process.destroyForcibly().onExit().join();
  }
}
