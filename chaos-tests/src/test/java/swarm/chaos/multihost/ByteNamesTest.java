package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Names of files that are not UTF-8, as a shell gives them to the unmodified `docker` and to our
/// own `swarm`.
@Tag("multihost")
final class ByteNamesTest {
  private static final long LIMIT_SECONDS = 120;

  /// Its arguments: the client, its daemon's socket, an empty folder, an image.
  private static final String SCRIPT =
      """
      set -eu
      client() { "$program" -H "unix://$socket" "$@"; }
      program=$1 socket=$2 image=$4
      cd "$3"
      one=$(printf 'a\\377b') two=$(printf 'a\\376b')
      mkdir "$one"
      echo one >"$one/$one"
      echo two >"$one/$two"
      ln -s "$two" "$one/link"
      client create --name odd "$image" true >made

      client cp "$one" odd:/tmp
      client cp "odd:/tmp/$one" there
      diff -r "$one" there
      test "$(readlink there/link)" = "$two"

      mkdir piped
      client cp "odd:/tmp/$one/." - | tar -C piped -x
      diff -r "$one" piped
      tar -c "$one" | client cp - odd:/tmp

      client cp "odd:/tmp/$one/$two" "$one$two"
      test "$(cat "$one$two")" = two
      client cp "$one$two" odd:/tmp/plain
      (cd "$one" && client cp odd:/tmp/plain "$two-back" && client cp "$two-back" odd:/tmp/)
      mkfifo pipe
      client cp pipe odd:/tmp/
      mkdir whole
      client export odd | tar -C whole -x tmp
      test -p whole/tmp/pipe
      test "$(cat "whole/tmp/$two-back")" = two
      test "$(cat "whole/tmp/$one/$two")" = two

      printf 'FROM scratch\\nCOPY . /\\n' >"$one/$two.file"
      mkfifo "$one/pipe"
      printf 'left-*\\n%s\\n' "$two" >"$one/.dockerignore"
      echo >"$one/left-$one"
      client build -q -t odd -f "$one/$two.file" "$one" >made
      client create --name built odd x >made
      mkdir built
      client export built | tar -C built -x
      test "$(cat "built/$one")" = one
      test -p built/pipe
      test ! -e "built/$two"
      test ! -e "built/left-$one"
      test "$(readlink built/link)" = "$two"
      """;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path folder;

  @Test
  void copiesAndContextsKeepThem() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Path here = Files.createDirectories(folder.resolve(shell.client().name()));
          Path told = here.resolveSibling(shell.client() + ".told");
          ProcessBuilder builder =
              CLUSTER
                  .cluster()
                  .on(
                      shell.host(),
                      "sh",
                      "-xc",
                      SCRIPT,
                      "sh",
                      shell.client().program(),
                      CLUSTER.cluster().folder(shell.host()).resolve("docker.sock").toString(),
                      here.toString(),
                      ClusterExtension.IMAGE);
          builder.environment().put("DOCKER_BUILDKIT", "0");
          builder.environment().put("DOCKER_CONFIG", "/nonexistent");
          Process script = builder.redirectErrorStream(true).redirectOutput(told.toFile()).start();
          assertThat(script.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
          assertThat(script.exitValue()).as(() -> text(told)).isZero();
        });
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
