package swarm.node.agent;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.node.networks.EndpointSettings;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.health.HealthJson;
import swarm.runtime.image.Image;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.runtime.oci.Resources;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Wire;

/// What container a task is. Pure.
public final class TaskContainer {
  /// The label by which a task's container is known again.
  public static final String TASK_ID = "com.docker.swarm.task.id";

  public static final String SERVICE_ID = "com.docker.swarm.service.id";
  public static final String SERVICE_NAME = "com.docker.swarm.service.name";
  public static final String TASK_NAME = "com.docker.swarm.task.name";
  public static final String NODE_ID = "com.docker.swarm.node.id";

  /// From the stop signal to the kill, where the spec says nothing, as in Docker.
  public static final int DEFAULT_GRACE_SECONDS = 10;

  private static final long DEFAULT_SHM = 64L << 20;

  private TaskContainer() {}

  /// @param hostPorts the service's host-mode ports as [Attributes#PORTS] has them
  /// @param spec of the container, its templates expanded
  /// @throws MountException for a mount that an earlier version's manager let through
  /// @throws TaskInputException for a secret or config that makes no sense
  /// @throws InvalidLogOptionException where this node has not the log driver that is asked for
  static ContainerConfig config(Task task, ContainerSpec spec, Image image, String hostPorts)
      throws MountException, InvalidLogOptionException, TaskInputException {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put(Attributes.IMAGE_NAME, spec.image() == null ? image.id() : spec.image());
    if (task.ingressAddress() != 0) {
      attributes.put(Attributes.INGRESS, dotted(task.ingressAddress()));
    }
    if (!task.networksOrNone().isEmpty()) {
      attributes.put(EndpointSettings.ATTRIBUTE, EndpointSettings.write(networks(task)));
      attributes.put(Attributes.PLACED, "true");
    }
    if (!hostPorts.isEmpty()) {
      attributes.put(Attributes.PORTS, hostPorts);
    }
    return ContainerConfig.builder(image.id(), arguments(spec, image))
        .env(
            environment(
                Stream.concat(
                        orEmpty(spec.env()).stream(),
                        GenericResource.environment(task.genericOrNone()).stream())
                    .toList(),
                image.env()))
        .workingDir(orElse(spec.dir(), image.workingDir()))
        .user(orElse(spec.user(), image.user()))
        .hostname(orElse(spec.hostname(), ""))
        .labels(labels(task, spec, image))
        .tty(Boolean.TRUE.equals(spec.tty()))
        .openStdin(Boolean.TRUE.equals(spec.openStdin()))
        .mounts(mounts(spec, image))
        .groupAdd(PassedFields.groups(spec))
        .resources(resources(task).withUlimits(PassedFields.ulimits(spec.passed("Ulimits"))))
        .oomScoreAdj(PassedFields.oomScoreAdj(spec))
        .dns(
            PassedFields.resolver(spec, "Nameservers"),
            PassedFields.resolver(spec, "Search"),
            PassedFields.resolver(spec, "Options"))
        .capAdd(orEmpty(spec.capabilityAdd()))
        .capDrop(orEmpty(spec.capabilityDrop()))
        .securityOpts(Privileges.options(spec.passed("Privileges")))
        .readOnlyRootfs(Boolean.TRUE.equals(spec.readOnly()))
        .sysctls(spec.sysctls() == null ? Map.of() : spec.sysctls())
        .shmSizeBytes(DEFAULT_SHM)
        .init(Boolean.TRUE.equals(spec.init()))
        .stopSignal(orElse(spec.stopSignal(), orElse(image.stopSignal(), "SIGTERM")))
        .stopTimeoutSeconds(
            spec.stopGracePeriod() == null
                ? DEFAULT_GRACE_SECONDS
                : (int)
                    Math.min(
                        Integer.MAX_VALUE, Math.ceilDiv(spec.stopGracePeriod(), 1_000_000_000L)))
        .extraHosts(hosts(orEmpty(spec.hosts())))
        .logging(TaskLogging.of(task.spec()))
        .health(
            HealthJson.read(spec.healthCheck(), MissingNode.getInstance())
                .over(image.healthCheck()))
        .attributes(attributes)
        .files(TaskFiles.of(spec))
        .build();
  }

