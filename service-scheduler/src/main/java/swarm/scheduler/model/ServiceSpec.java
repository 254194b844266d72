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

  /// Whether every suitable node has one task, which runs on or is to complete, instead of a number
  /// of them.
  public boolean global() {
    return mode != null && (mode.global() != null || mode.globalJob() != null);
  }

  /// Whether its tasks are to complete, instead of running on.
  public boolean job() {
    return mode != null && (mode.replicatedJob() != null || mode.globalJob() != null);
  }

  /// The mode as the API's filters name it: `replicated`, `global`, `replicated-job` or
  /// `global-job`.
  public String modeName() {
    return (global() ? "global" : "replicated") + (job() ? "-job" : "");
  }

  /// How many tasks of a replicated job go on at the same time; 1 where the user did not say.
  public int concurrent() {
    var job = mode == null ? null : mode.replicatedJob();
    Long most = job == null ? null : job.maxConcurrent();
    return most == null ? 1 : Math.clamp(most, 0, Integer.MAX_VALUE);
  }

  /// How many tasks of a replicated job are to complete; as many as go on at the same time where
  /// the user did not say.
  public int completions() {
    var job = mode == null ? null : mode.replicatedJob();
    Long total = job == null ? null : job.totalCompletions();
    return total == null ? concurrent() : Math.clamp(total, 0, Integer.MAX_VALUE);
  }

  /// How many replicas are wanted; 1 where the user did not say (as Docker does), 0 for a global
  /// service and for jobs.
  public int replicas() {
    if (global() || job()) {
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

  /// The networks that older clients name here, instead of in the template.
  public List<NetworkTarget> networksOrNone() {
    return NonNulls.of(networks);
  }

  /// This with another template, which says all of its networks.
  public ServiceSpec with(TaskSpec template) {
    return new ServiceSpec(
        name, labels, template, mode, updateConfig, rollbackConfig, null, endpointSpec, other);
  }

  /// This in the words of `before` where it says the same ([Meaning]): what comes back from a
  /// client that only filled in what says nothing must not look like another template, or its tasks
  /// would all be replaced.
  public ServiceSpec wordedAs(ServiceSpec before) {
    boolean tasks = Meaning.same(template(), before.template());
    boolean endpoint =
        endpointSpec != null
            && before.endpointSpec != null
            && Meaning.same(endpointSpec, before.endpointSpec);
    return new ServiceSpec(
        name,
        labels,
        tasks ? before.taskTemplate : taskTemplate,
        mode,
        updateConfig,
        rollbackConfig,
        networks,
        endpoint ? before.endpointSpec : endpointSpec,
        other);
  }

  /// The networks that its tasks join, by id once the spec is in the log; each once.
  public List<String> networkIds() {
    return template().networkIds();
  }

  /// Whether its name leads to its tasks one by one, instead of to an address of its own.
  public boolean dnsRoundRobin() {
    return endpointSpec != null && "dnsrr".equals(endpointSpec.mode());
  }

  /// The networks on which it has an address of its own.
  public List<String> virtualIpNetworks() {
    return dnsRoundRobin() ? List.of() : networkIds();
  }

  /// The service's labels; empty where there are none.
  public Map<String, String> labelsOrEmpty() {
    return labels == null ? Map.of() : labels;
  }
}
