package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// dockerode, the client of Node: `lifecycle.cjs` drives one container through its life.
@Tag("multihost")
final class DockerodeTest {
  private static final Path HOME = Path.of("target", "dockerode").toAbsolutePath();
  private static final String LOCK = "package-lock.json";
  private static final long LIMIT_SECONDS = 120;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void aContainersLife() throws Exception {
    install();
    Shell shell = Shell.of(CLUSTER, Client.DOCKER);
    try {
      run(
          "node",
          "lifecycle.cjs",
          CLUSTER.cluster().folder(shell.host()).resolve("docker.sock").toString(),
          IMAGE);
    } finally {
      shell.clear();
    }
  }

  /// Once for a lock file: a copy of it is what npm leaves last.
  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(HOME);
    for (String file : List.of("package.json", "lifecycle.cjs", LOCK)) {
      try (var in =
          Objects.requireNonNull(DockerodeTest.class.getResourceAsStream("/dockerode/" + file))) {
        Files.copy(in, HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path installed = HOME.resolve("installed.json");
    if (Files.exists(installed) && Files.mismatch(installed, HOME.resolve(LOCK)) < 0) {
      return;
    }
    run("npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund");
    Files.copy(HOME.resolve(LOCK), installed, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Path log = HOME.resolve(command[0] + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String said = String.join(" ", command) + "\n" + Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as("it ends: " + said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
