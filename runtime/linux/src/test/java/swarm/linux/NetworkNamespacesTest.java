package swarm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkNamespacesTest {
  private static final String NAME = "swlx-netns";
  private static final Path FILE = Path.of("/run/netns", NAME);
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");

  @BeforeEach
  void setUp() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root to make namespaces");
    if (Files.exists(FILE)) {
      ip("netns", "delete", NAME);
    }
    ip("netns", "add", NAME);
  }

  @AfterEach
  void tearDown() throws Exception {
    if (Files.exists(FILE)) {
      ip("netns", "delete", NAME);
    }
  }

  @Test
  void theTaskIsInsideAndTheCallerIsNot() throws IOException {
    Path outside = Files.readSymbolicLink(OWN);
    Path inside = NetworkNamespaces.call(FILE, () -> Files.readSymbolicLink(OWN));
    assertThat(inside).isNotEqualTo(outside);
    assertThat(Files.readSymbolicLink(OWN)).isEqualTo(outside);
    String devices =
        NetworkNamespaces.call(FILE, () -> Files.readString(Path.of("/proc/thread-self/net/dev")));
    assertThat(devices.lines().skip(2)).singleElement().asString().contains("lo:");
  }

  @Test
  void whatTheTaskThrowsReachesTheCaller() {
    assertThatThrownBy(
            () ->
                NetworkNamespaces.call(
                    FILE,
                    () -> {
                      throw new FileNotFoundException("none");
                    }))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("none");
    assertThatThrownBy(
            () ->
                NetworkNamespaces.call(
                    FILE,
                    () -> {
                      throw new IllegalArgumentException("wrong");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> NetworkNamespaces.call(Path.of("/run/netns/swlx-none"), () -> true))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("open network namespace /run/netns/swlx-none");
    assertThatThrownBy(() -> NetworkNamespaces.call(Path.of("/dev/null"), () -> true))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("enter network namespace");
  }

  @Test
  void aSocketStaysInTheNamespaceItWasOpenedIn() throws IOException {
    try (NetlinkSocket socket = NetworkNamespaces.openNetlink(FILE, NetlinkSocket.NETLINK_ROUTE)) {
      assertThat(socket.receive(Duration.ofMillis(1))).isEmpty();
      // RTM_GETLINK of every link: struct nlmsghdr, struct ifinfomsg
      int dump = 0x300;
      int request = 1;
      socket.send(
          ByteBuffer.allocate(32)
              .order(ByteOrder.nativeOrder())
              .putInt(32)
              .putShort((short) 18)
              .putShort((short) (dump | request))
              .array());
      byte[] answer = socket.receive(Duration.ofSeconds(5)).orElseThrow();
      ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
      // one link, the loopback, whose index is 1; then only the end of the list
      assertThat(in.getInt(20)).isEqualTo(1);
      int next = in.getInt(0);
      boolean more = next < answer.length && in.getShort(next + 4) == 16;
      assertThat(more).isFalse();
    }
  }

  @Test
  void aClosedSocketSaysSo() throws IOException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE);
    socket.close();
    socket.close();
    assertThatThrownBy(() -> socket.send(new byte[16])).hasMessage("this netlink socket is closed");
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
