package swarm.runtime.container;

import java.time.Duration;

/// How soon a log is looked at again: before it can have grown by half of its limit, going by what
/// it grew by lately. Pure.
///
/// @param size bytes at the last look
/// @param at of the last look, as [System#nanoTime] has it; 0 for none
/// @param pause from then to the next one
record LogPace(long size, long at, Duration pause) {
  static final Duration SHORTEST = Duration.ofMillis(20);
  static final Duration LONGEST = Duration.ofMillis(500);

  /// Never looked at.
  static final LogPace NEW = new LogPace(0, 0, SHORTEST);

  /// After a look.
  LogPace seen(long now, long nanos, long limit) {
    long elapsed = Math.max(1, nanos - at);
    long grown = Math.max(0, now - size);
    if (at == 0 || grown == 0) {
      return new LogPace(now, nanos, shorter(pause.multipliedBy(2)));
    }
    double perNano = (double) grown / elapsed;
    return new LogPace(now, nanos, shorter(Duration.ofNanos((long) (limit / 2.0 / perNano))));
  }

  /// After a rotation: the file is a new one, and somebody has to see that it is there.
  LogPace rotated() {
    return new LogPace(0, at, SHORTEST);
  }

  /// After a look that found no file.
  LogPace missed() {
    return new LogPace(size, at, shorter(pause.multipliedBy(2)));
  }

  private static Duration shorter(Duration wanted) {
    if (wanted.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
  }
}
