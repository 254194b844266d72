package swarm.raft.engine;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.raftlog.RaftLog;

/// When a follower is told of a commit index that no batch of entries has told it yet.
///
/// Not at once: where entries follow one another, as one client's writes do, the next batch says it
/// too, and a message of its own for each would be half of all messages. Nor late: the follower
/// applies only what it knows to be committed, and its readers and agents wait for that. Times are
/// values of [System#nanoTime]. Not thread-safe.
final class CommitNotice {
  /// After an entry that came alone.
  static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  /// While entries follow one another within no more than this.
  static final long STEADY_NANOS = TimeUnit.MILLISECONDS.toNanos(12);

  private long told = RaftLog.INVALID_LOG_INDEX;
  private boolean behind;
  private long behindSince;
  private long entriesSent;
  private boolean steady;
  private boolean hurry;

  /// @param now a time that is not before any other
  CommitNotice(long now) {
    entriesSent = now - STEADY_NANOS - 1;
  }

  /// A batch goes out, which says the index that is committed now.
  void sent(boolean entries, long now) {
    behind = false;
    hurry = false;
    if (entries) {
      steady = now - entriesSent <= STEADY_NANOS;
      entriesSent = now;
    }
  }

  /// The follower answered a batch that said this index.
  void told(long index) {
    told = index;
  }

  /// Somebody waits for it there.
  void hurry() {
    hurry = true;
  }

  /// How long it may wait from now on: nothing or less where it is due, [Long#MAX_VALUE] where
  /// there is nothing to say, or nobody who ever answered.
  long left(long committed, long now) {
    if (told < 0 || told >= committed) {
      return Long.MAX_VALUE;
    }
    if (!behind) {
      behind = true;
      behindSince = now;
    }
    return hurry ? 0 : (steady ? STEADY_NANOS : PAUSE_NANOS) - (now - behindSince);
  }
}
