package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Reference;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.EndpointSpec;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.ServiceMode;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.UpdateConfig;
import swarm.scheduler.place.Constraints;

/// Checks a service's spec before it is proposed. What says something and cannot be done yet is
/// refused by name (501), wherever it could change what a task does: nothing is accepted and then
/// silently left out. Only beside them, in the spec itself, a field that nobody knows is kept and
/// ignored, as Docker does.
final class SpecValidator {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?");
  private static final int MAX_NAME = 63;
  private static final int MAX_REPLICAS = 100_000;

  private SpecValidator() {}

  static void check(ServiceSpec spec) throws ApiException {
    String name = spec.nameOrEmpty();
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) { // long ones match slowly
      throw invalid(
          "name must be valid as a DNS name component: '"
              + name
              + "' needs 1 to "
              + MAX_NAME
              + " letters, digits, '-' or '_', beginning and ending with a letter or digit");
    }
    checkMode(spec);
    checkTask(spec.template());
    checkUpdate("UpdateConfig", spec.updateConfig());
    checkUpdate("RollbackConfig", spec.rollbackConfig());
    if (spec.networks() != null && !spec.networks().isEmpty()) {
      throw ApiException.unimplemented("attaching a service to networks of one's own");
    }
    checkPorts(spec);
  }

  private static void checkMode(ServiceSpec spec) throws ApiException {
    ServiceMode mode = spec.mode();
    if (mode == null) {
      return;
    }
    // Docker's command sends a job without a number of replicas as an empty object
    boolean replicatedJob = present(mode.other(), "ReplicatedJob");
    boolean globalJob = present(mode.other(), "GlobalJob");
    long modes =
        Stream.of(mode.replicated() != null, mode.global() != null, replicatedJob, globalJob)
            .filter(given -> given)
            .count();
    if (modes > 1) {
      throw invalid(
          "must specify only one service mode: Replicated, Global, ReplicatedJob or GlobalJob");
    }
    if (replicatedJob || globalJob) {
      throw ApiException.unimplemented("running services as jobs");
    }
    refuse("a service's mode ", mode.other());
    if (mode.replicated() != null) {
      refuse("a replicated service's ", mode.replicated().other());
    }
    var replicated = mode.replicated();
    if (replicated != null && replicated.replicas() != null) {
      long replicas = replicated.replicas();
      if (replicas < 0 || replicas > MAX_REPLICAS) {
        throw invalid("replicas must be from 0 to " + MAX_REPLICAS + ", not " + replicas);
      }
    }
  }

  private static void checkTask(TaskSpec task) throws ApiException {
    if (task.runtime() != null
        && !task.runtime().isEmpty()
        && !task.runtime().equals("container")) {
      throw ApiException.unimplemented("the task runtime '" + task.runtime() + "'");
    }
    if (task.networks() != null && !task.networks().isEmpty()) {
      throw ApiException.unimplemented("attaching a service to networks of one's own");
    }
    ContainerSpec container = task.containerSpec();
    if (container == null) {
      throw invalid("ContainerSpec: missing in service spec");
    }
    if (container.image() == null || container.image().isEmpty()) {
      throw invalid("ContainerSpec: image reference must be provided");
    }
    try {
      var _ = Reference.parse(container.image());
    } catch (ImageException e) {
      throw invalid("ContainerSpec: \"" + container.image() + "\" is not a valid repository/tag");
    }
    checkContainer(container);
    checkNoNulls(container);
    checkMounts(container);
    for (String constraint : task.constraints()) {
      var problem = Constraints.problem(constraint);
      if (problem.isPresent()) {
        throw invalid(problem.get());
      }
    }
    if (task.placement() != null) {
      if (says(task.placement().other(), "Preferences")) {
        throw ApiException.unimplemented("placement preferences");
      }
      refuse("a service's placement by ", task.placement().other());
      for (Placement.Platform platform : task.placement().platformsOrAny()) {
        refuse("a platform's ", platform.other());
      }
    }
    if (says(task.other(), "LogDriver")) {
      throw ApiException.unimplemented("a service's log driver");
    }
    refuse("a task's ", task.other());
    checkResources(task);
    refuse("a restart policy's ", task.restart().other());
    String condition = task.restart().condition();
    if (condition != null && !Set.of("", "none", "on-failure", "any").contains(condition)) {
      throw invalid("restart condition must be none, on-failure or any, not '" + condition + "'");
    }
  }

  private static void checkContainer(ContainerSpec container) throws ApiException {
    Map<String, JsonNode> other = container.other();
    if (other == null) {
      return;
    }
    var left = new TreeMap<String, JsonNode>(other);
    // what is as good as nothing; Docker's command writes Healthcheck, its reference HealthCheck
    left.entrySet()
        .removeIf(
            field ->
                switch (field.getKey()) {
                  case "Isolation" -> field.getValue().asText().equals("default");
                  case "HealthCheck", "Healthcheck" ->
                      field.getValue().path("Test").path(0).asText().equals("NONE");
                  default -> false;
                });
    refuse("a service's ", left);
  }

  private static void checkResources(TaskSpec task) throws ApiException {
    ResourceRequirements resources = task.resources();
    if (resources == null) {
      return;
    }
    refuse("a task's resources with ", resources.other());
    if (resources.limits() != null) {
      refuse("limiting a task's ", resources.limits().other());
    }
    if (resources.reservations() != null) {
      refuse("reserving a task's ", resources.reservations().other());
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
      throw invalid("ContainerSpec: " + field + " must not hold null");
    }
  }

  private static void checkMounts(ContainerSpec container) throws ApiException {
    if (container.mounts() == null) {
      return;
    }
    for (ContainerSpec.Mount mount : container.mounts()) {
      String type = mount.type() == null ? "" : mount.type();
      if (!type.equals("bind") && !type.equals("tmpfs")) {
        throw ApiException.unimplemented("a service's mount of type '" + type + "'");
      }
      checkMountOptions(mount);
      if (mount.target() == null || !mount.target().startsWith("/")) {
        throw invalid("a mount's target must be an absolute path, not '" + mount.target() + "'");
      }
      if (type.equals("bind") && (mount.source() == null || !mount.source().startsWith("/"))) {
        throw invalid(
            "a bind mount's source must be an absolute path, not '" + mount.source() + "'");
      }
    }
  }

  private static void checkMountOptions(ContainerSpec.Mount mount) throws ApiException {
    if (mount.other() == null) {
      return;
    }
    var left = new TreeMap<String, JsonNode>(mount.other());
    left.remove("Consistency"); // without a meaning on Linux
    JsonNode bind = left.get("BindOptions");
    if (bind instanceof ObjectNode options && isDefaultPropagation(options.path("Propagation"))) {
      left.put("BindOptions", options.deepCopy().without("Propagation"));
    }
    refuse("a service's mount with ", left);
  }

  private static boolean isDefaultPropagation(JsonNode propagation) {
    return Set.of("", "rprivate").contains(propagation.asText(""));
  }

  private static void checkUpdate(String which, @Nullable UpdateConfig update) throws ApiException {
    if (update == null) {
      return;
    }
    refuse(which + "'s ", update.other());
    if (update.order() != null
        && !Set.of("", "stop-first", "start-first").contains(update.order())) {
      throw invalid(
          which + ": order must be stop-first or start-first, not '" + update.order() + "'");
    }
    if (update.failureAction() != null
        && !Set.of("", "pause", "continue", "rollback").contains(update.failureAction())) {
      throw invalid(
          which
              + ": failure action must be pause, continue or rollback, not '"
              + update.failureAction()
              + "'");
    }
    if ((update.parallelism() != null && update.parallelism() < 0)
        || (update.delay() != null && update.delay() < 0)
        || (update.monitor() != null && update.monitor() < 0)) {
      throw invalid(which + ": parallelism, delay and monitor cannot be negative");
    }
    Double ratio = update.maxFailureRatio();
    if (ratio != null && (ratio < 0 || ratio > 1)) {
      throw invalid(which + ": the maximum failure ratio must be from 0 to 1, not " + ratio);
    }
  }

  private static void checkPorts(ServiceSpec spec) throws ApiException {
    EndpointSpec endpoint = spec.endpointSpec();
    String mode = endpoint == null ? null : endpoint.mode();
    if (mode != null && !Set.of("", "vip", "dnsrr").contains(mode)) {
      throw invalid("EndpointSpec: mode must be vip or dnsrr, not '" + mode + "'");
    }
    if (endpoint != null) {
      refuse("an endpoint's ", endpoint.other());
    }
    var seen = new TreeSet<String>();
    for (PortConfig port : spec.ports()) {
      refuse("a published port's ", port.other());
      if (port.protocolOrTcp().equals("sctp")) {
        throw ApiException.unimplemented("publishing a port of protocol 'sctp'");
      }
      if (!Set.of("tcp", "udp").contains(port.protocolOrTcp())) {
        throw invalid(
            "a port's protocol must be tcp, udp or sctp, not '" + port.protocolOrTcp() + "'");
      }
      String publish = port.publishMode();
      if (publish != null && !Set.of("", "ingress", "host").contains(publish)) {
        throw invalid("a port's publish mode must be ingress or host, not '" + publish + "'");
      }
      if (port.target() < 1
          || port.target() > 65_535
          || port.publishedOrZero() < 0
          || port.publishedOrZero() > 65_535) {
        throw invalid(
            "ports must be from 1 to 65535: " + port.publishedOrZero() + ":" + port.target());
      }
      if (port.ingress() && "dnsrr".equals(mode)) {
        throw invalid(
            "EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
      }
      if (port.publishedOrZero() != 0
          && !seen.add(
              port.protocolOrTcp() + "/" + port.publishedOrZero() + "/" + port.ingress())) {
        throw invalid(
            "EndpointSpec: duplicate published ports provided: " + port.publishedOrZero());
      }
    }
  }

  /// Refuses what is not known and says something.
  private static void refuse(String what, @Nullable Map<String, JsonNode> unknown)
      throws ApiException {
    if (unknown == null) {
      return;
    }
    var odd = new TreeSet<String>();
    unknown.forEach(
        (name, value) -> {
          if (ContainerRequest.saysWithin(value)) {
            odd.add(name);
          }
        });
    if (!odd.isEmpty()) {
      throw ApiException.unimplemented(what + String.join(", ", odd));
    }
  }

  private static boolean present(@Nullable Map<String, JsonNode> fields, String name) {
    JsonNode value = fields == null ? null : fields.get(name);
    return value != null && !value.isNull();
  }

  private static boolean says(@Nullable Map<String, JsonNode> fields, String name) {
    JsonNode value = fields == null ? null : fields.get(name);
    return value != null && ContainerRequest.says(value);
  }

  private static ApiException invalid(String message) {
    return ApiException.bad("rpc error: code = InvalidArgument desc = " + message);
  }
}
