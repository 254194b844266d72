package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lines as `/proc/net/tcp` and `tcp6` have them.
class OpenConnectionsTest {
  private static final String HEADING =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout";
  private static final String SERVER = line("00000000:0050", "00000000:0000", "0A");

  private static String line(String local, String remote, String state) {
    return "   1: "
        + local
        + " "
        + remote
        + " "
        + state
        + " 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a caller                         | 0200000A:0050 | 0500000A:D431 | 01 | 1
          one that is being closed         | 0200000A:0050 | 0500000A:D431 | 06 | 0
          its own call elsewhere           | 0200000A:D431 | 0500000A:0050 | 01 | 0
          its health check                 | 0100007F:0050 | 0100007F:D431 | 01 | 0
          the same by IPv6                 | 00000000000000000000000001000000:0050 | 00000000000000000000000001000000:D431 | 01 | 0
          the same of a server of both     | 0000000000000000FFFF00000100007F:0050 | 0000000000000000FFFF00000100007F:D431 | 01 | 0
          a caller of a server of both     | 0000000000000000FFFF00000200000A:0050 | 0000000000000000FFFF00000500000A:D431 | 01 | 1
          """)
  void counts(String what, String local, String remote, String state, int count) {
    assertThat(OpenConnections.count(List.of(HEADING, SERVER, line(local, remote, state))))
        .as(what)
        .isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"''", "garbage", "0: 1 2 3 4"})
  void whatIsNoSocketIsNoConnection(String line) {
    assertThat(OpenConnections.count(List.of(line))).isZero();
  }
}
