package swarm.node.membership;

import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import swarm.node.control.Manager;
import swarm.node.identity.Peer;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;

/// Answers the cluster port's calls as what this node is at that moment: a manager, or a worker,
/// who sends them on. So a node changes its role while its port stays open. Thread-safe.
final class CurrentHandler implements ClusterHandler {
  private final ClusterHandler worker = new WorkerHandler();
  private volatile @Nullable Manager manager;

  /// The manager that answers now; empty on a worker.
  Optional<Manager> manager() {
    return Optional.ofNullable(manager);
  }

  void become(@Nullable Manager next) {
    manager = next;
  }

  private ClusterHandler now() {
    Manager current = manager;
    return current == null ? worker : current.calls();
  }

  @Override
  public boolean revoked(String nodeId) {
    return now().revoked(nodeId);
  }

  @Override
  public boolean demoted(String nodeId) {
    return now().demoted(nodeId);
  }

  @Override
  public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
    return now().join(request);
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    return now().renew(peer, request);
  }

  @Override
  public Messages.Challenge challenge() throws StatusException {
    return now().challenge();
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
      throws StatusException {
    return now().addMember(peer, request);
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
      throws StatusException {
    return now().leave(peer, request);
  }

  @Override
  public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
      throws StatusException {
    return now().propose(peer, request);
  }

  @Override
  public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
    return now().heard(peer, heard);
  }

  @Override
  public Messages.AttachReply attach(Peer peer, Messages.AttachRequest request)
      throws StatusException {
    return now().attach(peer, request);
  }

  @Override
  public Messages.Nothing attachmentsKept(Peer peer, Messages.AttachmentsKept kept)
      throws StatusException {
    return now().attachmentsKept(peer, kept);
  }

  @Override
  public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
      throws StatusException {
    return now().sealKeys(peer, request);
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    return now().raft(kind, request);
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    now().logs(peer, request, out);
  }

  @Override
  public StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
    return now().session(peer, from, out);
  }
}
