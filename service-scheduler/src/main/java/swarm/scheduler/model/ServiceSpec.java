package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a user declared of a service, in the shape of the Docker Engine API's `ServiceSpec`. The
/// system never edits it. Fields that this version does not know are kept in `other`, so that a
/// newer manager's specs survive an older one.
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceSpec(
    @Nullable String name,
    @Nullable Map<String, String> labels,
    @Nullable TaskSpec taskTemplate,
    @Nullable ServiceMode mode,
    @Nullable UpdateConfig updateConfig,
    @Nullable UpdateConfig rollbackConfig,
    @Nullable List<NetworkTarget> networks,
    @Nullable EndpointSpec endpointSpec,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public ServiceSpec {
    other = Unknown.orNull(other);
  }

  /// The service's name; empty where the user gave none.
  public String nameOrEmpty() {
    return name == null ? "" : name;
  }

  /// The template of the service's tasks; an empty one where the user gave none.
  public TaskSpec template() {
    return taskTemplate == null ? TaskSpec.EMPTY : taskTemplate;
  }

  /// Whether one task runs on every suitable node, instead of a number of replicas.
  public boolean global() {
    return mode != null && mode.global() != null;
  }

  /// Whether its tasks are to end by themselves.
  public boolean job() {
    return mode != null
        && (!Unknown.field(mode.other(), "ReplicatedJob").isMissingNode()
            || !Unknown.field(mode.other(), "GlobalJob").isMissingNode());
  }

  /// How many replicas are wanted; 1 where the user did not say (as Docker does), 0 for a global
  /// service.
  public int replicas() {
    if (global()) {
      return 0;
    }
    if (mode == null || mode.replicated() == null || mode.replicated().replicas() == null) {
      return 1;
    }
    return Math.clamp(mode.replicated().replicas(), 0, Integer.MAX_VALUE);
  }

  /// The ports that the service publishes.
  public List<PortConfig> ports() {
    return endpointSpec == null ? List.of() : NonNulls.of(endpointSpec.ports());
  }

  /// The service's labels; empty where there are none.
  public Map<String, String> labelsOrEmpty() {
    return labels == null ? Map.of() : labels;
  }
}
