package swarm.runtime.container;

import java.time.Duration;

/// How long to wait before a container is started again by its policy: Docker's delays, doubled
/// from 100 ms up to a minute, and from the start again after a run of 10 s. Pure.
final class RestartDelay {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration GOOD_RUN = Duration.ofSeconds(10);

  private RestartDelay() {}

  /// @param last the delay before the run that ended; zero where a user or the daemon started it
  /// @param run how long it ran
  static Duration after(Duration last, Duration run) {
    if (last.isZero() || run.compareTo(GOOD_RUN) >= 0) {
      return FIRST;
    }
    Duration doubled = last.multipliedBy(2);
    return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }
}
