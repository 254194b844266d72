package swarm.scheduler.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Labels that are settings: what Docker's specs have no field for, so that its clients keep it.
/// Pure.
public final class ReservedLabels {
  /// On the cluster: how long the tasks of a disconnected node are kept.
  public static final String LEASE = "swarm.lease";

  /// On the cluster: how long a manager hears nothing of the leader before it stands for election.
  public static final String ELECTION_TIMEOUT = "swarm.election-timeout";

  /// On a service: how long its tasks run on a node that reaches no manager; without it, for ever.
  public static final String STOP_AFTER_DISCONNECT = "swarm.stop-after-disconnect";

  /// What all of them begin with.
  public static final String PREFIX = "swarm.";

  /// On a service: what must be there before its tasks start, `db:service_healthy,...`.
  public static final String DEPENDS_ON = "swarm.depends-on";

  /// On a job: when it runs by itself, a cron expression.
  public static final String SCHEDULE = "swarm.schedule";

  /// What [#SCHEDULE] says of a job that runs only when it is forced to.
  static final String NEVER = "none";

  /// ... in which time zone.
  public static final String SCHEDULE_TIMEZONE = "swarm.schedule.timezone";

  /// ... what happens while it still runs.
  public static final String SCHEDULE_OVERLAP = "swarm.schedule.overlap";

  /// ... of how many runs the tasks are kept.
  public static final String SCHEDULE_HISTORY = "swarm.schedule.history";

  /// ... how late a run may begin.
  public static final String SCHEDULE_DEADLINE = "swarm.schedule.deadline";

  /// On a service: whose tasks come first where resources lack.
  public static final String PRIORITY = "swarm.priority";

  /// On a service: whether its tasks are moved to where there are fewer.
  public static final String REBALANCE = "swarm.rebalance";

  /// On a service: which part of it an update changes first.
  public static final String CANARY = "swarm.canary";

  /// ... who says that the update may go on.
  public static final String CANARY_APPROVAL = "swarm.canary.approval";

  /// ... how long that part is watched.
  public static final String CANARY_WINDOW = "swarm.canary.window";

  /// On a service: which of its tasks answers whom.
  public static final String AFFINITY = "swarm.affinity";

  /// On a service: at which addresses of hosts its published ports answer,
  /// `8080=10.0.0.0/8,53/udp=192.0.2.7`.
  public static final String HOST_IP = "swarm.publish.host-ip";

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ms|s|m|h)");
  private static final int LONGEST = 32;

  private static final Map<String, BigDecimal> MILLIS =
      Map.of(
          "ms", BigDecimal.ONE,
          "s", BigDecimal.valueOf(1_000),
          "m", BigDecimal.valueOf(60_000),
          "h", BigDecimal.valueOf(3_600_000));

  private ReservedLabels() {}

  /// A duration as Go writes it (`1m30s`, `500ms`), of at most 10,000 hours; empty for anything
  /// else.
  public static Optional<Duration> duration(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return Optional.empty();
    }
    BigDecimal millis = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!part.find(end) || part.start() != end) {
        return Optional.empty();
      }
      millis =
          millis.add(
              new BigDecimal(part.group(1))
                  .multiply(MILLIS.getOrDefault(part.group(2), BigDecimal.ZERO)));
      end = part.end();
    }
    BigDecimal most = BigDecimal.valueOf(Duration.ofHours(10_000).toMillis());
    return millis.compareTo(most) > 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(millis.longValue()));
  }
}
