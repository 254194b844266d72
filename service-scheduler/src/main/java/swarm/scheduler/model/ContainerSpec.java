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

/// The container of a task (the API's `TaskSpec.ContainerSpec`).
///
/// @param stopGracePeriod nanoseconds between the stop signal and SIGKILL
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ContainerSpec(
    @Nullable String image,
    @Nullable Map<String, String> labels,
    @Nullable List<String> command,
    @Nullable List<String> args,
    @Nullable String hostname,
    @Nullable List<String> env,
    @Nullable String dir,
    @Nullable String user,
    @JsonProperty("TTY") @Nullable Boolean tty,
    @Nullable Boolean openStdin,
    @Nullable Boolean readOnly,
    @Nullable List<Mount> mounts,
    @Nullable String stopSignal,
    @Nullable Long stopGracePeriod,
    @Nullable List<String> hosts,
    @Nullable Boolean init,
    @Nullable Map<String, String> sysctls,
    @Nullable List<String> capabilityAdd,
    @Nullable List<String> capabilityDrop,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public ContainerSpec {
    other = Unknown.orNull(other);
  }

  /// How its health is checked, as it was posted; a missing node where nothing is said. Docker's
  /// command writes `Healthcheck`, its reference `HealthCheck`.
  public JsonNode healthCheck() {
    JsonNode asReferred = Unknown.field(other, "HealthCheck");
    return asReferred.isMissingNode() ? Unknown.field(other, "Healthcheck") : asReferred;
  }

  /// Whether it is to have other rights than a container usually has.
  public boolean privileged() {
    return Meaning.says(passed("Privileges"));
  }

  /// A field that managers only pass on to the agent of the task, as it was posted; a missing node
  /// where nothing is said.
  public JsonNode passed(String field) {
    return Unknown.field(other, field);
  }

  /// This with what templates in it became.
  public ContainerSpec with(
      @Nullable String newHostname,
      @Nullable List<String> newEnv,
      @Nullable List<Mount> newMounts) {
    return new ContainerSpec(
        image,
        labels,
        command,
        args,
        newHostname,
        newEnv,
        dir,
        user,
        tty,
        openStdin,
        readOnly,
        newMounts,
        stopSignal,
        stopGracePeriod,
        hosts,
        init,
        sysctls,
        capabilityAdd,
        capabilityDrop,
        other);
  }

  /// Whether its host name, environment or mounts hold a template (`{{.Task.Slot}}`), which the
  /// agent of a task expands.
  public boolean templated() {
    return template(hostname)
        || NonNulls.of(env).stream().anyMatch(ContainerSpec::template)
        || NonNulls.of(mounts).stream().anyMatch(Mount::templated);
  }

  private static boolean template(@Nullable String text) {
    return text != null && text.contains("{{");
  }

  /// The secrets and configs that it is given, in the order of the spec.
  public List<PayloadReference> payloads() {
    return other == null
        ? List.of()
        : PayloadReference.of(Unknown.field(other, "Secrets"), Unknown.field(other, "Configs"));
  }

  /// One mount (the API's `Mount`, as far as this version knows it).
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mount(
      @Nullable String type,
      @Nullable String source,
      @Nullable String target,
      @Nullable Boolean readOnly,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Mount {
      other = Unknown.orNull(other);
    }

    private boolean templated() {
      return template(source) || template(target) || (other != null && template(other.toString()));
    }
  }
}
