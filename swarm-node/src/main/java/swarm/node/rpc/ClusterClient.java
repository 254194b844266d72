package swarm.node.rpc;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.JoinToken;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.RenewalProof;

/// Calls to managers, over one connection to each, kept open. Thread-safe.
public final class ClusterClient implements AutoCloseable {
  /// Data that a host does not acknowledge for so long breaks the connection: a host that is gone
  /// says nothing, and the kernel's own patience is minutes.
  private static final int UNACKNOWLEDGED_MILLIS = 1_500;

  private static final int CONNECT_MILLIS = 1_000;

  /// A manager that is stopped or hangs acknowledges by its kernel, and says nothing: after so long
  /// a silence it is asked whether it is there, and a connection without an answer is broken. The
  /// agents in session with it are with another one well before their lease is over (30 s). gRPC
  /// asks no sooner than this.
  private static final int SILENT_SECONDS = 10;

  private static final int PING_ANSWER_SECONDS = 3;

  /// Raft sends again by itself; an answer that late is of no use to it.
  private static final Duration RAFT_LIMIT = Duration.ofSeconds(3);

  /// A change of the log's members takes up to its request timeout (3 s), and a write after it.
  private static final Duration MEMBER_LIMIT = Duration.ofSeconds(10);

  /// It writes a small file to a disk that may be busy.
  private static final Duration SEAL_KEYS_LIMIT = Duration.ofSeconds(3);

  private static final Duration PROPOSE_LIMIT = Duration.ofSeconds(5);

  private static final Duration RENEW_LIMIT = Duration.ofSeconds(10);

  /// The largest message from a manager: all of a node's assignments. Managers are trusted.
  private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  private static final long RECONNECT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /// Longer than any call with an answer lasts: then a connection that was replaced has none left.
  private static final long RETIRE_SECONDS = 15;

  private final SslContext tls;
  private final EventLoops loops;
  private final @Nullable LiveIdentity live;
  private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Link> links = new ConcurrentHashMap<>();
  private final Set<Link> spare = ConcurrentHashMap.newKeySet(); // not used yet, or no more
  private volatile boolean closed;
  private final Runnable onClose;

  /// A connection and when it was last told to try again without waiting.
  private static final class Link {
    private static final AtomicLong NUMBERS = new AtomicLong();

    final ManagedChannel channel;
    final long number = NUMBERS.incrementAndGet();
    private long lastReset = System.nanoTime();
    private @Nullable RaftStream raft;
    private boolean visiting; // Raft's stream is over another connection

    Link(ManagedChannel channel) {
      this.channel = channel;
    }

    synchronized RaftStream raft(String address) {
      RaftStream open = raft;
      if (open == null || open.over()) {
        open = RaftStream.open(channel, address, this::connectSoon);
        raft = open;
        visiting = false;
      }
      return open;
    }

    /// Gives Raft's stream away: it goes on over this connection until the other one has shown that
    /// it is good, or this one breaks. To wait for a handshake would cost a leader its heartbeats.
    synchronized @Nullable RaftStream release() {
      RaftStream open = raft;
      raft = null;
      return open;
    }

    synchronized void adopt(@Nullable RaftStream open) {
      raft = open;
      visiting = open != null;
    }

    /// Takes Raft's stream off the connection that this one replaced: the next message opens one
    /// here.
    ///
    /// @return the old one, which is to end once it is answered; empty where it stays
    synchronized Optional<RaftStream> settle() {
      RaftStream open = raft;
      if (!visiting || open == null || channel.getState(false) != ConnectivityState.READY) {
        return Optional.empty();
      }
      raft = null;
      visiting = false;
      return Optional.of(open);
    }

    /// Nothing new begins here any more, and what was asked is answered: its stream ends, and the
    /// connection with whatever is still being followed over it.
    synchronized void retire() {
      RaftStream open = raft;
      if (open != null) {
        open.hangUp();
      }
      channel.shutdown();
    }

    /// gRPC waits for a second and more before it connects again; a cluster that just lost a host
    /// cannot.
    synchronized void connectSoon() {
      long now = System.nanoTime();
      if (now - lastReset > RECONNECT_EVERY_NANOS) {
        lastReset = now;
        channel.resetConnectBackoff();
      }
    }
  }

  /// Calls as the node that `identity` names. When that changes, calls go over new connections, and
  /// those that are under way end over the old ones.
  public ClusterClient(LiveIdentity identity, EventLoops loops) throws IOException {
    this.tls = ClusterTls.client(identity);
    this.loops = loops;
    this.live = identity;
    LiveIdentity.Listener onReplaced = this::redial;
    this.onClose = () -> identity.unlisten(onReplaced);
    identity.listen(onReplaced);
  }

  /// The same with an identity that never changes.
  public ClusterClient(NodeIdentity identity, EventLoops loops) throws IOException {
    this(new LiveIdentity(identity), loops);
  }

  /// Whom this client calls as.
  ///
  /// @throws IllegalStateException of one that calls as nobody
  public NodeIdentity identity() {
    if (live == null) {
      throw new IllegalStateException("a stranger has no identity");
    }
    return live.current();
  }

