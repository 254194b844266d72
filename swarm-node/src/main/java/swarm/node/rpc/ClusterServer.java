package swarm.node.rpc;

import io.grpc.Codec;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;

/// The server side of the cluster port. Thread-safe.
public final class ClusterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterServer.class);
  private static final Context.Key<Peer> PEER = Context.key("peer");
  private static final Context.Key<InetAddress> FROM = Context.key("from");

  /// The largest message to a manager: a batch of log entries (2.25 MiB), a command (2 MiB), a
  /// snapshot's chunk (1 MiB), or what an agent observed of all of its tasks.
  static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  /// What one call may send before its handler reads, whoever calls. Fixed: gRPC would else let a
  /// caller raise it to 8 MiB by being fast.
  private static final int WINDOW_BYTES = 256 * 1024;

  /// Headers here are a method's name and a few of gRPC's own.
  private static final int MAX_HEADER_BYTES = 4 * 1024;

  /// Of one connection; a manager's calls to another share one.
  private static final int MAX_CALLS_PER_CONNECTION = 1024;

  /// Nobody compresses: a few bytes of a stranger's would be read as many.
  private static final DecompressorRegistry UNCOMPRESSED =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, true);

  private final StrangerCalls strangerCalls;
  private final StrangerConnections strangerConnections;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;

  /// Listens at `address`.
  ///
  /// @throws IOException where the port is taken
  public ClusterServer(
      InetSocketAddress address, LiveIdentity identity, EventLoops loops, ClusterHandler handler)
      throws IOException {
    this(address, identity, loops, handler, StrangerLimits.USUAL, ExpiringConnections.USUAL);
  }

  /// The same with an identity that never changes.
  public ClusterServer(
      InetSocketAddress address, NodeIdentity identity, EventLoops loops, ClusterHandler handler)
      throws IOException {
    this(address, new LiveIdentity(identity), loops, handler);
  }

  ClusterServer(
      InetSocketAddress address,
      LiveIdentity identity,
      EventLoops loops,
      ClusterHandler handler,
      StrangerLimits limits,
      ExpiringConnections expiring)
      throws IOException {
    var members = new Members(identity.self().clusterId(), handler::revoked);
    strangerCalls = new StrangerCalls(limits, loops, System::nanoTime);
    strangerConnections = new StrangerConnections(limits, members::current, expiring);
    server =
        NettyServerBuilder.forAddress(address)
            .sslContext(ClusterTls.server(identity))
            .channelFactory(strangerConnections::listen)
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .executor(threads)
            .callExecutor(new CallExecutors())
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .handshakeTimeout(limits.handshakeTime().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(1, TimeUnit.MINUTES) // a caller's next call connects again
            .decompressorRegistry(UNCOMPRESSED)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new Gate(members, handler::demoted, strangerCalls))
            // messages are read inside of the gate, which answers for those that cannot be
            .addService(ServerInterceptors.useInputStreamMessages(definition(handler)))
            .build()
            .start();
  }

  /// Raft's stream is served on the network's own thread, once its gate has let it in: its messages
  /// are small, none of their handlers blocks, and a change of threads for each costs more than
  /// what is done with it. All other calls have threads of their own.
  private static final class CallExecutors implements ServerCallExecutorSupplier {
    @Override
    public <A, B> @Nullable Executor getExecutor(ServerCall<A, B> call, Metadata headers) {
      return call.getMethodDescriptor()
              .getFullMethodName()
              .equals(Methods.RAFT_STREAM.getFullMethodName())
          ? Runnable::run
          : null;
    }
  }

  static ServerServiceDefinition definition(ClusterHandler handler) {
    return ServerServiceDefinition.builder(Methods.SERVICE)
        .addMethod(Methods.JOIN, unary((_, request) -> handler.join(request)))
        .addMethod(Methods.RENEW, unary(handler::renew))
        .addMethod(Methods.CHALLENGE, unary((_, _) -> handler.challenge()))
        .addMethod(Methods.ADD_MEMBER, unary(handler::addMember))
        .addMethod(Methods.LEAVE, unary(handler::leave))
        .addMethod(Methods.PROPOSE, unary(handler::propose))
        .addMethod(Methods.PROPOSE_NEWER, unary(handler::propose))
        .addMethod(Methods.HEARD, unary(handler::heard))
        .addMethod(Methods.SEAL_KEYS, unary(handler::sealKeys))
        .addMethod(
            Methods.RAFT,
            ServerCalls.asyncUnaryCall(
                (frame, out) -> RaftService.single(handler, peer(), frame, out)))
        .addMethod(
            Methods.RAFT_STREAM,
            ServerCalls.asyncBidiStreamingCall(out -> RaftService.stream(handler, peer(), out)))
        .addMethod(Methods.ATTACH, unary(handler::attach))
        .addMethod(Methods.ATTACHMENTS_KEPT, unary(handler::attachmentsKept))
        .addMethod(
            Methods.LOGS,
            ServerCalls.asyncServerStreamingCall(
                (request, out) -> handler.logs(peer(), request, out)))
        .addMethod(
            Methods.SESSION,
            ServerCalls.asyncBidiStreamingCall(
                out -> handler.session(peer(), Objects.requireNonNull(FROM.get()), out)))
        .build();
  }

  private interface Handler<A, B> {
    B handle(Peer peer, A request) throws StatusException;
  }

  private static <A, B> io.grpc.ServerCallHandler<A, B> unary(Handler<A, B> handler) {
    return ServerCalls.asyncUnaryCall(
        (A request, StreamObserver<B> out) -> {
          try {
            out.onNext(handler.handle(peer(), request));
            out.onCompleted();
          } catch (StatusException e) {
            out.onError(e);
          } catch (RuntimeException e) {
            LOG.error("a call from node '{}' failed", peer().nodeId(), e);
            out.onError(
                Status.INTERNAL
                    .withDescription("this manager could not serve the call: see its log")
                    .asException());
          }
        });
  }

  /// Who called; for a stranger's join, a peer without a name.
  private static Peer peer() {
    Peer peer = PEER.get();
    return peer == null ? new Peer("", "", Role.WORKER) : peer;
  }

  /// Lets calls through by the role in the caller's certificate, while that counts.
  private static final class Gate implements ServerInterceptor {
    private final Members members;
    private final Predicate<String> demoted;
    private final StrangerCalls strangers;

    Gate(Members members, Predicate<String> demoted, StrangerCalls strangers) {
      this.members = members;
      this.demoted = demoted;
      this.strangers = strangers;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      Set<Standing> open = Methods.openTo(call.getMethodDescriptor());
      Optional<Peer> peer = members.peer(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
      boolean revoked = peer.isPresent() && members.revoked().test(peer.get().nodeId());
      boolean demotedNow = peer.isPresent() && demoted.test(peer.get().nodeId());
      Standing standing = Standing.of(peer.map(Peer::role), revoked, demotedNow);
      if (!open.contains(standing)) {
        return refuse(
            call,
            revoked
                ? "node "
                    + peer.map(Peer::nodeId).orElse("")
                    + " has left this swarm or was removed: 'swarm leave --force' there, and join"
                    + " again"
                : "this call needs a certificate of this cluster with the right role");
      }
      Context context =
          peer.map(
                  known ->
                      Context.current().withValues(PEER, known, FROM, StrangerCalls.address(call)))
              .orElse(Context.current());
      if (peer.isEmpty() || revoked) {
        return strangers.admit(call, bounded -> start(bounded, context, headers, next));
      }
      return start(call, context, headers, next);
    }

    private static <A, B> ServerCall.Listener<A> start(
        ServerCall<A, B> call, Context context, Metadata headers, ServerCallHandler<A, B> next) {
      return new ReadGuard<>(call, Contexts.interceptCall(context, call, headers, next));
    }

    private static <A> ServerCall.Listener<A> refuse(ServerCall<A, ?> call, String why) {
      call.close(Status.PERMISSION_DENIED.withDescription(why), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  /// Ends a call whose message cannot be read with its status. Left to gRPC, that would be an error
  /// of unknown kind for the caller and a stack trace in the log, which strangers could fill.
  private static final class ReadGuard<A> extends SimpleForwardingServerCallListener<A> {
    private final ServerCall<A, ?> call;
    private boolean ended;

    ReadGuard(ServerCall<A, ?> call, ServerCall.Listener<A> inner) {
      super(inner);
      this.call = call;
    }

    @Override
    public void onMessage(A message) {
      if (ended) {
        return;
      }
      try {
        super.onMessage(message);
      } catch (UnreadableMessageException e) {
        ended = true;
        call.close(Status.INVALID_ARGUMENT.withDescription(e.why()), new Metadata());
        super.onCancel(); // the handler of a stream learns of its end
      }
    }

    @Override
    public void onHalfClose() {
      if (!ended) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!ended) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!ended) {
        super.onComplete();
      }
    }
  }

  StrangerCalls strangerCalls() {
    return strangerCalls;
  }

  StrangerConnections strangerConnections() {
    return strangerConnections;
  }

  /// The port that it listens at: another than was asked for only where that was 0.
  public int port() {
    return server.getPort();
  }

  /// Stops listening and ends every call. Handlers that are at work are waited for, a second at
  /// most: what they answer goes nowhere, yet it goes by way of the network's threads, which may
  /// end next.
  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("the cluster port's server did not end within 5 s");
        return;
      }
      threads.shutdown(); // no connection is left that could bring another call
      if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
        LOG.debug("calls of other nodes are still at work");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
