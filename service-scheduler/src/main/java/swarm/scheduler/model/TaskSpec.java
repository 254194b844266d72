package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one task of a service runs and where it may (the API's `TaskSpec`).
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskSpec(
    @Nullable ContainerSpec containerSpec,
    @Nullable ResourceRequirements resources,
    @Nullable RestartPolicy restartPolicy,
    @Nullable Placement placement,
    @Nullable Long forceUpdate,
    @Nullable String runtime,
    @Nullable List<NetworkTarget> networks,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public TaskSpec {
    other = Unknown.orNull(other);
  }

  static final TaskSpec EMPTY = new TaskSpec(null, null, null, null, null, null, null, null);

  /// This with the placement of another.
  public TaskSpec placedAs(TaskSpec another) {
    return new TaskSpec(
        containerSpec,
        resources,
        restartPolicy,
        another.placement,
        forceUpdate,
        runtime,
        networks,
        other);
  }

  /// This with other fields of those that this version does not know.
  TaskSpec with(Map<String, JsonNode> fields) {
    return new TaskSpec(
        containerSpec, resources, restartPolicy, placement, forceUpdate, runtime, networks, fields);
  }

  /// The restart policy, Docker's default (any, after 5 s, without limit) where the user gave none.
  public RestartPolicy restart() {
    return restartPolicy == null ? RestartPolicy.DEFAULT : restartPolicy;
  }

  /// The placement constraints; empty where there are none.
  public List<String> constraints() {
    return placement == null ? List.of() : NonNulls.of(placement.constraints());
  }

  /// The networks that it joins.
  public List<NetworkTarget> networkTargets() {
    return NonNulls.of(networks);
  }

  /// Their ids, each once, in the order of the spec.
  public List<String> networkIds() {
    return networkTargets().stream()
        .map(NetworkTarget::target)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /// The secrets and configs that its container is given.
  public List<PayloadReference> payloads() {
    return containerSpec == null ? List.of() : containerSpec.payloads();
  }

  /// Where its output goes, as it was posted: `Name` and `Options`; a missing node where nothing is
  /// said.
  public JsonNode logDriver() {
    return Unknown.field(other, "LogDriver");
  }
}