  private static List<EndpointSettings> networks(Task task) {
    return task.networksOrNone().stream()
        .map(
            each ->
                new EndpointSettings(each.networkId(), dotted(each.address()), "", List.of(), 0))
        .toList();
  }

  /// Docker's rule: a service's command replaces the image's entrypoint, its arguments the image's
  /// command.
  static List<String> arguments(ContainerSpec spec, Image image) {
    var all = new ArrayList<String>();
    List<String> command = orEmpty(spec.command());
    List<String> args = orEmpty(spec.args());
    if (command.isEmpty()) {
      all.addAll(image.entrypoint());
      all.addAll(args.isEmpty() ? image.command() : args);
    } else {
      all.addAll(command);
      all.addAll(args);
    }
    return all;
  }

  /// A container's environment: what was asked for, in order, the last of a name; then what the
  /// image has besides.
  public static List<String> environment(List<String> asked, List<String> image) {
    var all = new LinkedHashMap<String, String>();
    for (String one : asked) {
      all.put(name(one), one);
    }
    for (String one : image) {
      all.putIfAbsent(name(one), one);
    }
    return new ArrayList<>(all.values());
  }

  private static String name(String variable) {
    int equal = variable.indexOf('=');
    return equal < 0 ? variable : variable.substring(0, equal);
  }

  private static Map<String, String> labels(Task task, ContainerSpec spec, Image image) {
    var labels = new LinkedHashMap<String, String>(image.labels());
    if (spec.labels() != null) {
      labels.putAll(spec.labels());
    }
    labels.put(NODE_ID, task.nodeId());
    labels.put(SERVICE_ID, task.serviceId());
    labels.put(SERVICE_NAME, task.serviceName());
    labels.put("com.docker.swarm.task", "");
    labels.put(TASK_ID, task.id());
    labels.put(TASK_NAME, task.containerName());
    return labels;
  }

  private static List<ContainerMount> mounts(ContainerSpec spec, Image image)
      throws MountException {
    var mounts = new ArrayList<ContainerMount>();
    if (spec.mounts() != null) {
      for (ContainerSpec.Mount mount : spec.mounts()) {
        mounts.add(MountSpec.read(Wire.JSON.valueToTree(mount)));
      }
    }
    return withImageVolumes(mounts, image.volumes());
  }

  /// What an image wants a volume for gets one of its own, unless something is mounted there.
  public static List<ContainerMount> withImageVolumes(
      List<ContainerMount> mounts, Collection<String> wanted) {
    var all = new ArrayList<ContainerMount>(mounts);
    for (String path : new TreeSet<>(wanted)) {
      String target = TreePaths.clean(path);
      if (all.stream().noneMatch(m -> m.target().equals(target))) {
        all.add(ContainerMount.Volume.of("", target, false));
      }
    }
    return all;
  }

  private static Resources resources(Task task) {
    ResourceRequirements wanted = task.spec().resources();
    if (wanted == null || wanted.limits() == null) {
      return Resources.UNLIMITED;
    }
    ResourceRequirements.Amounts limits = wanted.limits();
    return Resources.UNLIMITED
        .withMemoryBytes(limits.memoryBytes() == null ? 0 : limits.memoryBytes())
        .withNanoCpus(limits.nanoCpus() == null ? 0 : limits.nanoCpus())
        .withPidsLimit(limits.pids() == null ? 0 : limits.pids());
  }

  /// `IP name [name...]` (as services have it) to `name:IP` (as the engine has it).
  private static List<String> hosts(List<String> lines) {
    var all = new ArrayList<String>();
    for (String line : lines) {
      String[] parts = line.strip().split("\\s+");
      for (int i = 1; i < parts.length; i++) {
        all.add(parts[i] + ":" + parts[0]);
      }
    }
    return all;
  }

  /// An IPv4 address as text.
  public static String dotted(int address) {
    return (address >>> 24)
        + "."
        + ((address >>> 16) & 255)
        + "."
        + ((address >>> 8) & 255)
        + "."
        + (address & 255);
  }

  private static List<String> orEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }

  private static String orElse(@Nullable String text, String other) {
    return text == null || text.isEmpty() ? other : text;
  }
}
