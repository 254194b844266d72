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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a task may run (the API's `TaskSpec.Placement`).
///
/// @param preferences what its tasks are spread over, the outermost first
/// @param maxReplicas at most so many tasks of the service on one node; 0 or absent: no limit
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Placement(
    @Nullable List<String> constraints,
    @Nullable List<Preference> preferences,
    @Nullable Long maxReplicas,
    @Nullable List<Platform> platforms,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public Placement {
    other = Unknown.orNull(other);
  }

  /// What tasks are spread over, such as `node.labels.zone`, the outermost first.
  public List<String> spreadOver() {
    return NonNulls.of(preferences).stream()
        .map(Preference::spread)
        .filter(Objects::nonNull)
        .map(Spread::spreadDescriptor)
        .filter(Objects::nonNull)
        .toList();
  }

  /// A wish of where tasks go. The API knows one sort of it.
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Preference(
      @Nullable Spread spread,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Preference {
      other = Unknown.orNull(other);
    }
  }

  /// As many tasks on the nodes of one value of a label as on those of another.
  ///
  /// @param spreadDescriptor `node.labels.KEY` or `engine.labels.KEY`
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Spread(
      @Nullable String spreadDescriptor,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Spread {
      other = Unknown.orNull(other);
    }
  }

  /// The platforms that the image runs on; empty: any.
  public List<Platform> platformsOrAny() {
    return NonNulls.of(platforms);
  }

  /// A platform that the image runs on; an empty field matches any.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Platform(
      @JsonProperty("Architecture") @Nullable String architecture,
      @JsonProperty("OS") @Nullable String os,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Platform {
      other = Unknown.orNull(other);
    }
  }
}
