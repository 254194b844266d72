package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.testing.Await;

/// How many connections of strangers there are, and for how long.
@Timeout(120)
class StrangerConnectionsTest {
  private static final int MOST = 16;
  private static final int OF_ONE = 4;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration BRIEF = Duration.ofMillis(300);
  private static final StrangerLimits FEW = ClusterPort.connections(MOST, OF_ONE, LONG, LONG);
  private static final byte[] RAFT = {0};

  private static Socket tcp(ClusterPort port, String from) throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    return port.keep(new Socket(loopback, port.port(), InetAddress.ofLiteral(from), 0));
  }

  /// Whether the server has closed a connection that says nothing.
  private static boolean closed(Socket socket) {
    return closed(socket, 1);
  }

  private static boolean closed(Socket socket, int waitMillis) {
    try {
      socket.setSoTimeout(waitMillis);
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true; // reset
    }
  }

  private static void open(ClusterPort port, int connections) {
    Await.until(
        connections + " connections of strangers are open",
        () -> port.server.strangerConnections().open() == connections);
  }

  // ---- how many

  @Test
  void ofOneAddressTheOldestGoBeforeTheirHandshakeToo() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      var sockets = new ArrayList<Socket>();
      for (int i = 0; i < 5 * OF_ONE; i++) {
        sockets.add(tcp(port, "127.0.0.1"));
      }
      var newest = sockets.subList(sockets.size() - OF_ONE, sockets.size());
      for (Socket old : sockets.subList(0, sockets.size() - OF_ONE)) {
        Await.until("an old one is closed", () -> closed(old));
      }
      open(port, OF_ONE);
      assertThat(newest).noneMatch(StrangerConnectionsTest::closed);
    }
  }

  @Test
  void ofOneAddressTheOldestGoAfterTheirHandshakeToo() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      var attackers = new ArrayList<Attacker>();
      for (int i = 0; i < 3 * OF_ONE; i++) {
        attackers.add(port.attacker());
      }
      Await.until(
          "only the newest are open",
          () -> attackers.stream().filter(Attacker::open).count() == OF_ONE);
      open(port, OF_ONE);
      assertThat(attackers.subList(2 * OF_ONE, 3 * OF_ONE)).allMatch(Attacker::open);
    }
  }

  @Test
  void allAddressesTogetherHaveNoMoreThanTheLimit() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      var sockets = new ArrayList<Socket>();
      for (int turn = 0; turn < OF_ONE; turn++) {
        for (int address = 1; address <= 10; address++) {
          sockets.add(tcp(port, "127.0.0." + address));
        }
      }
      Await.until(
          "all but so many are closed",
          () -> sockets.stream().filter(each -> !closed(each)).count() == MOST);
      open(port, MOST);
    }
  }

  @Test
  void connectionsThatComeFasterThanOthersCanBeClosedWait() throws Exception {
    var connections = new StrangerConnections(FEW, _ -> false, ExpiringConnections.USUAL);
    var accepting = new MultiThreadIoEventLoopGroup(1, EpollKeeper.newFactory());
    var serving = new MultiThreadIoEventLoopGroup(1, EpollKeeper.newFactory());
    var go = new CountDownLatch(1);
    var sockets = new ArrayList<Socket>();
    try {
      serving.execute(
          () -> {
            try {
              go.await(); // nothing is closed until then
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      Channel listening =
          new ServerBootstrap()
              .group(accepting, serving)
              .channelFactory(connections::listen)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      // says nothing, and has no TLS
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      int port = ((InetSocketAddress) listening.localAddress()).getPort();
      for (int i = 0; i < 10 * MOST; i++) {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
      }
      Await.until("it is full", () -> connections.open() >= 2 * MOST);
      for (int turn = 0; turn < 50; turn++) {
        accepting.submit(() -> {}).sync(); // accepts between these
      }
      assertThat(connections.open()).isEqualTo(2 * MOST);

      go.countDown();
      for (Socket each : sockets) {
        Await.until("without TLS each is closed", () -> closed(each));
      }
      Await.until("none is left", () -> connections.open() == 0);
    } finally {
      go.countDown();
      for (Socket each : sockets) {
        each.close();
      }
      var _ = accepting.shutdownGracefully(0, 2, TimeUnit.SECONDS);
      var _ = serving.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatEndsIsNotCountedAnyMore() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      for (int turn = 0; turn < 3 * MOST; turn++) {
        tcp(port, "127.0.0.1").close();
        port.attacker("127.0.0.2").close();
      }
      open(port, 0);
      Attacker last = port.attacker();
      open(port, 1);
      assertThat(last.open()).isTrue();
    }
  }

  @Test
  void theUsualLimitsHoldAgainstThousands() throws Exception {
    try (var port = new ClusterPort(ClusterPort.rates(ClusterPort.ANY))) {
      int most = 0;
      for (int i = 0; i < 2_000; i++) {
        tcp(port, "127.0.0." + (1 + i % 40));
        most = Math.max(most, port.server.strangerConnections().open());
      }
      open(port, 256);
      assertThat(most).as("with those being closed").isLessThanOrEqualTo(512);
    }
  }

  // ---- members

  @Test
  void membersAreNotCounted() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      var members = new ArrayList<Caller>();
      for (int i = 0; i < 2 * MOST; i++) {
        Caller member = port.member();
        assertThat(member.call(Methods.RAFT, RAFT).isOk()).isTrue();
        members.add(member);
      }
      open(port, 0);
      for (int i = 0; i < 2 * MOST; i++) {
        tcp(port, "127.0.0.1");
      }
      open(port, OF_ONE);
      assertThat(members).allMatch(Caller::connected);
    }
  }

  @Test
  void aNodeThatWasRemovedIsAStranger() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      port.handler.revoked.add("MANAGER");
      assertThat(port.member().call(Methods.RAFT, RAFT).isOk()).isFalse();
      open(port, 1);
    }
  }

  @Test
  void membersGetInWhileStrangersComeInFloods() throws Exception {
    try (var port = new ClusterPort(FEW);
        var flood = Executors.newVirtualThreadPerTaskExecutor()) {
      var over = new AtomicBoolean();
      var came = new AtomicInteger();
      for (int i = 0; i < 2 * MOST; i++) {
        String from = "127.0.0." + (2 + i % OF_ONE);
        flood.execute(() -> flood(port.port(), from, over, came));
      }
      try {
        Await.until("they fill it", () -> came.get() > 10 * MOST);
        List<Boolean> answered = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          answered.add(port.member().call(Methods.RAFT, RAFT).isOk());
        }
        assertThat(answered).doesNotContain(false);
      } finally {
        over.set(true);
      }
    }
  }

  /// Comes again whenever it is closed.
  private static void flood(int port, String from, AtomicBoolean over, AtomicInteger came) {
    while (!over.get()) {
      try (var socket =
          new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.ofLiteral(from), 0)) {
        came.incrementAndGet();
        while (!over.get() && !closed(socket, 100)) {
          Thread.onSpinWait(); // it has waited
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  // ---- for how long

  @Test
  void aConnectionWithoutAHandshakeIsClosed() throws Exception {
    StrangerLimits usual = StrangerLimits.USUAL;
    try (var port =
        new ClusterPort(
            new StrangerLimits(
                1,
                Duration.ofSeconds(8),
                MOST,
                OF_ONE,
                BRIEF,
                LONG,
                usual.bytes(),
                ClusterPort.ANY))) {
      Attacker done = port.attacker();
      Attacker.Call call = done.begin();
      Socket silent = tcp(port, "127.0.0.1");
      Socket begun = tcp(port, "127.0.0.1");
      begun.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1}); // of a TLS record of 512 bytes

      Await.until("the silent one is closed", () -> closed(silent));
      Await.until("the one that only began is closed", () -> closed(begun));
      assertThat(call.status).as("sooner than a join's time or TLS' own limit is over").isNotDone();
      open(port, 1);
      assertThat(done.open()).isTrue();
    }
  }

  @Test
  void aConnectionIsClosedAfterAWhileWhateverItDoesAndAMembersIsNot() throws Exception {
    try (var port = new ClusterPort(ClusterPort.connections(MOST, OF_ONE, LONG, BRIEF))) {
      Caller member = port.member();
      assertThat(member.call(Methods.RAFT, RAFT).isOk()).isTrue();
      Socket silent = tcp(port, "127.0.0.1");
      Attacker idle = port.attacker();
      Attacker calling = port.attacker();
      Attacker.Call call = calling.begin();

      Await.until("the silent one is closed", () -> closed(silent));
      Await.until("the idle one is closed", () -> !idle.open());
      Await.until("the calling one is closed", () -> !calling.open());
      assertThat(call.status.get()).isEqualTo(-1);
      open(port, 0);
      assertThat(member.connected()).isTrue();
    }
  }
}
