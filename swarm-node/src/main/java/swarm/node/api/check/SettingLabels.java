package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ReservedLabels;

/// Checks the labels that are settings of ours. Pure.
final class SettingLabels {
  /// A shorter one than this that is not 0 is a slip: managers look about as often, and a daemon
  /// takes as long to restart.
  private static final Duration LEAST_LEASE = Duration.ofSeconds(1);

  private static final Duration MOST_LEASE = Duration.ofHours(24);

  /// Shorter than this, a busy disk or a collection of garbage costs the leader its office.
  private static final Duration LEAST_ELECTION = Duration.ofMillis(200);

  private static final Duration MOST_ELECTION = Duration.ofSeconds(20);
  private static final Duration MOST_CUT_OFF = Duration.ofHours(10_000);

  private SettingLabels() {}

  /// The cluster's.
  static void checkCluster(JsonNode labels) throws ApiException {
    JsonNode lease = labels.path(ReservedLabels.LEASE);
    if (!ReservedLabels.duration(lease.asText("")).equals(Optional.of(Duration.ZERO))) {
      check(lease, ReservedLabels.LEASE, "0s, or ", LEAST_LEASE, MOST_LEASE);
    }
    check(
        labels.path(ReservedLabels.ELECTION_TIMEOUT),
        ReservedLabels.ELECTION_TIMEOUT,
        "",
        LEAST_ELECTION,
        MOST_ELECTION);
  }

  /// A service's.
  static void checkService(@Nullable Map<String, String> labels) throws ApiException {
    String given = labels == null ? null : labels.get(ReservedLabels.STOP_AFTER_DISCONNECT);
    if (given != null) {
      check(ReservedLabels.STOP_AFTER_DISCONNECT, given, "", Duration.ZERO, MOST_CUT_OFF);
    }
  }

  private static void check(
      JsonNode value, String label, String also, Duration least, Duration most)
      throws ApiException {
    if (!value.isMissingNode() && !value.isNull()) {
      check(label, value.asText(), also, least, most);
    }
  }

  private static void check(String label, String text, String also, Duration least, Duration most)
      throws ApiException {
    Optional<Duration> value = ReservedLabels.duration(text);
    if (value.isEmpty() || value.get().compareTo(least) < 0 || value.get().compareTo(most) > 0) {
      throw Refusals.invalid(
          "label "
              + label
              + " must be "
              + also
              + "a duration from "
              + words(least)
              + " to "
              + words(most)
              + ", such as "
              + words(least.isZero() ? most : least.multipliedBy(2))
              + ", not '"
              + (text.length() > 40 ? text.substring(0, 40) + "..." : text)
              + "'");
    }
  }

  private static String words(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    return duration.toMillisPart() > 0
        ? duration.toMillis() + "ms"
        : duration.toHours() > 0 ? duration.toHours() + "h" : duration.toSeconds() + "s";
  }
}
