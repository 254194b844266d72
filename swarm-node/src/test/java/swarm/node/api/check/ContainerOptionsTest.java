package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Wire;

final class ContainerOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'WorkingDir': 'here'} | the working directory 'here' is invalid",
        "{'HostConfig': {'OomScoreAdj': 1001}} | Invalid value 1001, range for oom score adj",
        "{'HostConfig': {'OomScoreAdj': -1001}} | Invalid value -1001, range for oom score adj",
        "{'HostConfig': {'RestartPolicy': {'Name': 'always', 'MaximumRetryCount': 3}}} | only be used with 'on-failure'",
        "{'HostConfig': {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': -1}}} | cannot be negative: -1",
      })
  void what_makes_no_sense_is_refused(String body, String words) {
    assertThatThrownBy(() -> ContainerOptions.check(Wire.JSON.readTree(body.replace('\'', '"'))))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'WorkingDir': '', 'HostConfig': {'OomScoreAdj': 1000}}",
        "{'HostConfig': {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': 3}}}",
      })
  void the_rest_is_taken(String body) {
    assertThatCode(() -> ContainerOptions.check(Wire.JSON.readTree(body.replace('\'', '"'))))
        .doesNotThrowAnyException();
  }
}
