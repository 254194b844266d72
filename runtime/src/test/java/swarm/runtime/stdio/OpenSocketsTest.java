package swarm.runtime.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OpenSocketsTest {
  private final OpenSockets own = new OpenSockets((int) ProcessHandle.current().pid());

  @Test
  void aSocketThatIsOpenedCounts() throws Exception {
    int before = own.count();
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
      own.await(before + 1);
      assertThat(own.count()).isGreaterThan(before);
    }
  }

  @Test
  void nobodyIsWaitedForWhoIsGone() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    assertThat(gone.waitFor()).isZero();

    var none = new OpenSockets((int) gone.pid());
    none.await(1);
    assertThat(none.count()).isZero();
  }

  @Test
  void theWaitIsBounded() throws Exception {
    own.await(Integer.MAX_VALUE);
  }
}
