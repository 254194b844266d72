package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Reference;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.UpdateConfig;
import swarm.scheduler.place.Constraints;

/// Checks a service's spec before it is proposed. What the Docker Engine API has and this program
/// has not yet is refused by name (501); a field that neither knows is kept and ignored, as Docker
/// does.
final class SpecValidator {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?");
  private static final int MAX_NAME = 63;
  private static final int MAX_REPLICAS = 100_000;
  private static final Set<String> LATER_CONTAINER =
      Set.of(
          "Secrets",
          "Configs",
          "HealthCheck",
          "DNSConfig",
          "Privileges",
          "Groups",
          "Ulimits",
          "OomScoreAdj",
          "CredentialSpec");

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
    if (spec.mode() == null) {
      return;
    }
    Map<String, JsonNode> other = spec.mode().other();
    if (other != null
        && (says(other, "ReplicatedJob")
            || says(other, "GlobalJob")
            || other.containsKey("GlobalJob"))) {
      throw ApiException.unimplemented("running services as jobs");
    }
    if (spec.mode().replicated() != null && spec.mode().global() != null) {
      throw invalid("a service is either replicated or global, not both");
    }
    var replicated = spec.mode().replicated();
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
    var later = new TreeSet<String>();
    Map<String, JsonNode> other = container.other();
    if (other != null) {
      LATER_CONTAINER.stream().filter(f -> says(other, f)).forEach(later::add);
    }
    if (!later.isEmpty()) {
      throw ApiException.unimplemented("a service's " + String.join(", ", later));
    }
    checkNoNulls(container);
    checkMounts(container);
    for (String constraint : task.constraints()) {
      var problem = Constraints.problem(constraint);
      if (problem.isPresent()) {
        throw invalid(problem.get());
      }
    }
    Map<String, JsonNode> placement = task.placement() == null ? null : task.placement().other();
    if (placement != null && says(placement, "Preferences")) {
      throw ApiException.unimplemented("placement preferences");
    }
    Map<String, JsonNode> others = task.other();
    if (others != null && says(others, "LogDriver")) {
      throw ApiException.unimplemented("a service's log driver");
    }
    String condition = task.restart().condition();
    if (condition != null && !Set.of("", "none", "on-failure", "any").contains(condition)) {
      throw invalid("restart condition must be none, on-failure or any, not '" + condition + "'");
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
      if (mount.target() == null || !mount.target().startsWith("/")) {
        throw invalid("a mount's target must be an absolute path, not '" + mount.target() + "'");
      }
      if (type.equals("bind") && (mount.source() == null || !mount.source().startsWith("/"))) {
        throw invalid(
            "a bind mount's source must be an absolute path, not '" + mount.source() + "'");
      }
    }
  }

  private static void checkUpdate(String which, @Nullable UpdateConfig update) throws ApiException {
    if (update == null) {
      return;
    }
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
    String mode = spec.endpointSpec() == null ? null : spec.endpointSpec().mode();
    var seen = new TreeSet<String>();
    for (PortConfig port : spec.ports()) {
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

  private static boolean says(Map<String, JsonNode> fields, String name) {
    JsonNode value = fields.get(name);
    return value != null && ContainerRequest.says(value);
  }

  private static ApiException invalid(String message) {
    return ApiException.bad("rpc error: code = InvalidArgument desc = " + message);
  }
}
