package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many tasks a service wants: exactly one of the fields is set (the API's `ServiceSpec.Mode`).
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceMode(
    @Nullable Replicated replicated,
    @Nullable Map<String, JsonNode> global,
    @Nullable ReplicatedJob replicatedJob,
    @Nullable Map<String, JsonNode> globalJob,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public ServiceMode {
    other = Unknown.orNull(other);
  }

  /// A number of replicas, spread over the suitable nodes.
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Replicated(
      @Nullable Long replicas,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Replicated {
      other = Unknown.orNull(other);
    }
  }

  /// A number of tasks that end by themselves.
  ///
  /// @param maxConcurrent how many go on at the same time; 1 where absent
  /// @param totalCompletions how many are to complete; as many as go on at a time where absent
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ReplicatedJob(
      @Nullable Long maxConcurrent,
      @Nullable Long totalCompletions,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public ReplicatedJob {
      other = Unknown.orNull(other);
    }
  }

  /// A mode of `replicas` replicas.
  public static ServiceMode replicated(long replicas) {
    return new ServiceMode(new Replicated(replicas, null), null, null, null, null);
  }

  /// A mode of one task that runs on every suitable node.
  public static ServiceMode onEveryNode() {
    return new ServiceMode(null, Map.of(), null, null, null);
  }
}
