package swarm.raft.engine;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import swarm.raft.transport.RaftInbound;

/// The receiving side of [TransportRpc].
///
/// Refuses what was meant for another member. Ratis itself looks at the group only, so a member
/// whose disk was wiped and that came back at its old address under a new id would be taken for the
/// old one: it could vote twice in a term, or acknowledge entries for its predecessor.
///
/// @param space while there is none, no entries are taken
/// @param election hears whoever leads, and what this member votes
/// @param readIndex the read index, where this member leads
record Inbound(
    Node node,
    Newcomer newcomer,
    ElectionTimer election,
    DiskSpace space,
    Supplier<CompletableFuture<Long>> readIndex)
    implements RaftInbound {

  @Override
  public CompletableFuture<byte[]> handle(String kind, byte[] request) {
    try {
      return answer(kind, request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<byte[]> answer(String kind, byte[] request) throws IOException {
    Kind known =
        Kind.of(kind)
            .orElseThrow(
                () ->
                    new IOException(
                        "Messages of kind '"
                            + kind
                            + "' are not known here. Upgrade "
                            + node.self()));
    if (!node.alive()) {
      throw new IOException("Member " + node.self() + " has stopped.");
    }
    RaftServer server = node.server();
    return switch (known) {
      case VOTE -> {
        RequestVoteRequestProto vote = RequestVoteRequestProto.parseFrom(request);
        check(vote.getServerRequest());
        newcomer.asked(vote);
        yield apart(() -> vote(server, vote));
      }
      case APPEND -> {
        AppendEntriesRequestProto append = AppendEntriesRequestProto.parseFrom(request);
        check(append.getServerRequest());
        newcomer.heardOfLeader();
        election.heard(append.getLeaderTerm());
        yield space.isCritical() && append.getEntriesCount() > 0
            ? heardOnly(server, append)
            : append(server, append);
      }
      case SNAPSHOT -> {
        InstallSnapshotRequestProto piece = InstallSnapshotRequestProto.parseFrom(request);
        check(piece.getServerRequest());
        election.heard(piece.getLeaderTerm());
        yield apart(() -> server.installSnapshot(piece).toByteArray());
      }
      case START_ELECTION -> {
        StartLeaderElectionRequestProto start = StartLeaderElectionRequestProto.parseFrom(request);
        check(start.getServerRequest());
        yield apart(() -> server.startLeaderElection(start).toByteArray());
      }
      case TERM -> {
        check(Addressed.decode(request));
        yield CompletableFuture.completedFuture(Addressed.encodeLong(node.term()));
      }
      case READ_INDEX -> {
        check(Addressed.decode(request));
        yield readIndex.get().thenApply(Addressed::encodeLong);
      }
    };
  }

  /// From the leader that this member follows it is taken on the caller's thread, which is the
  /// network's: nothing waits then. At the turn of a term it does, under Ratis' one lock: for the
  /// disk that the vote is written to, and for the end of what this member did as candidate or
  /// leader. A slow disk must not make a network thread wait, and all that it serves.
  private CompletableFuture<byte[]> append(RaftServer server, AppendEntriesRequestProto append)
      throws IOException {
    if (follows(append)) {
      return server.appendEntriesAsync(append).thenApply(AppendEntriesReplyProto::toByteArray);
    }
    return apart(() -> server.appendEntriesAsync(append).join().toByteArray());
  }

  private boolean follows(AppendEntriesRequestProto append) {
    DivisionInfo info = node.division().getInfo();
    @Nullable RaftPeerId leader = info.getLeaderId();
    return info.getCurrentTerm() == append.getLeaderTerm()
        && leader != null
        && leader.toByteString().equals(append.getServerRequest().getRequestorId());
  }

  private byte[] vote(RaftServer server, RequestVoteRequestProto vote) throws IOException {
    RequestVoteReplyProto reply = server.requestVote(vote);
    if (reply.getServerReply().getSuccess()) {
      election.heard(reply.getTerm()); // whoever has the vote is let go first
    }
    return reply.toByteArray();
  }

  /// With a full disk nothing is written, and the leader told so; but it lives, and must not be
  /// doubted for the entries that are not taken.
  private CompletableFuture<byte[]> heardOnly(RaftServer server, AppendEntriesRequestProto append)
      throws IOException {
    return append(server, append.toBuilder().clearEntries().build())
        .thenCompose(
            _ ->
                CompletableFuture.failedFuture(
                    new IOException("Member " + node.self() + ": " + space.why().orElse("full"))));
  }

  /// These wait for the disk while they answer.
  private static CompletableFuture<byte[]> apart(Callable<byte[]> blocking) {
    var answer = new CompletableFuture<byte[]>();
    Thread.startVirtualThread(
        () -> {
          try {
            answer.complete(blocking.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /// Compares bytes, because it does not know yet whether they are ids at all.
  private void check(RaftRpcRequestProto header) throws IOException {
    check(
        header.getRaftGroupId().getId().equals(node.group().toByteString())
            && header.getReplyId().equals(node.self().toByteString()),
        header.getReplyId().toStringUtf8());
  }

  private void check(Addressed request) throws IOException {
    check(
        request.group().equals(node.group().getUuid())
            && request.member().equals(node.self().toString()),
        request.member());
  }

  private void check(boolean isForUs, String wanted) throws IOException {
    if (!isForUs) {
      throw new IOException(
          "This is member "
              + node.self()
              + " of "
              + node.group()
              + "; the message is for '"
              + wanted
              + "', here or in another log. Remove a member that is gone from its cluster.");
    }
  }
}
