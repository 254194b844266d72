package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class HostProbeTest {
  @Test
  void tellsADaemonFromAHostWithoutOne() throws Exception {
    int port;
    try (var daemon = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = daemon.getLocalPort();
      assertThat(HostProbe.ask("127.0.0.1", port)).isEqualTo(HostProbe.Answer.ANSWERED);
    }
    assertThat(HostProbe.ask("127.0.0.1", port)).isEqualTo(HostProbe.Answer.REFUSED);
  }

  @Test
  void whatCannotBeReachedIsSilent() throws Exception {
    assertThat(HostProbe.ask("no address", 1)).isEqualTo(HostProbe.Answer.SILENT);
  }
}
