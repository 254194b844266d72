package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "Use \"docker swarm init\" or \"docker swarm join\" to connect | Use \"swarm init\" or"
            + " \"swarm join\" to connect",
        "Use \"docker swarm leave\" to leave this swarm | Use \"swarm leave\" to leave this swarm",
        "Use the \"docker info\" command | Use the \"swarm info\" command",
        "'docker swarm join-token worker' on a manager | 'swarm join-token worker' on a manager",
        "use `docker service update --force web` | use `swarm service update --force web`",
      })
  void docker_s_commands_become_ours(String theirs, String ours) {
    assertThat(Advice.ours(theirs)).isEqualTo(ours);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "Use \"docker trust sign\" to sign it", // a command that we do not have
        "No such image: docker swarm init",
        "image \"docker/service\" is not here",
        "\"docker swarm initial\"",
      })
  void all_else_stays(String text) {
    assertThat(Advice.ours(text)).isEqualTo(text);
  }
}
