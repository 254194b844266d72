package swarm.node.rpc;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.JoinToken;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.RenewalProof;

/// Calls to managers, over one connection to each, kept open. Thread-safe.
public final class ClusterClient implements AutoCloseable {
  /// A change of the log's members takes up to its request timeout (3 s), and a write after it.
  private static final Duration MEMBER_LIMIT = Duration.ofSeconds(10);

  /// It writes a small file to a disk that may be busy.
  private static final Duration SEAL_KEYS_LIMIT = Duration.ofSeconds(3);

  private static final Duration PROPOSE_LIMIT = Duration.ofSeconds(5);

  private static final Duration RENEW_LIMIT = Duration.ofSeconds(10);

  private final ManagerLinks links;
  private final @Nullable LiveIdentity live;
  private final Runnable onClose;

  /// Calls as the node that `identity` names. When that changes, calls go over new connections, and
  /// those that are under way end over the old ones.
  public ClusterClient(LiveIdentity identity, EventLoops loops) throws IOException {
    this.links = new ManagerLinks(ClusterTls.client(identity), loops);
    this.live = identity;
    LiveIdentity.Listener onReplaced = links::redial;
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
    this.links = new ManagerLinks(tls, loops);
    this.live = null;
    this.onClose = () -> {};
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
  /// @param newer whether the command is not of the first format: a leader of an earlier build
  ///   answers UNIMPLEMENTED then
  /// @return fails with a [StatusException] that explains itself; cancelling it ends the call
  public CompletableFuture<Messages.ProposeReply> propose(
      String leader, Messages.ProposeRequest request, boolean newer) {
    return callLater(
        leader, newer ? Methods.PROPOSE_NEWER : Methods.PROPOSE, request, PROPOSE_LIMIT);
  }

  /// The same for a command of the first format.
  public CompletableFuture<Messages.ProposeReply> propose(
      String leader, Messages.ProposeRequest request) {
    return propose(leader, request, false);
  }

  /// Asks a manager for a place on a network.
  public Messages.AttachReply attach(String manager, Messages.AttachRequest request)
      throws StatusException {
    return call(manager, Methods.ATTACH, request, MEMBER_LIMIT);
  }

  /// Tells a manager which places this node's containers still have.
  public void attachmentsKept(String manager, Messages.AttachmentsKept kept)
      throws StatusException {
    var _ = call(manager, Methods.ATTACHMENTS_KEPT, kept, MEMBER_LIMIT);
  }

  /// Tells the leader which nodes were heard.
  public Messages.HeardReply heard(String leader, Messages.Heard heard) throws StatusException {
    return call(leader, Methods.HEARD, heard, Duration.ofSeconds(1));
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
    var call = links.to(manager).channel.newCall(Methods.LOGS, CallOptions.DEFAULT);
    ClientCalls.asyncServerStreamingCall(call, request, in);
    return () -> call.cancel("the reader left", null);
  }

  /// Opens an agent's session with a manager.
  public StreamObserver<SessionMessages.FromAgent> session(
      String manager, StreamObserver<SessionMessages.FromManager> in) {
    ManagerLink link = links.to(manager);
    link.connectSoon();
    return ClientCalls.asyncBidiStreamingCall(
        link.channel.newCall(Methods.SESSION, CallOptions.DEFAULT), in);
  }

  /// Carries a message of Raft to the manager at an address: see
  /// [swarm.raft.transport.RaftTransport].
  public CompletableFuture<byte[]> send(String address, String kind, byte[] request) {
    var frame = new RaftFrame(kind, request);
    ManagerLink link = links.to(address);
    return request.length <= RaftStream.MAX_BYTES
        ? link.raft(address).send(frame)
        : send(link, address, frame);
  }

  private static CompletableFuture<byte[]> send(ManagerLink link, String address, RaftFrame frame) {
    var reply = new CompletableFuture<byte[]>();
    ClientCalls.asyncUnaryCall(
        link.channel.newCall(
            Methods.RAFT,
            CallOptions.DEFAULT.withDeadlineAfter(
                ManagerLink.RAFT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)),
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
    ManagerLink link = links.to(address);
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
    ManagerLink link = links.to(address);
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

  @Override
  public void close() {
    onClose.run();
    links.close();
  }
}
