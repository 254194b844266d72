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
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;

/// The server side of the cluster port. Thread-safe.
public final class ClusterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterServer.class);
  private static final Context.Key<Peer> PEER = Context.key("peer");

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

  /// A stranger's only message: a certification request and a secret.
  private static final Set<String> OPEN_TO_STRANGERS = Set.of(Methods.JOIN.getFullMethodName());

  private static final Set<String> OPEN_TO_WORKERS =
      Set.of(
          Methods.JOIN.getFullMethodName(),
          Methods.SESSION.getFullMethodName(),
          Methods.LEAVE.getFullMethodName());

  /// Open to a node whose certificate counts no more, too: an answer to its leaving may have been
  /// lost.
  private static final Set<String> OPEN_TO_ALL_WHO_WERE_MEMBERS =
      Set.of(Methods.JOIN.getFullMethodName(), Methods.LEAVE.getFullMethodName());

  /// Nobody compresses: a few bytes of a stranger's would be read as many.
  private static final DecompressorRegistry UNCOMPRESSED =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, true);

  private final Server server;

  /// Listens at `address`.
  ///
  /// @throws IOException where the port is taken
  public ClusterServer(
      InetSocketAddress address, NodeIdentity identity, EventLoops loops, ClusterHandler handler)
      throws IOException {
    server =
        NettyServerBuilder.forAddress(address)
            .sslContext(ClusterTls.server(identity))
            .channelType(EpollServerSocketChannel.class)
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .handshakeTimeout(5, TimeUnit.SECONDS)
            .maxConnectionIdle(1, TimeUnit.MINUTES) // a caller's next call connects again
            .decompressorRegistry(UNCOMPRESSED)
            .addStreamTracerFactory(Strangers.meter())
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(
                new Gate(identity.self().clusterId(), new Strangers(loops), handler::revoked))
            // messages are read inside of the gate, which answers for those that cannot be
            .addService(ServerInterceptors.useInputStreamMessages(definition(handler)))
            .build()
            .start();
  }

  static ServerServiceDefinition definition(ClusterHandler handler) {
    return ServerServiceDefinition.builder(Methods.SERVICE)
        .addMethod(Methods.JOIN, unary((_, request) -> handler.join(request)))
        .addMethod(Methods.ADD_MEMBER, unary(handler::addMember))
        .addMethod(Methods.LEAVE, unary(handler::leave))
        .addMethod(Methods.PROPOSE, unary(handler::propose))
        .addMethod(Methods.HEARD, unary(handler::heard))
        .addMethod(
            Methods.RAFT,
            ServerCalls.asyncUnaryCall(
                (frame, out) -> RaftService.single(handler, peer(), frame, out)))
        .addMethod(
            Methods.RAFT_STREAM,
            ServerCalls.asyncBidiStreamingCall(out -> RaftService.stream(handler, peer(), out)))
        .addMethod(
            Methods.LOGS,
            ServerCalls.asyncServerStreamingCall(
                (request, out) -> handler.logs(peer(), request, out)))
        .addMethod(
            Methods.SESSION,
            ServerCalls.asyncBidiStreamingCall(out -> handler.session(peer(), out)))
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
    private final String clusterId;
    private final Strangers strangers;
    private final Predicate<String> revoked;

    Gate(String clusterId, Strangers strangers, Predicate<String> revoked) {
      this.clusterId = clusterId;
      this.strangers = strangers;
      this.revoked = revoked;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String method = call.getMethodDescriptor().getFullMethodName();
      Optional<Peer> peer = peerOf(call).filter(p -> p.clusterId().equals(clusterId));
      boolean allowed =
          OPEN_TO_STRANGERS.contains(method)
              || (peer.isPresent()
                  && (peer.get().role() == Role.MANAGER || OPEN_TO_WORKERS.contains(method)));
      if (!allowed) {
        call.close(
            Status.PERMISSION_DENIED.withDescription(
                "this call needs a certificate of this cluster with the right role"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      if (peer.isPresent()
          && !OPEN_TO_ALL_WHO_WERE_MEMBERS.contains(method)
          && revoked.test(peer.get().nodeId())) {
        call.close(
            Status.PERMISSION_DENIED.withDescription(
                "node "
                    + peer.get().nodeId()
                    + " has left this swarm or was removed: 'swarm leave --force' there, and join"
                    + " again"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      if (peer.isEmpty()) {
        return strangers.admit(
            call, bounded -> new ReadGuard<>(bounded, next.startCall(bounded, headers)));
      }
      Context context = Context.current().withValue(PEER, peer.get());
      return new ReadGuard<>(call, Contexts.interceptCall(context, call, headers, next));
    }

    private static Optional<Peer> peerOf(ServerCall<?, ?> call) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      if (session == null) {
        return Optional.empty();
      }
      try {
        return Peer.of((X509Certificate) session.getPeerCertificates()[0]);
      } catch (SSLPeerUnverifiedException _) {
        return Optional.empty(); // a client without a certificate: a stranger
      }
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

  /// The port that it listens at: another than was asked for only where that was 0.
  public int port() {
    return server.getPort();
  }

  /// Stops listening and ends every call.
  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.warn("the cluster port's server did not end within 5 s");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
