package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Scripts of a shell about the docker command or our own, where it matters what a shell gives
/// them: names of any bytes, a working directory.
final class ClientScript {
  private static final long LIMIT_SECONDS = 180;

  /// In the script `client` runs the command and `fails` a refusal that says what its first word
  /// does; `$image` can be run, and it begins in an empty folder.
  private static final String BEGIN =
      """
      set -eu
      program=$1 socket=$2 folder=$3 image=$4
      client() { "$program" -H "unix://$socket" "$@"; }
      fails() {
        words=$1
        shift
        if client "$@" 2>"$folder.said"; then exit 9; fi
        grep -F -- "$words" "$folder.said"
      }
      cd "$folder"
      """;

  private ClientScript() {}

  /// Runs it in a new folder, to a status of 0.
  ///
  /// @param above where the folder is made
  static void run(ClusterExtension cluster, Shell shell, String script, Path above)
      throws Exception {
    Path here = Files.createDirectories(above.resolve(shell.client().name()));
    Path told = here.resolveSibling(shell.client() + ".told");
    ProcessBuilder builder =
        cluster
            .cluster()
            .on(
                shell.host(),
                "sh",
                "-xc",
                BEGIN + script,
                "sh",
                shell.client().program(),
                cluster.cluster().folder(shell.host()).resolve("docker.sock").toString(),
                here.toString(),
                ClusterExtension.IMAGE);
    builder.environment().put("DOCKER_BUILDKIT", "0");
    builder.environment().put("DOCKER_CONFIG", "/nonexistent");
    Process process = builder.redirectErrorStream(true).redirectOutput(told.toFile()).start();
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> text(told)).isZero();
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
