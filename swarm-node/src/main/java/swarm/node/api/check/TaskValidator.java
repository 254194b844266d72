package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.node.agent.MountException;
import swarm.node.agent.MountSpec;
import swarm.node.api.error.ApiException;
import swarm.node.template.SpecTemplates;
import swarm.node.template.TaskContext;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Reference;
import swarm.runtime.oci.Signals;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.NetworkTarget;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.RestartPolicy;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.place.Constraints;
import swarm.template.TemplateException;

/// Checks what each task of a service is made from, as [SpecValidator] does the rest.
final class TaskValidator {
  private TaskValidator() {}

  /// @param service the spec of the whole, whose name and labels templates may ask for
  static void check(TaskSpec task, ServiceSpec service) throws ApiException {
    if (task.runtime() != null
        && !task.runtime().isEmpty()
        && !task.runtime().equals("container")) {
      throw ApiException.unimplemented("the task runtime '" + task.runtime() + "'");
    }
    for (NetworkTarget target : task.networkTargets()) {
      Refusals.unknown("a service's network with ", target.other());
    }
    ContainerSpec container = task.containerSpec();
    if (container == null) {
      throw Refusals.invalid("ContainerSpec: missing in service spec");
    }
    if (container.image() == null || container.image().isEmpty()) {
      throw Refusals.invalid("ContainerSpec: image reference must be provided");
    }
    try {
      var _ = Reference.parse(container.image());
    } catch (ImageException e) {
      throw Refusals.invalid(
          "ContainerSpec: \"" + container.image() + "\" is not a valid repository/tag");
    }
    checkContainer(container);
    checkStop(container);
    checkNoNulls(container);
    PayloadReferences.check(container);
    checkShapes(container);
    checkMounts(expanded(container, service));
    for (String constraint : task.constraints()) {
      var problem = Constraints.problem(constraint);
      if (problem.isPresent()) {
        throw Refusals.invalid(problem.get());
      }
    }
    if (task.placement() != null) {
      PlacementChecks.preferences(task.placement());
      Refusals.unknown("a service's placement by ", task.placement().other());
      for (Placement.Platform platform : task.placement().platformsOrAny()) {
        Refusals.unknown("a platform's ", platform.other());
      }
    }
    counts(task);
    TaskFields.check(task);
    checkOther(task);
    checkResources(task);
    checkRestart(task.restart());
  }

  /// What is unsigned in Docker's API, where a negative number is no number of that type.
  private static void counts(TaskSpec task) throws ApiException {
    count("ForceUpdate", task.forceUpdate());
    count("RestartPolicy.MaxAttempts", task.restart().maxAttempts());
    if (task.placement() != null) {
      count("Placement.MaxReplicas", task.placement().maxReplicas());
    }
  }

  private static void count(String field, @Nullable Long value) throws ApiException {
    if (value != null && value < 0) {
      throw Refusals.invalid("TaskSpec: " + field + " must be 0 or more, not " + value);
    }
  }

  private static void checkRestart(RestartPolicy restart) throws ApiException {
    Refusals.unknown("a restart policy's ", restart.other());
    String condition = restart.condition();
    if (condition != null && !Set.of("", "none", "on-failure", "any").contains(condition)) {
      throw Refusals.invalid(
          "restart condition must be none, on-failure or any, not '" + condition + "'");
    }
    if (restart.delay() != null && restart.delay() < 0) {
      throw Refusals.invalid("TaskSpec: restart-delay cannot be negative");
    }
    if (restart.window() != null && restart.window() < 0) {
      throw Refusals.invalid("TaskSpec: restart-window cannot be negative");
    }
  }

  private static void checkOther(TaskSpec task) throws ApiException {
    if (task.other() != null) {
      var left = new TreeMap<String, JsonNode>(task.other());
      left.remove("LogDriver"); // checked by TaskFields
      Refusals.unknown("a task's ", left);
    }
  }

