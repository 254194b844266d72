package swarm.raft.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends one follower a snapshot where the log does not reach back to what it lacks. It takes its
/// time, so it is called on its appender's own thread only.
final class SnapshotTransfer {
  private static final Logger LOGGER = LoggerFactory.getLogger(SnapshotTransfer.class);

  private final LogAppender appender;
  private final TransportRpc rpc;
  private final Reachability reachability;

  SnapshotTransfer(LogAppender appender, TransportRpc rpc, Reachability reachability) {
    this.appender = appender;
    this.rpc = rpc;
    this.reachability = reachability;
  }

  /// Sends one, piece by piece, each after the answer to the one before.
  ///
  /// @return whether it may be gone on with at once
  /// @throws IOException where this member is closed meanwhile
  boolean send(SnapshotInfo snapshot) throws IOException {
    LOGGER.info(
        "{}: sending the snapshot {} to {}.",
        appender.getServer().getId(),
        snapshot.getTermIndex(),
        appender.getFollowerId());
    @Nullable InstallSnapshotReplyProto reply = null;
    try {
      for (InstallSnapshotRequestProto piece :
          appender.newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
        appender.getFollower().updateLastRpcSendTime(false);
        reply = rpc.installSnapshot(piece);
        appender.getFollower().updateLastRpcResponseTime();
        if (!reply.getServerReply().getSuccess()) {
          break;
        }
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      reachability.lost(e);
      return false;
    }
    return reply != null && accept(snapshot, reply);
  }

  private boolean accept(SnapshotInfo snapshot, InstallSnapshotReplyProto reply) {
    return switch (reply.getResult()) {
      case NOT_LEADER -> {
        appender.onFollowerTerm(reply.getTerm());
        yield true;
      }
      case SUCCESS, ALREADY_INSTALLED -> {
        appender.getFollower().setSnapshotIndex(snapshot.getTermIndex().getIndex());
        appender.getFollower().setAttemptedToInstallSnapshot();
        yield true;
      }
      case SNAPSHOT_UNAVAILABLE, SNAPSHOT_EXPIRED -> {
        appender.getFollower().setAttemptedToInstallSnapshot();
        yield false;
      }
      case IN_PROGRESS, CONF_MISMATCH, SNAPSHOT_INSTALLED, UNRECOGNIZED -> false;
    };
  }
}