  private ClusterClient(SslContext tls, EventLoops loops) {
    this.tls = tls;
    this.loops = loops;
    this.live = null;
    this.onClose = () -> {};
  }

  /// Another role counts at once. Else the new connections are made before the old ones go, so that
  /// nobody waits for a handshake. Where only the roots are others, what is open is as good as new.
  private void redial(NodeIdentity before, NodeIdentity after) {
    if (before.certificate().equals(after.certificate())) {
      return;
    }
    boolean atOnce = before.self().role() != after.self().role();
    for (String address : List.copyOf(links.keySet())) {
      Link fresh = new Link(connect(address));
      spare.add(fresh);
      if (atOnce) {
        swap(address, fresh, false);
      } else {
        whenDecided(fresh.channel, () -> swap(address, fresh, true));
      }
    }
  }

  /// Connects; does something once that is done or has failed.
  private static void whenDecided(ManagedChannel channel, Runnable then) {
    ConnectivityState state = channel.getState(true);
    if (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
      channel.notifyWhenStateChanged(state, () -> whenDecided(channel, then));
    } else {
      then.run();
    }
  }

  /// The newest counts, whichever is connected first.
  private void swap(String address, Link fresh, boolean keepRaft) {
    Link[] gone = {fresh};
    links.computeIfPresent(
        address,
        (_, now) -> {
          if (now.number > fresh.number) {
            return now;
          }
          gone[0] = now;
          if (keepRaft) {
            fresh.adopt(now.release());
          }
          return fresh;
        });
    spare.add(gone[0]); // whoever has it in hand may still begin a call there
    if (gone[0] != fresh) {
      spare.remove(fresh);
    }
    var _ = loops.group().schedule(() -> retire(gone[0], fresh), RETIRE_SECONDS, TimeUnit.SECONDS);
    if (closed) {
      shutDown();
    }
  }

  /// Whoever is behind a connection is asked for a certificate when it begins: none is to last for
  /// long beyond its own.
  private void retire(Link old, Link fresh) {
    fresh
        .settle()
        .ifPresent(
            raft -> {
              var _ =
                  loops
                      .group()
                      .schedule(raft::hangUp, RAFT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            });
    old.retire();
    spare.removeIf(link -> link.channel.isTerminated()); // those before it: this one may follow
  }

  /// Asks a manager for a certificate, as a stranger with a token.
  ///
  /// @param availability what this node's is to be; null for `active`
  /// @throws StatusException with a sentence for the user
  public static Messages.JoinReply join(
      String manager,
      JoinToken token,
      byte[] certificationRequest,
      String ownAddress,
      @Nullable String availability,
      EventLoops loops)
      throws IOException, StatusException {
    try (var client = new ClusterClient(ClusterTls.joining(token), loops)) {
      return client.call(
          manager,
          Methods.JOIN,
          new Messages.JoinRequest(certificationRequest, token.secret(), ownAddress, availability),
          Duration.ofSeconds(10));
    }
  }

  /// Asks a manager for another certificate, with the one that this node has.
  public Messages.JoinReply renew(String manager, byte[] certificationRequest)
      throws StatusException {
    return call(
        manager, Methods.RENEW, new Messages.RenewRequest(certificationRequest, null), RENEW_LIMIT);
  }

  /// Asks a manager for another certificate with one that has expired: as a stranger, who proves
  /// that it was his.
  ///
  /// @throws StatusException with a sentence for the user
  public static Messages.JoinReply renewExpired(
      String manager, NodeIdentity expired, byte[] certificationRequest, EventLoops loops)
      throws IOException, StatusException {
    try (var client = new ClusterClient(ClusterTls.nameless(expired), loops)) {
      byte[] challenge =
          client.call(manager, Methods.CHALLENGE, new Messages.Nothing(), RENEW_LIMIT).challenge();
      var proof =
          new Messages.Proof(
              Pem.write(expired.chain()),
              challenge,
              RenewalProof.sign(expired.key(), certificationRequest, challenge));
      return client.call(
          manager,
          Methods.RENEW,
          new Messages.RenewRequest(certificationRequest, proof),
          RENEW_LIMIT);
    }
  }

  /// Has the leader, through any manager, add a node to the log.
  public Messages.MemberReply addMember(String manager, Messages.MemberRequest request)
      throws StatusException {
    return call(manager, Methods.ADD_MEMBER, request, MEMBER_LIMIT);
  }

  /// Asks a manager to let this node go.
  public Messages.MemberReply leave(String manager, boolean force) throws StatusException {
    return call(manager, Methods.LEAVE, new Messages.LeaveRequest(force), MEMBER_LIMIT);
  }

  /// Hands a command to the leader.
  ///
  /// @return fails with a [StatusException] that explains itself; cancelling it ends the call
  public CompletableFuture<Messages.ProposeReply> propose(
      String leader, Messages.ProposeRequest request) {
    return callLater(leader, Methods.PROPOSE, request, PROPOSE_LIMIT);
  }

  /// Tells the leader which nodes were heard.
  public void heard(String leader, Messages.Heard heard) throws StatusException {
    call(leader, Methods.HEARD, heard, Duration.ofSeconds(1));
  }

  /// Tells a manager the keys of the log.
  public Messages.SealKeysReply sealKeys(String manager, Messages.SealKeysRequest request)
      throws StatusException {
    return call(manager, Methods.SEAL_KEYS, request, SEAL_KEYS_LIMIT);
  }

  /// Asks another manager for logs of nodes that are in session there.
  ///
  /// @return cancels the request
  public Runnable logs(
      String manager, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> in) {
    var call = link(manager).channel.newCall(Methods.LOGS, CallOptions.DEFAULT);
    ClientCalls.asyncServerStreamingCall(call, request, in);
    return () -> call.cancel("the reader left", null);
  }

  /// Opens an agent's session with a manager.
  public StreamObserver<Messages.FromAgent> session(
      String manager, StreamObserver<Messages.FromManager> in) {
    Link link = link(manager);
    link.connectSoon();
    return ClientCalls.asyncBidiStreamingCall(
        link.channel.newCall(Methods.SESSION, CallOptions.DEFAULT), in);
  }

  /// Carries a message of Raft to the manager at an address: see
  /// [swarm.raft.transport.RaftTransport].
  public CompletableFuture<byte[]> send(String address, String kind, byte[] request) {
    var frame = new RaftFrame(kind, request);
    Link link = link(address);
    return request.length <= RaftStream.MAX_BYTES
        ? link.raft(address).send(frame)
        : send(link, address, frame);
  }

  private static CompletableFuture<byte[]> send(Link link, String address, RaftFrame frame) {
    var reply = new CompletableFuture<byte[]>();
    ClientCalls.asyncUnaryCall(
        link.channel.newCall(
            Methods.RAFT,
            CallOptions.DEFAULT.withDeadlineAfter(RAFT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)),
        frame.encode(),
        new StreamObserver<byte[]>() {
          @Override
          public void onNext(byte[] value) {
            reply.complete(value);
          }

          @Override
          public void onError(Throwable error) {
            link.connectSoon();
            reply.completeExceptionally(
                new IOException("manager " + address + ": " + error.getMessage(), error));
          }

          @Override
          public void onCompleted() {
            if (!reply.isDone()) {
              reply.completeExceptionally(new IOException("manager " + address + " said nothing"));
            }
          }
        });
    return reply;
  }

  private <A, B> B call(String address, MethodDescriptor<A, B> method, A request, Duration limit)
      throws StatusException {
    Link link = link(address);
    try {
      return ClientCalls.blockingUnaryCall(
          link.channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS),
          request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        link.connectSoon();
      }
      throw CallFailures.explain(address, e.getStatus(), limit).asException();
    }
  }

