package swarm.node.rpc;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import swarm.node.identity.Peer;

/// Answers every call, and remembers whose it was.
final class Recorder implements ClusterHandler {
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<String> revoked = new CopyOnWriteArrayList<>();
  final List<String> demoted = new CopyOnWriteArrayList<>();

  /// Does what a test wants before it answers a join.
  volatile Doing onJoin = () -> {};

  /// Answers messages of Raft's of the kind `held`.
  final CompletableFuture<byte[]> held = new CompletableFuture<>();

  interface Doing {
    void run() throws InterruptedException;
  }

  private void called(String method, Peer peer) {
    calls.add(method + " by " + peer.nodeId());
  }

  @Override
  public boolean revoked(String nodeId) {
    return revoked.contains(nodeId);
  }

  @Override
  public boolean demoted(String nodeId) {
    return demoted.contains(nodeId);
  }

  @Override
  public Messages.JoinReply join(Messages.JoinRequest request) {
    calls.add("Join");
    try {
      onJoin.run();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a test's join", e);
    }
    return new Messages.JoinReply("", "", List.of(), null);
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) {
    called("Renew", peer);
    return new Messages.JoinReply("", "", List.of(), null);
  }

  @Override
  public Messages.Challenge challenge() {
    calls.add("Challenge");
    return new Messages.Challenge(new byte[] {1});
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request) {
    called("AddMember", peer);
    return Messages.MemberReply.done();
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request) {
    called("Leave", peer);
    return Messages.MemberReply.done();
  }

  @Override
  public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request) {
    called("Propose", peer);
    return new Messages.ProposeReply(1, request.command(), false, "");
  }

  @Override
  public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
    called("Heard", peer);
    return new Messages.HeardReply(null);
  }

  @Override
  public Messages.AttachReply attach(Peer peer, Messages.AttachRequest request) {
    called("Attach", peer);
    return new Messages.AttachReply("a", "w", 5, 0, "");
  }

  @Override
  public Messages.Nothing attachmentsKept(Peer peer, Messages.AttachmentsKept kept) {
    called("AttachmentsKept", peer);
    return new Messages.Nothing();
  }

  @Override
  public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request) {
    called("SealKeys", peer);
    return new Messages.SealKeysReply("r", 0);
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    calls.add("Raft " + kind);
    if (kind.equals("held")) {
      return held;
    }
    return kind.equals("never")
        ? new CompletableFuture<>()
        : CompletableFuture.completedFuture(request);
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    called("Logs", peer);
    out.onNext(new Messages.LogsPart(List.of(), "", null));
    out.onCompleted();
  }

  @Override
  public StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
    called("Session", peer);
    return new StreamObserver<>() {
      @Override
      public void onNext(SessionMessages.FromAgent message) {
        calls.add("said " + message.getClass().getSimpleName());
        out.onNext(new SessionMessages.StatusesKept(1));
      }

      @Override
      public void onError(Throwable error) {
        calls.add("session broken");
      }

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }
}
