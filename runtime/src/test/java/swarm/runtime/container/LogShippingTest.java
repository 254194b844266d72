package swarm.runtime.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.container.EngineHarness.busybox;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.logs.LogOptions;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LogShippingTest {
  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aLogIsSentAndKeptAcrossDaemons() throws Exception {
    try (var server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(20_000);
      String address = "udp://127.0.0.1:" + server.getLocalPort();
      String id =
          harness.run(
              busybox("sh", "-c", "echo one; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo two")
                  .logging(
                      LogOptions.parse(
                          "syslog", Map.of("syslog-address", address, "tag", "t/{{.ID}}"))));
      assertThat(receive(server)).contains("t/" + id.substring(0, 12)).endsWith(": one\n");
      harness.reopen();
      var _ = harness.engine.exec(id, ExecConfig.of("touch", "/tmp/go")).exitCode().get();
      assertThat(receive(server)).endsWith(": two\n");
      harness.await(id);
      assertThat(harness.log(id)).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void theWholeLogOfAContainerThatIsRemovedAtItsEndIsSent() throws Exception {
    try (var server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(20_000);
      String address = "udp://127.0.0.1:" + server.getLocalPort();
      var _ =
          harness.run(
              busybox("seq", "100")
                  .autoRemove(true)
                  .logging(LogOptions.parse("syslog", Map.of("syslog-address", address))));
      for (int i = 1; i <= 100; i++) {
        assertThat(receive(server)).endsWith(": " + i + "\n");
      }
    }
  }

  private static String receive(DatagramSocket server) throws Exception {
    var packet = new DatagramPacket(new byte[1_000], 1_000);
    server.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }
}
