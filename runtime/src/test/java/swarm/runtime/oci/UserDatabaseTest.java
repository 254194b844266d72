package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserDatabaseTest {
  private static final UserDatabase IMAGE =
      UserDatabase.parse(
          """
          root:x:0:0:root:/root:/bin/sh

          # a comment
          daemon:x:1:1::/:/bin/false
          web:x:33:34:www:/var/www:/bin/sh
          broken:x:nan:0
          1234:x:55:56::/:/bin/sh
          """,
          """
          root:x:0:
          web:x:34:
          video:x:44:web,daemon
          audio:x:29:web
          """);

  @ParameterizedTest
  @CsvSource({
    "'',0,0,'0'",
    "root,0,0,'0'",
    "web,33,34,'29 34 44'",
    "33,33,34,'29 34 44'",
    "web:root,33,0,'0'",
    "web:44,33,44,'44'",
    "999,999,0,'0'",
    "999:web,999,34,'34'",
    ":web,0,34,'34'",
    "1234,55,56,'56'",
    "7:8,7,8,'8'",
  })
  void resolvesAsDockerDoes(String spec, long uid, long gid, String additional) throws Exception {
    List<Long> groups =
        additional.isEmpty()
            ? List.of()
            : List.of(additional.split(" ", -1)).stream().map(Long::valueOf).toList();
    assertThat(IMAGE.resolve(spec, List.of())).isEqualTo(new ResolvedUser(uid, gid, groups));
  }

  @Test
  void addsGroups() throws Exception {
    assertThat(IMAGE.resolve("web:root", List.of("video", "77")))
        .isEqualTo(new ResolvedUser(33, 0, List.of(0L, 44L, 77L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch | unable to find user nosuch: no matching entries in passwd file",
        "web:nosuch | Unable to find group nosuch: no matching entries in group file",
        "4294967295 | uids and gids must be in range 0-2147483647, not 4294967295",
      })
  void refusesTheUnknown(String spec, String message) {
    assertThatExceptionOfType(UserDatabase.UnknownUserException.class)
        .isThrownBy(() -> IMAGE.resolve(spec, List.of()))
        .withMessage(message);
  }

  @Test
  void anImageWithoutFilesKnowsRootAndNumbers() throws Exception {
    UserDatabase empty = UserDatabase.parse("", "");
    assertThat(empty.resolve("", List.of())).isEqualTo(ResolvedUser.ROOT);
    assertThat(empty.resolve("0:0", List.of())).isEqualTo(ResolvedUser.ROOT);
  }
}
