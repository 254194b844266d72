package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a task may use at most and what is set aside for it (the API's `TaskSpec.Resources`).
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResourceRequirements(
    @Nullable Amounts limits,
    @Nullable Amounts reservations,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public ResourceRequirements {
    other = Unknown.orNull(other);
  }

  /// @param nanoCpus billionths of a CPU
  /// @param memoryBytes bytes
  /// @param pids processes and threads; for limits only
  /// @param genericResources numbers of what nodes say they have; for reservations only
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Amounts(
      @JsonProperty("NanoCPUs") @Nullable Long nanoCpus,
      @Nullable Long memoryBytes,
      @Nullable Long pids,
      @Nullable List<GenericResource> genericResources,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Amounts {
      other = Unknown.orNull(other);
    }
  }

  /// Billionths of a CPU set aside for the task.
  public static long reservedNanoCpus(@Nullable ResourceRequirements r) {
    return r == null || r.reservations() == null || r.reservations().nanoCpus() == null
        ? 0
        : r.reservations().nanoCpus();
  }

  /// How many of which kind are set aside for the task; mostly empty.
  public static Map<String, Long> reservedGeneric(@Nullable ResourceRequirements r) {
    return r == null || r.reservations() == null || r.reservations().genericResources() == null
        ? Map.of()
        : GenericResource.byKind(r.reservations().genericResources());
  }

  /// Bytes of memory set aside for the task.
  public static long reservedMemory(@Nullable ResourceRequirements r) {
    return r == null || r.reservations() == null || r.reservations().memoryBytes() == null
        ? 0
        : r.reservations().memoryBytes();
  }
}
