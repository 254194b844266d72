package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// When a task that ended is replaced (the API's `TaskSpec.RestartPolicy`).
///
/// @param condition `none`, `on-failure` or `any`
/// @param delay nanoseconds before the replacement starts; 5 s where absent
/// @param maxAttempts 0 or absent: no limit
/// @param window nanoseconds over which attempts count; 0 or absent: for ever
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RestartPolicy(
    @Nullable String condition,
    @Nullable Long delay,
    @Nullable Long maxAttempts,
    @Nullable Long window,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public RestartPolicy {
    other = Unknown.orNull(other);
  }

  /// Docker's default.
  public static final RestartPolicy DEFAULT = new RestartPolicy("any", null, null, null, null);

  /// The delay before a replacement starts.
  public Duration delayOrDefault() {
    return delay == null ? Duration.ofSeconds(5) : Duration.ofNanos(Math.max(0, delay));
  }

  /// The window over which attempts count; zero: for ever.
  public Duration windowOrZero() {
    return window == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, window));
  }

  /// How many attempts there are at most after the first; 0: no limit.
  public long attemptsOrZero() {
    return maxAttempts == null ? 0 : Math.max(0, maxAttempts);
  }

  /// Whether an attempt that ended in `state` is to be replaced.
  public boolean wants(TaskState state) {
    String when = condition == null || condition.isEmpty() ? "any" : condition;
    return switch (when) {
      case "none" -> false;
      case "on-failure" -> state != TaskState.COMPLETE;
      default -> true;
    };
  }
}
