package swarm.raft.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;
import swarm.raft.transport.RaftTransport;

/// The sending side of Ratis' messages. The receiving side is [Inbound].
///
/// Every wait ends: with the answer, with the RPC timeout, or with [#close].
final class TransportRpc implements RaftServerRpc {
  // The last piece of a snapshot is answered after the whole of it was flushed to the disk.
  private static final Duration LAST_PIECE_TIMEOUT = Duration.ofSeconds(30);

  private final RaftTransport transport;
  private final Duration timeout;
  private final Expiry expiry;
  private final Map<RaftPeerId, String> addresses = new ConcurrentHashMap<>();
  private final AtomicInteger handingOver = new AtomicInteger();
  private final Set<FollowerAppender> appenders = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /// @param timer ends what is not answered within `timeout`
  TransportRpc(RaftTransport transport, Duration timeout, ScheduledExecutorService timer) {
    this.transport = transport;
    this.timeout = timeout;
    this.expiry = new Expiry(timeout, timer);
  }

  /// An appender sends through this from now on.
  void began(FollowerAppender appender) {
    appenders.add(appender);
  }

  /// It does no more.
  void ended(FollowerAppender appender) {
    appenders.remove(appender);
  }

  /// Has followers that do not know it yet told at once of what is committed.
  void tellCommitted() {
    appenders.forEach(FollowerAppender::hurry);
  }

  /// Notes that this member is handing leadership over until `done` has ended.
  <T> CompletableFuture<T> handOver(Supplier<CompletableFuture<T>> done) {
    handingOver.incrementAndGet();
    return done.get().whenComplete((_, _) -> handingOver.decrementAndGet());
  }

  boolean handingOver() {
    return handingOver.get() > 0;
  }

  /// Turns an answer's bytes into the answer.
  @FunctionalInterface
  interface Parser<T> {
    T parse(byte[] bytes) throws InvalidProtocolBufferException;
  }

  /// Sends to a member that Ratis told us of; ends within the RPC timeout.
  CompletableFuture<byte[]> send(RaftPeerId to, Kind kind, byte[] request) {
    return send(to, kind, request, timeout);
  }

  private CompletableFuture<byte[]> send(RaftPeerId to, Kind kind, byte[] request, Duration limit) {
    @Nullable String address = addresses.get(to);
    if (address == null) {
      return CompletableFuture.failedFuture(new IOException("No address of " + to + " is known."));
    }
    if (closed.isDone()) {
      return CompletableFuture.failedFuture(new IOException("This member is closed."));
    }
    // A copy: the transport's own future must not be completed by our timeout.
    CompletableFuture<byte[]> answer =
        transport.send(to.toString(), address, kind.wireName(), request).copy();
    return limit.equals(timeout)
        ? expiry.watch(answer, late -> late.completeExceptionally(new TimeoutException()))
        : answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request) {
    return send(target(request.getServerRequest()), Kind.APPEND, request.toByteArray())
        .thenCompose(bytes -> parse(bytes, AppendEntriesReplyProto::parseFrom));
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return call(
        request.getServerRequest(),
        Kind.VOTE,
        request.toByteArray(),
        timeout,
        RequestVoteReplyProto::parseFrom);
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return await(append(request));
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return call(
        request.getServerRequest(),
        Kind.SNAPSHOT,
        request.toByteArray(),
        request.getSnapshotChunk().getDone() ? LAST_PIECE_TIMEOUT : timeout,
        InstallSnapshotReplyProto::parseFrom);
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return call(
        request.getServerRequest(),
        Kind.START_ELECTION,
        request.toByteArray(),
        timeout,
        StartLeaderElectionReplyProto::parseFrom);
  }

  private <T> T call(
      RaftRpcRequestProto header, Kind kind, byte[] request, Duration limit, Parser<T> parser)
      throws IOException {
    return await(
        send(target(header), kind, request, limit).thenCompose(bytes -> parse(bytes, parser)));
  }

  private static RaftPeerId target(RaftRpcRequestProto header) {
    return RaftPeerId.valueOf(header.getReplyId());
  }

  private static <T> CompletableFuture<T> parse(byte[] bytes, Parser<T> parser) {
    try {
      return CompletableFuture.completedFuture(parser.parse(bytes));
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Waits for an answer, but not beyond [#close].
  private <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      CompletableFuture.anyOf(answer, closed).get();
      if (!answer.isDone()) {
        throw new InterruptedIOException("This member is closed.");
      }
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw asIOException(e.getCause());
    }
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    InterruptedIOException e = new InterruptedIOException("Interrupted while waiting.");
    e.initCause(cause);
    return e;
  }

  static IOException asIOException(@Nullable Throwable cause) {
    return switch (cause) {
      case IOException e -> e;
      case TimeoutException e -> new IOException("No answer in time.", e);
      case null -> new IOException("Failed without a cause.");
      default -> new IOException(cause.toString(), cause);
    };
  }

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {
    for (RaftPeer peer : peers) {
      addresses.put(peer.getId(), peer.getAddress());
    }
  }

  @Override
  public void handleException(RaftPeerId member, Exception e, boolean reconnect) {
    // The transport keeps its own connections.
  }

  @Override
  public RpcType getRpcType() {
    return new TransportRpcType();
  }

  @Override
  public void start() {
    // Messages arrive through Inbound, there is no server to start.
  }

  @Override
  public @Nullable InetSocketAddress getInetSocketAddress() {
    return null; // The transport's matter; members() tells addresses.
  }

  @Override
  public void close() {
    closed.complete(null);
    expiry.close();
  }
}
