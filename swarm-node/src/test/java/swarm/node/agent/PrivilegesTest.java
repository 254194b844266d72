package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Wire;

/// As Docker's executor translates them (applyPrivileges in its daemon/cluster/executor/container).
class PrivilegesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | []",
        "{'Seccomp':{'Mode':'default'},'AppArmor':{'Mode':'default'},'NoNewPrivileges':false} | []",
        "{'NoNewPrivileges':true} | [no-new-privileges=true]",
        "{'Seccomp':{'Mode':'unconfined'}} | [seccomp=unconfined]",
        "{'AppArmor':{'Mode':'disabled'}} | [apparmor=unconfined]",
        "{'SELinuxContext':{'Disable':true}} | [label=disable]",
        "{'Seccomp':{'Mode':'custom','Profile':'eyJkZWZhdWx0QWN0aW9uIjoiU0NNUF9BQ1RfQUxMT1cifQ=='}} | [seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}]",
      })
  void inTheWordsOfTheEngine(String privileges, String options) throws Exception {
    assertThat(Privileges.options(Wire.JSON.readTree(privileges.replace('\'', '"'))))
        .hasToString(options);
  }
}
