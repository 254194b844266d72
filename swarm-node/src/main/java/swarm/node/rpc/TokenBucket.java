package swarm.node.rpc;

import java.time.Duration;

/// How many calls are let through: some at once, and from then on one in each interval. Immutable
/// and pure; the clock is the caller's.
///
/// @param creditNanos what may be taken now, each for one interval: whole numbers, so that a second
///   is a second in whatever steps it passes. Below zero where more was taken than there was
/// @param atNanos when that was so
record TokenBucket(long creditNanos, long atNanos) {
  /// @param burst how many at once
  /// @param interval after how long there is one more
  record Rate(int burst, Duration interval) {
    /// How many a second there are in the long run, rounded.
    long perSecond() {
      return Math.round(1e9 / interval.toNanos());
    }

    private long fullNanos() {
      return burst * interval.toNanos();
    }
  }

  /// One that nothing was taken from.
  static TokenBucket full(Rate rate, long nowNanos) {
    return new TokenBucket(rate.fullNanos(), nowNanos);
  }

  /// The same bucket later.
  TokenBucket at(Rate rate, long nowNanos) {
    long passed = Math.max(0, nowNanos - atNanos);
    long room = rate.fullNanos() - creditNanos;
    return new TokenBucket(creditNanos + Math.min(passed, room), nowNanos);
  }

  /// Whether one may be taken.
  boolean any(Rate rate) {
    return creditNanos >= rate.interval().toNanos();
  }

  /// The bucket without one, also where there is none: that is a debt.
  TokenBucket less(Rate rate) {
    return new TokenBucket(creditNanos - rate.interval().toNanos(), atNanos);
  }
}
