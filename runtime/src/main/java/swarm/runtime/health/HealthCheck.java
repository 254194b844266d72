package swarm.runtime.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How a container's health is checked; Docker's `HEALTHCHECK`. Times are nanoseconds, and 0 where
/// Docker's default is meant.
///
/// @param test nothing, or `NONE`, `CMD` with a program and its arguments, or `CMD-SHELL` with a
///   line for the shell
/// @param interval between the end of one probe and the next one
/// @param timeout after which a probe has failed
/// @param startPeriod after the start, in which failures do not count
/// @param startInterval instead of the interval within the start period
/// @param retries failures in a row that make a container unhealthy
/// @param shell what takes the line of `CMD-SHELL`; `/bin/sh -c` if empty
public record HealthCheck(
    List<String> test,
    long interval,
    long timeout,
    long startPeriod,
    long startInterval,
    int retries,
    List<String> shell) {
  /// None.
  public static final HealthCheck NONE = new HealthCheck(List.of(), 0, 0, 0, 0, 0, List.of());

  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DEFAULT_START_INTERVAL = Duration.ofSeconds(5);
  private static final int DEFAULT_RETRIES = 3;

  // A component that is missing in a file of an older version is null here.
  public HealthCheck {
    test = test == null ? List.of() : List.copyOf(test);
    shell = shell == null ? List.of() : List.copyOf(shell);
  }

  /// Whether there is anything to be run.
  public boolean probes() {
    return !test.isEmpty()
        && (test.getFirst().equals("CMD") || test.getFirst().equals("CMD-SHELL"));
  }

  /// What is run.
  public List<String> command() {
    List<String> rest = test.subList(1, test.size());
    if (test.getFirst().equals("CMD")) {
      return rest;
    }
    var all = new ArrayList<>(shell.isEmpty() ? DEFAULT_SHELL : shell);
    all.addAll(rest); // what follows the line is the shell's arguments, as in Docker
    return all;
  }

  /// How long a probe may take.
  public Duration longest() {
    return orElse(timeout, DEFAULT_TIMEOUT);
  }

  /// How often in a row it may fail, that time included.
  public int limit() {
    return retries <= 0 ? DEFAULT_RETRIES : retries;
  }

  /// Whether failures count yet.
  ///
  /// @param sinceStart how long the container has been running
  public boolean starting(Duration sinceStart) {
    return sinceStart.compareTo(Duration.ofNanos(startPeriod)) < 0;
  }

  /// How long to wait for the next probe.
  public Duration pause(Health.Status status, Duration sinceStart) {
    return status == Health.Status.STARTING && starting(sinceStart)
        ? orElse(startInterval, DEFAULT_START_INTERVAL)
        : orElse(interval, DEFAULT_INTERVAL);
  }

  private static Duration orElse(long nanos, Duration usual) {
    return nanos <= 0 ? usual : Duration.ofNanos(nanos);
  }

  /// This, with another's values where it has none of its own: an image's.
  public HealthCheck over(HealthCheck image) {
    return new HealthCheck(
        test.isEmpty() ? image.test : test,
        interval == 0 ? image.interval : interval,
        timeout == 0 ? image.timeout : timeout,
        startPeriod == 0 ? image.startPeriod : startPeriod,
        startInterval == 0 ? image.startInterval : startInterval,
        retries == 0 ? image.retries : retries,
        shell.isEmpty() ? image.shell : shell);
  }
}