  private <A, B> CompletableFuture<B> callLater(
      String address, MethodDescriptor<A, B> method, A request, Duration limit) {
    Link link = link(address);
    var call =
        link.channel.newCall(
            method,
            // the answer completes a future and no more, for which no thread need be changed
            CallOptions.DEFAULT
                .withExecutor(Runnable::run)
                .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
    var answer = new CompletableFuture<B>();
    ClientCalls.asyncUnaryCall(
        call,
        request,
        new StreamObserver<B>() {
          @Override
          public void onNext(B value) {
            answer.complete(value);
          }

          @Override
          public void onError(Throwable error) {
            Status status = Status.fromThrowable(error);
            if (status.getCode() == Status.Code.UNAVAILABLE) {
              link.connectSoon();
            }
            answer.completeExceptionally(
                CallFailures.explain(address, status, limit).asException());
          }

          @Override
          public void onCompleted() {
            answer.completeExceptionally(
                Status.INTERNAL
                    .withDescription("manager " + address + " said nothing")
                    .asException()); // of no effect where it did
          }
        });
    var _ =
        answer.whenComplete(
            (_, _) -> {
              if (answer.isCancelled()) {
                call.cancel("nobody waits for it any more", null);
              }
            });
    return answer;
  }

  private Link link(String address) {
    return links.computeIfAbsent(address, a -> new Link(connect(a)));
  }

  private ManagedChannel connect(String address) {
    int colon = address.lastIndexOf(':');
    var target =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    return NettyChannelBuilder.forAddress(target)
        .sslContext(tls)
        .overrideAuthority("swarm-manager")
        .channelType(EpollSocketChannel.class)
        .eventLoopGroup(loops.group())
        .executor(executor)
        .keepAliveTime(SILENT_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_ANSWER_SECONDS, TimeUnit.SECONDS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .withOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
        .maxInboundMessageSize(MAX_ANSWER_BYTES)
        .disableRetry()
        .build();
  }

  @Override
  public void close() {
    onClose.run();
    closed = true;
    shutDown();
  }

  private void shutDown() {
    links.values().forEach(link -> link.channel.shutdownNow());
    links.clear();
    spare.forEach(link -> link.channel.shutdownNow());
    spare.clear();
  }
}
