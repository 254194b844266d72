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
        "{'HostConfig': {'SecurityOpt': ['bogus=1']}} | invalid --security-opt 2: \"bogus=1\"",
        "{'HostConfig': {'SecurityOpt': ['secomp=unconfined']}} | invalid --security-opt 2",
        "{'HostConfig': {'SecurityOpt': ['bogus']}} | invalid --security-opt 1: \"bogus\"",
        "{'HostConfig': {'SecurityOpt': ['no-new-privileges=maybe']}} | invalid --security-opt 2",
        "{'HostConfig': {'Dns': ['dns.example']}} | HostConfig.Dns: 'dns.example' is not an IP address",
        "{'HostConfig': {'Dns': ['1.1.1.1\\nsearch x']}} | '1.1.1.1?search x' is not an IP address",
        "{'HostConfig': {'DnsSearch': ['a b']}} | HostConfig.DnsSearch: 'a b' must be one word",
        "{'HostConfig': {'DnsOptions': ['a\\nb']}} | HostConfig.DnsOptions: 'a?b' must be one word",
        "{'Env': ['=b']} | invalid environment variable: =b",
        "{'Env': ['']} | invalid environment variable: ",
        "{'HostConfig': {'ShmSize': -1}} | SHM size can not be less than 0",
        "{'HostConfig': {'Sysctls': {'net.core\\nx': '1'}}} | HostConfig.Sysctls: 'net.core?x' must be one word",
        "{'Hostname': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'} | Hostname is 65 bytes long; the kernel takes 64 at most",
        "{'Hostname': 'h\\n1.2.3.4 other'} | Hostname: 'h?1.2.3.4 other' must be one word",
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
        "{'HostConfig': {'SecurityOpt': ['no-new-privileges', 'no-new-privileges:true', 'label=x', 'seccomp=unconfined', 'apparmor=unconfined']}}",
        "{'HostConfig': {'Dns': ['1.1.1.1', '::1'], 'DnsSearch': ['a.b', '.'], 'DnsOptions': ['ndots:2']}}",
        "{'Env': ['A', 'B=', 'C=d=e'], 'Hostname': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
        "{'HostConfig': {'ShmSize': 0, 'Sysctls': {'net.ipv4.ip_forward': '1'}}}",
        "{'WorkingDir': '', 'HostConfig': {'OomScoreAdj': 1000}}",
        "{'HostConfig': {'RestartPolicy': {'Name': 'on-failure', 'MaximumRetryCount': 3}}}",
      })
  void the_rest_is_taken(String body) {
    assertThatCode(() -> ContainerOptions.check(Wire.JSON.readTree(body.replace('\'', '"'))))
        .doesNotThrowAnyException();
  }
}
