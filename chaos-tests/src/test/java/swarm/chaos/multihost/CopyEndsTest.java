package swarm.chaos.multihost;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Where `cp` copies from and to, by the unmodified `docker` and our own `swarm`: what paths end
/// with, links at both ends, files that are none.
@Tag("multihost")
final class CopyEndsTest {
  private static final String SCRIPT =
      """
      client create --name ends "$image" true >made
      mkdir -p work/e/f
      echo one >work/one
      cd work/e
      client cp .. ends:/tmp
      client cp f/.. ends:/new
      client cp ends:/tmp/.. ../../whole
      client cp ends:/tmp/work/e/../one ../../there
      cd ../..
      test -e whole/tmp/work/one
      test -d whole/new/f
      test ! -e tmp
      test "$(cat there)" = one

      echo old >real
      ln -s real link
      ln -s new dangling
      ln -s new-folder dangling-folder
      ln -s loop loop
      client cp ends:/tmp/work/one link
      test -L link
      test "$(cat real)" = one
      client cp ends:/tmp/work/one dangling
      test -L dangling
      test "$(cat new)" = one
      client cp ends:/tmp/work dangling-folder
      test -L dangling-folder
      test "$(cat new-folder/one)" = one
      fails 'too many levels of symbolic links' cp ends:/tmp/work/one loop
      fails 'not a directory' cp ends:/tmp/work/one real/
      fails 'not a directory' cp real/ ends:/tmp/x
      fails 'got a device' cp ends:/tmp/work/one /dev/null

      mkdir odd
      mkfifo -m 640 odd/pipe
      mknod -m 604 odd/null c 1 3
      client cp odd ends:/tmp
      client cp ends:/tmp/odd back
      test "$(stat -c '%A %t %T' back/pipe back/null)" = "$(stat -c '%A %t %T' odd/pipe odd/null)"

      ln -s round round
      tar -c round | client cp - ends:/tmp
      client cp real ends:/tmp/round
      client cp ends:/tmp/round straight
      test "$(cat straight)" = one
      tar -c round | client cp - ends:/tmp
      fails 'must be a directory' cp - ends:/tmp/round </dev/null

      mkdir gone
      cd gone
      rmdir ../gone
      fails 'getwd: no such file or directory' cp x ends:/tmp
      client cp "$folder/real" ends:/tmp/absolute
      """;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path folder;

  @Test
  void asDockersClientDoes() throws Exception {
    Shell.both(CLUSTER, shell -> ClientScript.run(CLUSTER, shell, SCRIPT, folder));
  }
}
