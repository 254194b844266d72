package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Waiting by the managers' clocks, of which each leader has its own.
final class Delay {
  private Delay() {}

  /// When a delay that began at `since` is over; empty where it is. A beginning that lies in the
  /// future was written by an earlier leader whose clock was ahead: to wait for it might take
  /// hours, so such a delay counts as over.
  static Optional<Instant> end(Instant since, Duration delay, Instant now) {
    Instant end = since.plus(delay);
    return since.isAfter(now) || !end.isAfter(now) ? Optional.empty() : Optional.of(end);
  }
}
