package swarm.raft.engine;

import org.apache.ratis.server.leader.LogAppender;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a follower answers; told in the log once when it does no longer, and once when it does
/// again. Confined to its [FollowerAppender]'s look, which is one at a time.
final class Reachability {
  private static final Logger LOGGER = LoggerFactory.getLogger(Reachability.class);

  private final LogAppender appender;
  private boolean reachable = true;

  Reachability(LogAppender appender) {
    this.appender = appender;
  }

  boolean reachable() {
    return reachable;
  }

  /// It answered.
  void heard() {
    if (!reachable) {
      reachable = true;
      LOGGER.info("{}: {} answers again.", appender.getServer().getId(), appender.getFollowerId());
    }
  }

  /// It did not.
  void lost(@Nullable Throwable cause) {
    if (reachable && appender.isRunning()) {
      reachable = false;
      LOGGER.warn(
          "{}: {} at {} does not answer ({}); trying on.",
          appender.getServer().getId(),
          appender.getFollowerId(),
          appender.getFollower().getPeer().getAddress(),
          String.valueOf(cause));
    }
  }
}
