package swarm.raft.engine;

import java.util.concurrent.TimeUnit;

/// When something may be tried next: at once after what went well, else after a pause that doubles.
/// Confined to one thread at a time.
final class Backoff {
  private static final long FIRST_PAUSE_MS = 5;

  private final long longestMs;
  private long resumeNanos = System.nanoTime();
  private long pauseMs = FIRST_PAUSE_MS;

  /// @param longestMs no pause is longer
  Backoff(long longestMs) {
    this.longestMs = longestMs;
  }

  /// Nothing is to be tried before, by [System#nanoTime].
  long resumeNanos() {
    return resumeNanos;
  }

  /// How the last try went.
  void went(boolean well) {
    long now = System.nanoTime();
    resumeNanos = well ? now : now + TimeUnit.MILLISECONDS.toNanos(pauseMs);
    pauseMs = well ? FIRST_PAUSE_MS : Math.min(longestMs, pauseMs * 2);
  }
}
