package swarm.node.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import swarm.node.identity.Peer;

/// What a node does when others call it. Each call may block: it has a virtual thread of its own.
/// Who may call what is checked before, by what [Methods] says of each.
public interface ClusterHandler {
  /// Whether the node has left or was removed: its certificate, valid as it is, then only opens
  /// what a stranger may do, and [#leave], whose answer may have been lost. Must not block.
  boolean revoked(String nodeId);

  /// Whether the node, whose certificate may still be a manager's, is none any more, as far as this
  /// manager knows: it then may call what a worker may. Must not block.
  boolean demoted(String nodeId);

  Messages.JoinReply join(Messages.JoinRequest request) throws StatusException;

  /// @param peer without a name where the caller shows no certificate: then the request must hold a
  ///   proof
  Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException;

  /// For a caller whose certificate has expired.
  Messages.Challenge challenge() throws StatusException;

  Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request) throws StatusException;

  Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request) throws StatusException;

  Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request) throws StatusException;

  Messages.HeardReply heard(Peer peer, Messages.Heard heard);

  /// A place on a network for a container of the caller's that is no task.
  default Messages.AttachReply attach(Peer peer, Messages.AttachRequest request)
      throws StatusException {
    throw Status.UNAVAILABLE.withDescription("this node is not a manager now").asException();
  }

  /// The places that containers of the caller's still have; the others are free when this returns.
  default Messages.Nothing attachmentsKept(Peer peer, Messages.AttachmentsKept kept)
      throws StatusException {
    throw Status.UNAVAILABLE.withDescription("this node is not a manager now").asException();
  }

  /// The leader's keys of the log: on the disk when this returns.
  default Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
      throws StatusException {
    throw Status.UNIMPLEMENTED
        .withDescription("this node is not a manager: use the address of one")
        .asException();
  }

  /// Must not block: the answer comes when it is there, or an [IOException] with the reason why
  /// there is none.
  CompletableFuture<byte[]> raft(String kind, byte[] request);

  /// Streams logs of tasks on nodes that are in session here; returns when they end or the caller
  /// leaves.
  void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out);

  /// A session of the agent on `peer`; what it says goes to the returned observer.
  ///
  /// @param from where its connection comes from
  StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out);
}
