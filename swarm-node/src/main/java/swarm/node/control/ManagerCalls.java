package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import swarm.node.dispatch.Dispatcher;
import swarm.node.dispatch.LogRelay;
import swarm.node.identity.Peer;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.raft.engine.RatisLog;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.CommandFormat;

/// What a manager answers other nodes: each call goes to the part that it is for. Thread-safe.
final class ManagerCalls implements ClusterHandler {
  private final Store store;
  private final RatisLog log;
  private final Issuer issuer;
  private final LogMembership members;
  private final SealKeyRotation sealKeys;
  private final Proposer proposer;
  private final NodeMonitor monitor;
  private final BalancerProgress balancers;
  private final Dispatcher dispatcher;

  private final Attachments attachments;

  ManagerCalls(
      Store store,
      RatisLog log,
      Issuer issuer,
      LogMembership members,
      SealKeyRotation sealKeys,
      Proposer proposer,
      NodeMonitor monitor,
      BalancerProgress balancers,
      Dispatcher dispatcher,
      Clock clock) {
    this.store = store;
    this.log = log;
    this.issuer = issuer;
    this.members = members;
    this.sealKeys = sealKeys;
    this.proposer = proposer;
    this.monitor = monitor;
    this.balancers = balancers;
    this.dispatcher = dispatcher;
    this.attachments = new Attachments(store, proposer, clock);
  }

  /// As far as this manager has applied the log: one that lags learns of it a moment later.
  @Override
  public boolean revoked(String nodeId) {
    return store.state().revoked().containsKey(nodeId);
  }

  /// Who is to be a manager but is none yet is not meant, nor who is one still.
  @Override
  public boolean demoted(String nodeId) {
    Node node = store.state().nodes().get(nodeId);
    return node != null && !node.spec().manager() && node.manager() == null;
  }

  @Override
  public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
    return issuer.join(request);
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    return issuer.renew(peer, request);
  }

  @Override
  public Messages.Challenge challenge() {
    return issuer.challenge();
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
      throws StatusException {
    return members.addMember(peer, request);
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
      throws StatusException {
    return members.leave(peer, request);
  }

  @Override
  public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
      throws StatusException {
    try {
      return proposer.serve(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  @Override
  public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
    heard.silentMillis().forEach(monitor::heard);
    // older builds say nothing of it
    monitor.told(peer.nodeId(), Objects.requireNonNullElse(heard.impaired(), ""));
    proposer.heard(
        peer.nodeId(), Objects.requireNonNullElse(heard.commandFormat(), CommandFormat.FIRST));
    balancers.told(peer.nodeId(), heard.balancingOrNone());
    return new Messages.HeardReply(balancers.through(store.state()));
  }

  @Override
  public Messages.AttachReply attach(Peer peer, Messages.AttachRequest request)
      throws StatusException {
    return attachments.attach(peer.nodeId(), request);
  }

  @Override
  public Messages.Nothing attachmentsKept(Peer peer, Messages.AttachmentsKept kept)
      throws StatusException {
    attachments.kept(peer.nodeId(), kept);
    return new Messages.Nothing();
  }

  @Override
  public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
      throws StatusException {
    return sealKeys.told(peer, request);
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    return log.inbound().handle(kind, request);
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    LogRelay.serve(dispatcher, request, out);
  }

  @Override
  public StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
    return dispatcher.session(peer, from, out);
  }
}
