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
        "{'HostConfig': {'NanoCpus': 1, 'CpuQuota': 1}} | Nano CPUs and CPU Quota cannot both",
        "{'HostConfig': {'NanoCpus': 1, 'CpuPeriod': 1}} | Nano CPUs and CPU Period cannot both",
        "{'HostConfig': {'CpusetCpus': '0-2'}} | requested 0-2, available: 0-1",
        "{'HostConfig': {'CpusetCpus': '9'}} | requested 9, available: 0-1",
        "{'HostConfig': {'CpusetCpus': '1-0'}} | Invalid value 1-0 for cpuset cpus",
        "{'HostConfig': {'CpusetCpus': '0,'}} | Invalid value 0, for cpuset cpus",
        "{'HostConfig': {'CpusetCpus': '0-99999'}} | Invalid value 0-99999 for cpuset cpus",
        "{'HostConfig': {'CpusetCpus': '-1'}} | Invalid value -1 for cpuset cpus",
        "{'HostConfig': {'RestartPolicy': {'Name': 'always', 'MaximumRetryCount': 3}}} | only be used with 'on-failure'",
        "{'HostConfig': {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': -1}}} | cannot be negative: -1",
      })
  void what_makes_no_sense_is_refused(String body, String words) {
    assertThatThrownBy(() -> ContainerOptions.check(Wire.JSON.readTree(body.replace('\'', '"')), 2))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'WorkingDir': '', 'HostConfig': {'OomScoreAdj': 1000, 'CpusetCpus': '0,1'}}",
        "{'WorkingDir': '/x', 'HostConfig': {'CpusetCpus': '0-1', 'NanoCpus': 5}}",
        "{'HostConfig': {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': 3}}}",
      })
  void the_rest_is_taken(String body) {
    assertThatCode(() -> ContainerOptions.check(Wire.JSON.readTree(body.replace('\'', '"')), 2))
        .doesNotThrowAnyException();
  }
}
