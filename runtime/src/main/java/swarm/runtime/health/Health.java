package swarm.runtime.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the probes of a container have found. Immutable.
///
/// @param status what follows from them
/// @param failingStreak failures in a row that count
/// @param log the last results, the oldest first
public record Health(Status status, int failingStreak, List<ProbeResult> log) {
  /// Not checked.
  public static final Health NONE = new Health(Status.NONE, 0, List.of());

  private static final int KEPT = 5;

  /// Docker's words for it.
  public enum Status {
    /// Nobody checks.
    NONE,
    /// No probe has succeeded yet, nor have too many failed.
    STARTING,
    HEALTHY,
    UNHEALTHY
  }

  public Health {
    log = log == null ? List.of() : List.copyOf(log);
  }

  /// As a container is that starts: results of the last run stay to be seen.
  public Health begun() {
    return new Health(Status.STARTING, 0, log);
  }

  /// As Docker shows a container that has ended: nobody checks it, and it does not do its work.
  public Health stopped() {
    return status == Status.NONE ? this : new Health(Status.UNHEALTHY, failingStreak, log);
  }

  /// After one more probe.
  ///
  /// @param sinceStart from the container's start to the probe's
  public Health after(ProbeResult result, HealthCheck check, Duration sinceStart) {
    var results = new ArrayList<>(log.subList(Math.max(0, log.size() + 1 - KEPT), log.size()));
    results.add(result);
    if (result.exitCode() == 0) {
      return new Health(Status.HEALTHY, 0, results);
    }
    if (status == Status.STARTING && check.starting(sinceStart)) {
      return new Health(status, failingStreak, results);
    }
    int failures = failingStreak + 1;
    return new Health(failures >= check.limit() ? Status.UNHEALTHY : status, failures, results);
  }
}
