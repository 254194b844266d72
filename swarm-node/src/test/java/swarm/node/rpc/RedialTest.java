package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Role;
import swarm.node.testing.Await;
import swarm.node.testing.Certificates;

/// A caller and a server whose certificates change while calls are under way.
@Timeout(60)
class RedialTest {
  private final EventLoops loops = new EventLoops();
  private final CertificateAuthority ca = CertificateAuthority.create(Instant.now());
  private final Recorder handler = new Recorder();
  private final LiveIdentity manager;
  private final LiveIdentity node;
  private final ClusterServer server;
  private final ClusterClient client;

  RedialTest() throws Exception {
    manager = new LiveIdentity(identity(ca, "m", Role.MANAGER));
    node = new LiveIdentity(identity(ca, "n", Role.MANAGER));
    server =
        new ClusterServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), manager, loops, handler);
    client = new ClusterClient(node, loops);
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
    loops.close();
  }

  private static NodeIdentity identity(CertificateAuthority ca, String id, Role role)
      throws Exception {
    return Certificates.node(ca, id, role, Instant.now());
  }

  private String address() {
    return "127.0.0.1:" + server.port();
  }

  private void propose() throws Exception {
    var reply = client.propose(address(), new Messages.ProposeRequest(new byte[] {1}, -1)).get();
    assertThat(reply.index()).isEqualTo(1);
  }

  @Test
  void theNextCallIsMadeWithTheNewRoleAndThoseUnderWayEnd() throws Exception {
    propose();
    var held = client.send(address(), "held", new byte[1]);
    Await.until("it is under way", () -> handler.calls.contains("Raft held"));
    var heard = new CopyOnWriteArrayList<SessionMessages.FromManager>();
    StreamObserver<SessionMessages.FromAgent> session = client.session(address(), into(heard));
    session.onNext(new SessionMessages.Beat());
    Await.until("the session answers", () -> heard.size() == 1);

    node.replace(identity(ca, "n", Role.WORKER));
    assertThatThrownBy(this::propose).hasMessageContaining("PERMISSION_DENIED");
    node.replace(identity(ca, "n", Role.MANAGER));
    propose();

    session.onNext(new SessionMessages.Beat());
    Await.until("the session goes on", () -> heard.size() == 2);
    handler.held.complete(new byte[] {7});
    assertThat(held.get(10, TimeUnit.SECONDS)).containsExactly(7);
  }

  @Test
  void aServersNewCertificateIsForNewConnections() throws Exception {
    propose();
    var other = CertificateAuthority.create(Instant.now());
    manager.replace(identity(other, "m", Role.MANAGER));
    propose(); // over what is open

    try (var stranger = new ClusterClient(identity(ca, "n2", Role.MANAGER), loops);
        var friend = new ClusterClient(identity(other, "n3", Role.MANAGER), loops)) {
      var request = new Messages.ProposeRequest(new byte[] {1}, -1);
      assertThatThrownBy(() -> stranger.propose(address(), request).get())
          .hasMessageContaining("UNAVAILABLE");
      assertThat(friend.propose(address(), request).get().index()).isEqualTo(1);
    }
  }

  /// Ten renewals in a row, with calls all the while.
  @Test
  void noCallFailsWhileCertificatesChange() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    var calls = new java.util.concurrent.atomic.AtomicInteger();
    var stop = new java.util.concurrent.atomic.AtomicBoolean();
    List<Thread> callers =
        java.util.stream.IntStream.range(0, 4)
            .mapToObj(
                _ ->
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              while (!stop.get()) {
                                try {
                                  propose();
                                  client.send(address(), "append", new byte[9]).get();
                                  calls.incrementAndGet();
                                } catch (Exception e) {
                                  failures.add(e);
                                }
                              }
                            }))
            .toList();
    for (int i = 0; i < 10; i++) {
      int before = calls.get();
      manager.replace(identity(ca, "m", Role.MANAGER));
      node.replace(identity(ca, "n", Role.MANAGER));
      Await.until("calls went on", () -> calls.get() > before + 20);
    }
    stop.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(failures).isEmpty();
  }

  private static StreamObserver<SessionMessages.FromManager> into(
      List<SessionMessages.FromManager> heard) {
    return new StreamObserver<>() {
      @Override
      public void onNext(SessionMessages.FromManager message) {
        heard.add(message);
      }

      @Override
      public void onError(Throwable error) {
        // the test ends
      }

      @Override
      public void onCompleted() {
        // the test ends
      }
    };
  }
}
