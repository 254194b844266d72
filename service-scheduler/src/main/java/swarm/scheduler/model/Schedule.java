package swarm.scheduler.model;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// When a job runs by itself.
///
/// @param cron when, by the calendar
/// @param zone of which place
/// @param overlap what happens when it is due while it still runs
/// @param history of how many earlier runs the tasks are kept; negative: as many as of any service
/// @param deadline how late a run may begin; one that is later is left out
public record Schedule(
    CronExpression cron, ZoneId zone, Overlap overlap, int history, Duration deadline) {

  /// What happens when a job is due that still runs.
  public enum Overlap {
    /// The run is left out.
    SKIP,
    /// It begins when the present one is over; one waits at most.
    QUEUE,
    /// The present one is ended.
    REPLACE
  }

  /// When it is due next, after `handled`.
  public Optional<Instant> next(Instant handled) {
    return CronTimes.next(cron, zone, handled);
  }

  /// The last time that it was due, later than `handled` and not later than `now`; empty where it
  /// was not. Times before that are left out: a job that was missed is made up for once.
  public Optional<Instant> due(Instant handled, Instant now) {
    Optional<Instant> each = next(handled);
    if (each.isEmpty() || each.get().isAfter(now)) {
      return Optional.empty();
    }
    // from the end: after a long time there may be many
    for (Duration back = Duration.ofMinutes(1); now.minus(back).isAfter(handled); ) {
      Optional<Instant> found = next(now.minus(back));
      if (found.isPresent() && !found.get().isAfter(now)) {
        each = found;
        break;
      }
      back = back.multipliedBy(2);
    }
    Optional<Instant> last = each;
    while (each.isPresent() && !each.get().isAfter(now)) {
      last = each;
      each = next(each.get());
    }
    return last;
  }
}
