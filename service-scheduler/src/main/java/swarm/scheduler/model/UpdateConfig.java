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

/// How an update or a rollback proceeds (the API's `ServiceSpec.UpdateConfig`).
///
/// @param parallelism slots at once; 0: all; absent: 1
/// @param delay nanoseconds between batches
/// @param failureAction `pause`, `continue` or `rollback`
/// @param monitor nanoseconds after the start of a task in which its end counts as the update's
///   failure; 5 s where absent
/// @param maxFailureRatio from 0 to 1
/// @param order `stop-first` or `start-first`
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UpdateConfig(
    @Nullable Long parallelism,
    @Nullable Long delay,
    @Nullable String failureAction,
    @Nullable Long monitor,
    @Nullable Double maxFailureRatio,
    @Nullable String order,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public UpdateConfig {
    other = Unknown.orNull(other);
  }

  /// Docker's defaults.
  public static final UpdateConfig DEFAULT =
      new UpdateConfig(1L, 0L, "pause", null, 0.0, "stop-first", null);

  /// Slots updated at once; `Integer.MAX_VALUE` where there is no limit.
  public int slotsAtOnce() {
    long asked = parallelism == null ? 1 : parallelism;
    return asked <= 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, asked);
  }

  /// Whether a new task runs before the old one is stopped.
  public boolean startFirst() {
    return "start-first".equals(order);
  }

  /// The pause between batches.
  public Duration delayOrZero() {
    return delay == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, delay));
  }

  /// How long a new task is watched.
  public Duration monitorOrDefault() {
    return monitor == null || monitor <= 0 ? Duration.ofSeconds(5) : Duration.ofNanos(monitor);
  }
}
