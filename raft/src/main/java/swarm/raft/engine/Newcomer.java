package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a member vote that does not find itself among the members yet.
///
/// Its leader counts it from the moment that it wrote it down, and may be lost before the newcomer
/// has heard of that. Ratis then has the newcomer refuse every vote, because no leader has told it
/// yet to take part, and nobody ever leads again. By the book it votes: servers do so for
/// candidates, and as members, that are not in their own configuration (Ongaro, "Consensus:
/// Bridging Theory and Practice", 4.1 and 4.2.2).
///
/// What makes Ratis take part is a heartbeat. This one comes from the leader of this member's own
/// term, or, where it knows none, from whoever asks for the vote; it brings no entry and commits
/// nothing, so it is no more than what that leader may have sent last.
final class Newcomer {
  private static final Logger LOGGER = LoggerFactory.getLogger(Newcomer.class);

  private final Node node;
  private final long patienceNanos;
  private volatile long heardNanos = System.nanoTime();

  /// @param patience how long a leader must have been silent; longer than an election's timeout
  Newcomer(Node node, Duration patience) {
    this.node = node;
    this.patienceNanos = patience.toNanos();
  }

  /// A leader said something: it is still bringing this member up to date.
  void heardOfLeader() {
    heardNanos = System.nanoTime();
  }

  /// Called before each vote.
  void asked(RequestVoteRequestProto vote) throws IOException {
    if (node.division().getInfo().getLifeCycleState() != LifeCycle.State.STARTING
        || System.nanoTime() - heardNanos < patienceNanos) {
      return;
    }
    LOGGER.info(
        "{} takes part before it has heard that it is a member: {} asks for its vote.",
        node.self(),
        vote.getServerRequest().getRequestorId().toStringUtf8());
    var _ = node.server().appendEntriesAsync(heartbeat(vote.getServerRequest()));
  }

  private AppendEntriesRequestProto heartbeat(RaftRpcRequestProto header) {
    @Nullable RaftPeerId leader = node.division().getInfo().getLeaderId();
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            leader == null
                ? header
                : header.toBuilder().setRequestorId(leader.toByteString()).build())
        .setLeaderTerm(node.term())
        .setLeaderCommit(RaftLog.INVALID_LOG_INDEX)
        .setInitializing(false)
        .build();
  }
}
