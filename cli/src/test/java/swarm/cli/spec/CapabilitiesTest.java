package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `docker service update` makes of the same (cli/command/service/update_test.go).
class CapabilitiesTest {
  private static List<String> names(String text) {
    return text.equals("-") ? List.of() : Arrays.asList(text.split(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // added before | dropped before | --cap-add | --cap-drop | added | dropped
        "- | - | net_admin | chown | CAP_NET_ADMIN | CAP_CHOWN",
        "- | - | chown | CAP_CHOWN | CAP_CHOWN | -",
        "CAP_NET_ADMIN | CAP_CHOWN | chown | - | CAP_NET_ADMIN | -",
        "CAP_NET_ADMIN | CAP_CHOWN | - | net_admin | - | CAP_CHOWN",
        "CAP_NET_ADMIN | CAP_CHOWN | net_admin | all | CAP_NET_ADMIN | ALL",
        "CAP_NET_ADMIN | CAP_CHOWN | RESET | - | - | CAP_CHOWN",
        "CAP_NET_ADMIN | CAP_CHOWN | RESET,sys_time | reset | CAP_SYS_TIME | -",
        "CAP_NET_ADMIN | - | all | - | ALL | -",
      })
  void changed(
      String added, String dropped, String more, String less, String nowAdded, String nowDropped) {
    Capabilities.Lists now =
        new Capabilities.Lists(names(added), names(dropped)).changed(names(more), names(less));
    assertThat(now.added()).isEqualTo(names(nowAdded));
    assertThat(now.dropped()).isEqualTo(names(nowDropped));
  }
}
