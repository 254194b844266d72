package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.node.testing.Certificates;
import swarm.scheduler.model.Node;

/// Whose word counts where an agent has given up one manager for another.
@Timeout(60)
class SessionClientTest {
  private static final SessionMessages.Hello HELLO =
      new SessionMessages.Hello(
          new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()), "192.0.2.1");

  private static SessionMessages.Hello at(String address) {
    return new SessionMessages.Hello(HELLO.description(), address);
  }

  /// A manager that says nothing by itself.
  private static final class Mute implements ClusterHandler {
    volatile @Nullable StreamObserver<SessionMessages.FromManager> agent;
    volatile boolean left;
    volatile boolean refuses;
    volatile Status refusal = Status.UNAVAILABLE;
    final List<SessionMessages.Hello> hellos = new CopyOnWriteArrayList<>();

    private static StatusException none() {
      return Status.UNIMPLEMENTED.asException();
    }

    void say(SessionMessages.FromManager message) {
      StreamObserver<SessionMessages.FromManager> to = agent;
      assertThat(to).isNotNull();
      if (to != null) {
        to.onNext(message);
      }
    }

    @Override
    public boolean revoked(String nodeId) {
      return false;
    }

    @Override
    public boolean demoted(String nodeId) {
      return false;
    }

    @Override
    public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
      throw none();
    }

    @Override
    public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request)
        throws StatusException {
      throw none();
    }

    @Override
    public Messages.Challenge challenge() throws StatusException {
      throw none();
    }

    @Override
    public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
        throws StatusException {
      throw none();
    }

    @Override
    public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
        throws StatusException {
      throw none();
    }

    @Override
    public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
        throws StatusException {
      throw none();
    }

    @Override
    public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
      return new Messages.HeardReply(null);
    }

    @Override
    public CompletableFuture<byte[]> raft(String kind, byte[] request) {
      return CompletableFuture.failedFuture(new IOException("no manager"));
    }

    @Override
    public void logs(
        Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
      out.onCompleted();
    }

    @Override
    public StreamObserver<SessionMessages.FromAgent> session(
        Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
      agent = out;
      return new StreamObserver<>() {
        @Override
        public void onNext(SessionMessages.FromAgent message) {
          if (message instanceof SessionMessages.Hello hello) { // it hears and does not answer
            hellos.add(hello);
            if (refuses) {
              out.onError(refusal.asException());
            }
          }
        }

        @Override
        public void onError(Throwable error) {
          left = true;
        }

        @Override
        public void onCompleted() {
          left = true; // the agent says no more, and could still hear
        }
      };
    }
  }

  private static ClusterServer server(CertificateAuthority ca, EventLoops loops, Mute handler)
      throws Exception {
    return new ClusterServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Certificates.node(ca, "m", Role.MANAGER, Instant.now()),
        loops,
        handler);
  }

  @Test
  void aManagerThatWasGivenUpIsNotHeardAnyMore() throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    var late = new Mute();
    var next = new Mute();
    var heard = new CopyOnWriteArrayList<SessionMessages.FromManager>();
    var listener =
        new SessionClient.Listener() {
          @Override
          public void begun() {
            heard.add(new SessionMessages.Managers(List.of("begun")));
          }

          @Override
          public void received(SessionMessages.FromManager message) {
            heard.add(message);
          }

          @Override
          public void cutOff(Duration since) {
            // nothing is due
          }
        };
    try (var loops = new EventLoops();
        var first = server(ca, loops, late);
        var second = server(ca, loops, next);
        var client =
            new ClusterClient(Certificates.node(ca, "n", Role.WORKER, Instant.now()), loops)) {
      var manager = new AtomicReference<>("127.0.0.1:" + first.port());
      try (var agent =
          new SessionClient(
              client,
              Optional::empty,
              () -> List.of(manager.get()),
              () -> HELLO,
              SessionMessages.Beat::new,
              listener)) {
        Await.until("it greets the first", () -> late.agent != null);
        manager.set("127.0.0.1:" + second.port());
        Await.until("it has given the first up", () -> late.left);
        Await.until("it greets the second", () -> next.agent != null);

        for (int i = 0; i < 100; i++) {
          late.say(new SessionMessages.StatusesKept(i));
        }
        // a refusal that comes over the same connection after all of that
        var after = client.send("127.0.0.1:" + first.port(), "any", new byte[1]);
        Await.until("it was answered", after::isDone);
        next.say(new SessionMessages.StatusesKept(1_000));
        Await.until("the second is heard", () -> heard.size() >= 2);
        assertThat(heard)
            .containsExactly(
                new SessionMessages.Managers(List.of("begun")),
                new SessionMessages.StatusesKept(1_000));
        assertThat(agent.awaitFirst(Duration.ZERO)).isTrue();
      }
    }
  }

  /// As after a renewal: the same node, another certificate, and no gap in which it is silent.
  @Test
  void aSessionBegunAnewSaysWhatIsTrueThen() throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    var manager = new Mute();
    var said = new AtomicReference<>(HELLO);
    var begun = new java.util.concurrent.atomic.AtomicInteger();
    var listener =
        new SessionClient.Listener() {
          @Override
          public void begun() {
            begun.incrementAndGet();
          }

          @Override
          public void received(SessionMessages.FromManager message) {
            // not this test's concern
          }

          @Override
          public void cutOff(Duration since) {
            // nothing is due
          }
        };
    try (var loops = new EventLoops();
        var server = server(ca, loops, manager);
        var client =
            new ClusterClient(Certificates.node(ca, "n", Role.WORKER, Instant.now()), loops);
        var agent =
            new SessionClient(
                client,
                Optional::empty,
                () -> List.of("127.0.0.1:" + server.port()),
                said::get,
                SessionMessages.Beat::new,
                listener)) {
      Await.until("it greets", () -> manager.hellos.contains(HELLO));
      said.set(at("192.0.2.7"));
      Await.until(
          "it began",
          () -> {
            manager.say(
                new SessionMessages.StatusesKept(1)); // it may have given up a greeting by now
            return begun.get() > 0;
          });
      Await.until("it says what changed meanwhile", () -> manager.hellos.contains(at("192.0.2.7")));
      said.set(at("192.0.2.8"));
      agent.greetAgain();
      Await.until("it says it in its session", () -> manager.hellos.contains(at("192.0.2.8")));
      said.set(at("192.0.2.9"));
      agent.again();
      Await.until("it says it in the next", () -> manager.hellos.contains(at("192.0.2.9")));
    }
  }

  /// Where most managers cannot serve it, it has found the one that can after asking each once.
  @Test
  void everyManagerIsAskedBeforeOneIsAskedAgain() throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    var refusing = List.of(new Mute(), new Mute(), new Mute(), new Mute());
    var good = new Mute();
    try (var loops = new EventLoops();
        var one = server(ca, loops, refusing.get(0));
        var two = server(ca, loops, refusing.get(1));
        var three = server(ca, loops, refusing.get(2));
        var four = server(ca, loops, refusing.get(3));
        var last = server(ca, loops, good);
        var client =
            new ClusterClient(Certificates.node(ca, "n", Role.WORKER, Instant.now()), loops)) {
      refusing.forEach(manager -> manager.refuses = true);
      List<String> all =
          Stream.of(one, two, three, four, last).map(m -> "127.0.0.1:" + m.port()).toList();
      try (var _ =
          new SessionClient(
              client,
              Optional::empty,
              () -> all,
              () -> HELLO,
              SessionMessages.Beat::new,
              new Nobody())) {
        Await.until("it greets the last", () -> !good.hellos.isEmpty());
        assertThat(refusing).allSatisfy(each -> assertThat(each.hellos).hasSizeLessThan(2));
      }
    }
  }

  /// One refusal may be of the moment; a join is given up for those that go on.
  @Test
  void howLongItHasBeenRefusedCountsFromTheFirstTime() throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    var manager = new Mute();
    manager.refusal = Status.PERMISSION_DENIED.withDescription("not you");
    manager.refuses = true;
    try (var loops = new EventLoops();
        var server = server(ca, loops, manager);
        var client =
            new ClusterClient(Certificates.node(ca, "n", Role.WORKER, Instant.now()), loops);
        var agent =
            new SessionClient(
                client,
                Optional::empty,
                () -> List.of("127.0.0.1:" + server.port()),
                () -> HELLO,
                SessionMessages.Beat::new,
                new Nobody())) {
      Await.until("it is refused", () -> agent.refusal().isPresent());
      assertThat(agent.refusedFor(Duration.ofMinutes(5))).isEmpty();
      Await.until(
          "it is refused for a second",
          () -> agent.refusedFor(Duration.ofSeconds(1)).equals(Optional.of("not you")));

      manager.refuses = false;
      int before = manager.hellos.size();
      Await.until("it asks again", () -> manager.hellos.size() > before);
      manager.say(new SessionMessages.StatusesKept(1));
      Await.until("that is forgotten", () -> agent.refusal().isEmpty());
    }
  }

  /// Hears nothing.
  private static final class Nobody implements SessionClient.Listener {
    @Override
    public void begun() {
      // not this test's concern
    }

    @Override
    public void received(SessionMessages.FromManager message) {
      // not this test's concern
    }

    @Override
    public void cutOff(Duration since) {
      // nothing is due
    }
  }
}
