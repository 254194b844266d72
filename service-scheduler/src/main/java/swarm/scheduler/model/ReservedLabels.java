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
