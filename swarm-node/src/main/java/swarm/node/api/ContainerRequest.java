package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import swarm.node.agent.Attributes;
import swarm.node.agent.TaskContainer;
import swarm.node.api.check.ContainerLimits;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.check.ExtraHosts;
import swarm.node.api.check.HealthFields;
import swarm.node.api.check.JsonValues;
import swarm.node.api.check.KnownOptions;
import swarm.node.api.check.LogFields;
import swarm.node.api.error.ApiException;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Predefined;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.RestartPolicy;
import swarm.runtime.health.HealthJson;
import swarm.runtime.image.Image;
import swarm.runtime.oci.CgroupFeatures;

/// Turns the body of `POST /containers/create` into what the engine runs. Pure. What the body asks
/// for and this program cannot do yet is refused by name: a container that silently lacks something
/// is worse than none.
final class ContainerRequest {
  private static final long DEFAULT_SHM = 64L << 20;

  private ContainerRequest() {}

  /// What a request asks for, and what of it this host cannot have.
  record Read(ContainerConfig config, List<String> warnings) {}

  /// @param cpus how many this machine has
  /// @param networks finds the name for a network's id
  static Read read(
      JsonNode body,
      Image image,
      int cpus,
      CgroupFeatures features,
      MountRequest.Others others,
      NamespaceModes.Ids networks)
      throws ApiException, EngineException {
    ContainerShape.check(body);
    NamespaceModes.check(body);
    JsonNode host = body.path("HostConfig");
    KnownOptions.check(body);
    JsonNode log = host.path("LogConfig");
    JsonNode health = body.path("Healthcheck");
    HealthFields.check(health);
    String network =
        body.path("NetworkDisabled").asBoolean() ? "none" : host.path("NetworkMode").asText("");
    var attributes = new LinkedHashMap<String, String>();
    attributes.put(Attributes.IMAGE_NAME, body.path("Image").asText());
    String echo = RequestEcho.of(body, image);
    attributes.put(Attributes.PORTS, PortFields.read(host, echo));
    attributes.put(Attributes.REQUEST, echo);
    boolean joins = Predefined.isBridge(network) || Predefined.isUsers(network);
    attributes.put(
        EndpointSettings.ATTRIBUTE,
        EndpointSettings.write(joins ? EndpointFields.read(body, network, networks) : List.of()));
    var labels = new LinkedHashMap<String, String>(image.labels());
    labels.putAll(JsonValues.map(body.path("Labels")));
    ContainerLimits.Checked limits =
        ContainerLimits.check(ResourceFields.read(host), cpus, features, false);
    ContainerConfig config =
        ContainerConfig.builder(image.id(), arguments(body, image))
            .env(TaskContainer.environment(strings(body.path("Env")), image.env()))
            .workingDir(text(body, "WorkingDir", image.workingDir()))
            .user(text(body, "User", image.user()))
            .groupAdd(strings(host.path("GroupAdd")))
            .hostname(body.path("Hostname").asText(""))
            .domainname(body.path("Domainname").asText(""))
            .labels(labels)
            .tty(body.path("Tty").asBoolean())
            .openStdin(body.path("OpenStdin").asBoolean())
            .stdinOnce(body.path("StdinOnce").asBoolean())
            .attached(
                body.path("AttachStdin").asBoolean(),
                body.path("AttachStdout").asBoolean(),
                body.path("AttachStderr").asBoolean())
            .mounts(MountRequest.read(body, image, others))
            .resources(limits.resources())
            .host(HostFields.read(host, features))
            .capAdd(strings(host.path("CapAdd")))
            .capDrop(strings(host.path("CapDrop")))
            .privileged(host.path("Privileged").asBoolean())
            .readOnlyRootfs(host.path("ReadonlyRootfs").asBoolean())
            .securityOpts(strings(host.path("SecurityOpt")))
            .sysctls(JsonValues.map(host.path("Sysctls")))
            .shmSizeBytes(
                host.path("ShmSize").asLong() == 0 ? DEFAULT_SHM : host.path("ShmSize").asLong())
            .init(host.path("Init").asBoolean())
            .stopSignal(
                text(
                    body,
                    "StopSignal",
                    image.stopSignal().isEmpty() ? "SIGTERM" : image.stopSignal()))
            .stopTimeoutSeconds(body.path("StopTimeout").asInt(10))
            .oomScoreAdj(host.path("OomScoreAdj").asInt())
            .autoRemove(host.path("AutoRemove").asBoolean())
            .restartPolicy(restart(host.path("RestartPolicy")))
            .networkMode(mode(network, networks))
            .pidMode(host.path("PidMode").asText(""))
            .ipcMode(host.path("IpcMode").asText(""))
            .extraHosts(ExtraHosts.check(strings(host.path("ExtraHosts"))))
            .dns(
                strings(host.path("Dns")),
                strings(host.path("DnsSearch")),
                strings(host.path("DnsOptions")))
            .logging(LogFields.read(log.path("Type").asText(""), log.path("Config")))
            .health(HealthJson.read(health, body.path("Shell")).over(image.healthCheck()))
            .attributes(attributes)
            .build();
    var warnings = new ArrayList<String>(limits.warnings());
    if (network.equals(Predefined.HOST) && !host.path("PortBindings").isEmpty()) {
      warnings.add("Published ports are discarded when using host network mode");
    }
    return new Read(config, warnings);
  }

  private static List<String> arguments(JsonNode body, Image image) throws ApiException {
    var all = new ArrayList<String>();
    List<String> entrypoint = strings(body.path("Entrypoint"));
    List<String> command = strings(body.path("Cmd"));
    boolean cleared = body.path("Entrypoint").isArray() && entrypoint.equals(List.of(""));
    if (entrypoint.isEmpty()) {
      all.addAll(image.entrypoint());
      all.addAll(command.isEmpty() ? image.command() : command);
    } else {
      if (!cleared) {
        all.addAll(entrypoint);
      }
      all.addAll(command);
    }
    if (all.isEmpty()) {
      throw ApiException.bad("no command specified");
    }
    return all;
  }

  /// As the engine has it: empty for the usual bridge.
  private static String mode(String network, NamespaceModes.Ids networks) {
    return network.equals("default")
        ? ""
        : Predefined.isUsers(network) ? networks.of(network) : network;
  }

  /// A restart policy as Docker writes it.
  static RestartPolicy restart(JsonNode policy) throws ApiException {
    int retries = policy.path("MaximumRetryCount").asInt();
    return switch (policy.path("Name").asText("")) {
      case "", "no" -> RestartPolicy.NO;
      case "always" -> new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0);
      case "unless-stopped" -> new RestartPolicy(RestartPolicy.Kind.UNLESS_STOPPED, 0);
      case "on-failure" -> new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, retries);
      default ->
          throw ApiException.bad(
              "invalid restart policy: unknown policy '"
                  + policy.path("Name").asText()
                  + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
    };
  }

  private static String text(JsonNode node, String field, String otherwise) {
    String value = node.path(field).asText("");
    return value.isEmpty() || value.equals("null") ? otherwise : value;
  }

  static List<String> strings(JsonNode array) {
    var all = new ArrayList<String>();
    if (array.isTextual()) {
      all.add(array.asText());
    }
    array.forEach(item -> all.add(item.asText()));
    return all;
  }
}
