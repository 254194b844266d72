package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.testing.Await;
import swarm.node.testing.Certificates;

/// Connections whose certificate is over, with a caller that got another in time and one that did
/// not.
@Timeout(60)
class ExpiringConnectionsTest {
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final EventLoops loops = new EventLoops();
  private final CertificateAuthority ca = CertificateAuthority.create(Instant.now());
  private final Recorder handler = new Recorder();
  private final LiveIdentity node;
  private final ClusterServer server;
  private final ClusterClient client;

  ExpiringConnectionsTest() throws Exception {
    var manager = Certificates.node(ca, "m", Role.MANAGER, Instant.now());
    node = new LiveIdentity(goodFor(Duration.ofSeconds(4)));
    server =
        new ClusterServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new LiveIdentity(manager),
            loops,
            handler,
            StrangerLimits.USUAL,
            new ExpiringConnections(Clock.systemUTC(), GRACE));
    client = new ClusterClient(node, loops);
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
    loops.close();
  }

  private NodeIdentity goodFor(Duration time) throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    return NodeIdentity.of(
        ca.issue(pair.getPublic(), new Peer("n", "c1", Role.MANAGER), Instant.now(), time),
        pair.getPrivate(),
        ca.certificate());
  }

  private String address() {
    return "127.0.0.1:" + server.port();
  }

  private CompletableFuture<Messages.ProposeReply> propose() {
    return client.propose(address(), new Messages.ProposeRequest(new byte[] {1}, -1));
  }

  private static Instant end(NodeIdentity identity) {
    return identity.certificate().getNotAfter().toInstant();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,  ''",
    "PT-1S, ''",
    "PT0.001S, PT0.001S",
    "PT20M, PT20M",
    "PT1H,  PT1H",
    "P90D,  PT1H"
  })
  void aConnectionIsLookedAtWhenItsCertificateEndsAndOnceAnHour(Duration good, String next) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(ExpiringConnections.left(now, now.plus(good)))
        .isEqualTo(next.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(next)));
  }

  /// Who has another by then notices nothing, but that what is never answered ends.
  @Test
  void whoRenewedInTimeNoticesNothing() throws Exception {
    Instant over = end(node.current());
    propose().get();
    client.send(address(), "append", new byte[9]).get(); // Raft's stream stays where it was
    var first = new Following();
    StreamObserver<SessionMessages.FromAgent> session = client.session(address(), first);
    session.onNext(new SessionMessages.Beat());
    Await.until("the session answers", () -> first.heard == 1);

    node.replace(goodFor(Duration.ofDays(1)));
    var failures = new CopyOnWriteArrayList<Throwable>();
    Instant until = over.plus(GRACE).plusSeconds(1);
    int raft = 0;
    while (Instant.now().isBefore(until)) {
      try {
        propose().get(5, TimeUnit.SECONDS);
      } catch (Exception e) {
        failures.add(e);
      }
      try {
        client.send(address(), "append", new byte[9]).get(5, TimeUnit.SECONDS);
      } catch (Exception e) {
        raft++;
      }
    }
    assertThat(failures).isEmpty();
    assertThat(raft).as("messages of Raft's that it sends again by itself").isLessThan(3);
    Await.until("what was followed over the old connection is over", () -> first.over);
    propose().get();
  }

  @Test
  void whoDidNotIsLetOutAndNotInAgain() throws Exception {
    var following = new Following();
    StreamObserver<SessionMessages.FromAgent> session = client.session(address(), following);
    session.onNext(new SessionMessages.Beat());
    Await.until("the session answers", () -> following.heard == 1);

    Await.until("its session is over", () -> following.over);
    assertThat(Instant.now()).isAfter(end(node.current()));
    assertThatThrownBy(() -> propose().get()).hasMessageContaining("UNAVAILABLE");

    node.replace(goodFor(Duration.ofDays(1)));
    Await.until("it is in again", () -> propose().handle((_, e) -> e == null).join());
    var again = new Following();
    client.session(address(), again).onNext(new SessionMessages.Beat());
    Await.until("its session answers", () -> again.heard == 1);
  }

  private static final class Following implements StreamObserver<SessionMessages.FromManager> {
    volatile int heard;
    volatile boolean over;
    final List<Throwable> why = new CopyOnWriteArrayList<>();

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time
    public void onNext(SessionMessages.FromManager message) {
      heard++;
    }

    @Override
    public void onError(Throwable error) {
      why.add(error);
      over = true;
    }

    @Override
    public void onCompleted() {
      over = true;
    }
  }
}
