package swarm.chaos.multihost;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Names of files that are not UTF-8, as a shell gives them to the unmodified `docker` and to our
/// own `swarm`.
@Tag("multihost")
final class ByteNamesTest {
  private static final String SCRIPT =
      """
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
    Shell.both(CLUSTER, shell -> ClientScript.run(CLUSTER, shell, SCRIPT, folder));
  }
}