  private static void checkContainer(ContainerSpec container) throws ApiException {
    Map<String, JsonNode> other = container.other();
    if (other == null) {
      return;
    }
    var left = new TreeMap<String, JsonNode>(other);
    // what is as good as nothing, or known elsewhere
    left.entrySet()
        .removeIf(
            field ->
                switch (field.getKey()) {
                  case "Isolation" -> field.getValue().asText().equals("default");
                  case "HealthCheck", "Healthcheck" -> true; // checked by TaskFields
                  case "Privileges", "Groups", "DNSConfig", "Ulimits", "OomScoreAdj" ->
                      true; // likewise
                  case "Secrets", "Configs" -> true; // checked by PayloadReferences
                  default -> false;
                });
    Refusals.unknown("a service's ", left);
  }

  private static void checkResources(TaskSpec task) throws ApiException {
    ResourceRequirements resources = task.resources();
    if (resources == null) {
      return;
    }
    Refusals.unknown("a task's resources with ", resources.other());
    ResourceLimits.check(resources);
    PlacementChecks.generic(resources);
    if (resources.limits() != null) {
      Refusals.unknown("limiting a task's ", resources.limits().other());
    }
    if (resources.reservations() != null) {
      Refusals.unknown("reserving a task's ", resources.reservations().other());
    }
  }

  private static void checkStop(ContainerSpec container) throws ApiException {
    String signal = container.stopSignal();
    if (signal != null && !signal.isEmpty() && Signals.number(signal).isEmpty()) {
      throw Refusals.invalid("ContainerSpec: invalid signal: " + signal);
    }
    Long grace = container.stopGracePeriod();
    if (grace != null && grace < 0) {
      throw Refusals.invalid("ContainerSpec: StopGracePeriod cannot be negative: " + grace);
    }
  }

  /// JSON may have `null` where no type forbids it; the agents that build a container from it could
  /// only fail.
  private static void checkNoNulls(ContainerSpec container) throws ApiException {
    noNulls("Command", container.command());
    noNulls("Args", container.args());
    noNulls("Env", container.env());
    noNulls("Mounts", container.mounts());
    noNulls("Hosts", container.hosts());
    noNulls("CapabilityAdd", container.capabilityAdd());
    noNulls("CapabilityDrop", container.capabilityDrop());
    noNulls("Labels", container.labels() == null ? null : container.labels().values());
    noNulls("Sysctls", container.sysctls() == null ? null : container.sysctls().values());
  }

  private static void noNulls(String field, @Nullable Collection<?> values) throws ApiException {
    if (values != null && values.stream().anyMatch(Objects::isNull)) {
      throw Refusals.invalid("ContainerSpec: " + field + " must not hold null");
    }
  }

  private static void checkShapes(ContainerSpec container) throws ApiException {
    if (container.mounts() != null) {
      for (ContainerSpec.Mount mount : container.mounts()) {
        MountShape.check(Wire.JSON.valueToTree(mount), "TaskTemplate.ContainerSpec.Mounts.");
      }
    }
  }

  /// What a task would have, as far as that is known before there is one.
  private static ContainerSpec expanded(ContainerSpec container, ServiceSpec service)
      throws ApiException {
    var labels = new TreeMap<String, String>(service.labelsOrEmpty());
    labels.values().removeIf(Objects::isNull);
    try {
      return SpecTemplates.expand(container, TaskContext.example(service.nameOrEmpty(), labels));
    } catch (TemplateException e) {
      throw e.isUnimplemented()
          ? ApiException.unimplemented(String.valueOf(e.getMessage()))
          : Refusals.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static void checkMounts(ContainerSpec container) throws ApiException {
    if (container.mounts() == null) {
      return;
    }
    var targets = new TreeSet<String>();
    for (ContainerSpec.Mount mount : container.mounts()) {
      try {
        var _ = MountSpec.read(Wire.JSON.valueToTree(mount));
      } catch (MountException e) {
        if (e.isUnimplemented()) {
          throw ApiException.unimplemented(String.valueOf(e.getMessage()));
        }
        throw Refusals.invalid("ContainerSpec: " + e.getMessage());
      }
      String target = Objects.requireNonNull(mount.target()); // or it could not be read
      if (!targets.add(Path.of(target).normalize().toString())) {
        throw Refusals.invalid("ContainerSpec: duplicate mount point: " + target);
      }
    }
  }
}
