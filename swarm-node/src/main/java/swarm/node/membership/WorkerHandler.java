package swarm.node.membership;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import swarm.node.identity.Peer;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;

/// The cluster port of a worker: it is there so that managers can tell a living daemon from a host
/// without one, and answers nothing else.
final class WorkerHandler implements ClusterHandler {
  private static StatusException refused() {
    return Status.UNIMPLEMENTED
        .withDescription("this node is not a manager: use the address of one")
        .asException();
  }

  @Override
  public boolean revoked(String nodeId) {
    return false; // only managers know, and whatever is called here is refused
  }

  @Override
  public boolean demoted(String nodeId) {
    return false; // likewise
  }

  @Override
  public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
    throw refused();
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    throw refused();
  }

  @Override
  public Messages.Challenge challenge() throws StatusException {
    throw refused();
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
      throws StatusException {
    throw refused();
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
      throws StatusException {
    throw refused();
  }

  @Override
  public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
      throws StatusException {
    throw refused();
  }

  @Override
  public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
    return new Messages.HeardReply(null);
  }

  /// Not as a build answers that does not know the call: this node may be about to be a manager.
  @Override
  public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
      throws StatusException {
    throw Status.UNAVAILABLE.withDescription("this node is not a manager now").asException();
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    return CompletableFuture.failedFuture(new IOException("this node is not a manager"));
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    out.onError(refused());
  }

  @Override
  public StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
    out.onError(refused());
    return new StreamObserver<>() {
      @Override
      public void onNext(SessionMessages.FromAgent message) {
        // the call is over
      }

      @Override
      public void onError(Throwable error) {
        // the call is over
      }

      @Override
      public void onCompleted() {
        // the call is over
      }
    };
  }
}
