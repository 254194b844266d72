package swarm.node.testing;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import swarm.node.control.Proposer;
import swarm.node.control.Store;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.raft.engine.LogOptions;
import swarm.raft.engine.RatisLog;
import swarm.raft.engine.Timing;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;

/// Managers in one process: the real log over the real cluster port, on ports of 127.0.0.1 that
/// were free. Nodes cannot join them and agents have no sessions with them; who tests those makes
/// what serves them out of the parts of [One]. Confined to one thread, except the parts of [One].
public final class Managers implements AutoCloseable {
  /// Calmer than in life: test machines stall.
  private static final Timing TIMING =
      new Timing(
          Duration.ofMillis(300),
          Duration.ofMillis(600),
          Duration.ofSeconds(3),
          Duration.ofSeconds(1));

  /// One of them.
  public static final class One implements ClusterHandler {
    private final Store store = new Store();
    private final ClusterServer server;
    private final ClusterClient client;
    private volatile @Nullable RatisLog log;
    private volatile @Nullable Proposer proposer;
    private volatile Silence silence = Silence.NONE;

    private enum Silence {
      NONE,
      MUTE,
      DEAF
    }

    private One(NodeIdentity identity, EventLoops loops) throws IOException {
      server =
          new ClusterServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), identity, loops, this);
      client = new ClusterClient(identity, loops);
    }

    private void open(Path directory, Start start) throws IOException {
      RatisLog opened =
          RatisLog.open(
              new LogOptions(directory, "c1", self(), start, TIMING),
              store,
              (_, address, kind, bytes) -> client.send(address, kind, bytes),
              AesGcmSeal.of(new byte[32]),
              _ -> leadershipChanged());
      proposer = new Proposer(opened, store, client, self().id(), Member::address);
      log = opened;
    }

    private void leadershipChanged() {
      Proposer made = proposer;
      if (made != null) {
        made.leadershipChanged();
      }
    }

    /// Whom it is handed a command by waits for an answer in vain from now on.
    ///
    /// @param request whether the command itself is lost, too
    public void fallSilent(boolean request) {
      silence = request ? Silence.DEAF : Silence.MUTE;
    }

    /// Whoever asks from now on is answered.
    public void speakAgain() {
      silence = Silence.NONE;
    }

    /// What the log calls it.
    public Member self() {
      return new Member("raft" + server.port(), "127.0.0.1:" + server.port());
    }

    /// The state that it has applied.
    public Store store() {
      return store;
    }

    /// Its log.
    public RatisLog log() {
      RatisLog opened = log;
      if (opened == null) {
        throw new IllegalStateException("not open");
      }
      return opened;
    }

    /// Proposes through it, also where another leads.
    public Proposer proposer() {
      Proposer made = proposer;
      if (made == null) {
        throw new IllegalStateException("not open");
      }
      return made;
    }

    private void stop() {
      server.close();
      RatisLog opened = log;
      if (opened != null) {
        opened.close();
      }
      client.close();
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
    public CompletableFuture<byte[]> raft(String kind, byte[] request) {
      RatisLog opened = log;
      if (opened == null) {
        return CompletableFuture.failedFuture(new IOException("not open yet"));
      }
      return opened.inbound().handle(kind, request);
    }

    @Override
    public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
        throws StatusException {
      try {
        Silence now = silence;
        if (now == Silence.DEAF) {
          new CountDownLatch(1).await();
        }
        Messages.ProposeReply reply = proposer().serve(request);
        if (now == Silence.MUTE) {
          new CountDownLatch(1).await();
        }
        return reply;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Status.UNAVAILABLE.withCause(e).asException();
      }
    }

    @Override
    public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
      throw Status.UNIMPLEMENTED.asException();
    }

    @Override
    public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request)
        throws StatusException {
      throw Status.UNIMPLEMENTED.asException();
    }

    @Override
    public Messages.Challenge challenge() throws StatusException {
      throw Status.UNIMPLEMENTED.asException();
    }

    @Override
    public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
        throws StatusException {
      throw Status.UNIMPLEMENTED.asException();
    }

    @Override
    public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
        throws StatusException {
      throw Status.UNIMPLEMENTED.asException();
    }

    @Override
    public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
      return new Messages.HeardReply(null);
    }

    @Override
    public void logs(
        Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
      out.onCompleted();
    }

    @Override
    public StreamObserver<SessionMessages.FromAgent> session(
        Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
      throw new UnsupportedOperationException();
    }
  }

  private final EventLoops loops = new EventLoops();
  private final List<One> all = new ArrayList<>();

  /// Starts them and makes them one log; returns once the first has taken in the others.
  ///
  /// @param folder for their logs, a folder for each
  /// @param count 1 to as many as a log may have
  public Managers(Path folder, int count) throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    for (int i = 0; i < count; i++) {
      var one = new One(Certificates.node(ca, "m" + i, Role.MANAGER, Instant.now()), loops);
      all.add(one);
      one.open(folder.resolve("m" + i), i == 0 ? new Start.Bootstrap() : new Start.Join());
      if (i == 0) {
        Await.until("the first leads", () -> one.log().leadership().ready());
      } else {
        MembershipResult result =
            all.getFirst().log().addMember(one.self()).get(30, TimeUnit.SECONDS);
        if (!(result instanceof MembershipResult.Changed)) {
          throw new IllegalStateException("not added: " + result);
        }
      }
    }
  }

  /// Those that were not stopped, the oldest first.
  public List<One> all() {
    return List.copyOf(all);
  }

  /// The one that leads, waited for.
  public One leader() {
    Await.until("one leads", () -> all.stream().anyMatch(o -> o.log().leadership().ready()));
    return all.stream()
        .filter(o -> o.log().leadership().ready())
        .findFirst()
        .orElseGet(this::leader);
  }

  /// One that does not lead and knows who does, waited for.
  public One follower() {
    One leader = leader();
    One follower = all.stream().filter(o -> o != leader).findFirst().orElseThrow();
    Await.until(
        "the follower knows its leader",
        () -> follower.log().leadership().leader().filter(leader.self()::equals).isPresent());
    return follower;
  }

  /// Stops one as a crash does: it does not say goodbye.
  public void stop(One one) {
    all.remove(one);
    one.stop();
  }

  @Override
  public void close() {
    all().forEach(this::stop);
    loops.close();
  }
}
