package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkDiagnosisTest {
  @Test
  void damagedPacketsOfAllProtocolsCount() {
    assertThat(
            NetworkDiagnosis.checksumErrors(
                List.of(
                    "Ip: Forwarding DefaultTTL",
                    "Ip: 1 64",
                    "Icmp: InMsgs InErrors InCsumErrors",
                    "Icmp: 5 1 2",
                    "Tcp: RtoMin InCsumErrors",
                    "Tcp: 200 3",
                    "Udp: InCsumErrors",
                    "Udp: 4",
                    "odd")))
        .isEqualTo(9);
    assertThat(NetworkDiagnosis.checksumErrors(List.of())).isZero();
  }
}
