package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AliasesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ps | [container ls, container list, container ps, ps]",
        "container ls | [container ls, container list, container ps, ps]",
        "images | [image ls, image list, images]",
        "image rm | [image rm, image remove, rmi]",
        "rm | [container rm, container remove, rm]",
        "cp | [container cp, cp]",
        "container inspect | []",
        "update | []",
        "container update | []",
        "volume ls | [volume ls, volume list]",
        "service rm | [service rm, service remove]",
        "service ps | []",
        "events | [system events, events]",
        "system df | []",
        "network connect | []",
        "daemon | []",
      })
  void names_of_a_command(String path, String expected) {
    assertThat(Aliases.of(path)).hasToString(expected);
  }
}
