package swarm.node.dispatch;

import java.time.Duration;

/// Whether the leader is told of the sessions on this manager. Where it is not, its sessions are
/// worth nothing: the leader takes their nodes for silent, and what it assigns them does not come.
/// Thread-safe; the clock is the caller's.
final class LeaderContact {
  /// Longer than an election, shorter than the silence after which the leader takes a daemon for
  /// stuck by more than an agent needs to find another manager.
  static final Duration LIMIT = Duration.ofSeconds(3);

  /// So many attempts failed at least: a manager that did not run itself has made none.
  static final int ATTEMPTS = 3;

  private long madeNanos;
  private int failed;

  /// @param nowNanos when this manager begins; it has as long as after a contact
  LeaderContact(long nowNanos) {
    madeNanos = nowNanos;
  }

  /// After an attempt to tell the leader.
  synchronized void attempted(boolean told, long nowNanos) {
    if (told) {
      madeNanos = nowNanos;
      failed = 0;
    } else if (failed < ATTEMPTS) {
      failed++;
    }
  }

  synchronized boolean lost(long nowNanos) {
    return failed >= ATTEMPTS && nowNanos - madeNanos > LIMIT.toNanos();
  }
}
