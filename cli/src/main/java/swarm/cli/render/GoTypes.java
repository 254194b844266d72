package swarm.cli.render;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.template.Value;

/// What JSON does not say of the types of Docker's client (`github.com/moby/moby/api/types`): which
/// objects are maps, and what fields are worth that are null or left out.
final class GoTypes {
  /// Objects whose keys are the user's.
  private static final Set<String> MAPS =
      Set.of(
          "Labels",
          "Ports",
          "PortBindings",
          "ExposedPorts",
          "Networks",
          "Sysctls",
          "SysCtls",
          "Tmpfs",
          "Options",
          "DriverOpts",
          "Opts",
          "Volumes",
          "Annotations",
          "StorageOpt",
          "Data",
          "AuxiliaryAddresses",
          "AuxAddress",
          "Containers",
          "Services",
          "Status",
          "Attributes",
          "Details",
          "Runtimes",
          "IndexConfigs",
          "Metadata");

  /// Names that are also those of objects with fields, by what they stand in.
  private static final Set<String> NO_MAPS = Set.of("Status of Task", "Data of Spec");

  private static final Set<String> POINTERS =
      Set.of(
          "Health",
          "Healthcheck",
          "IPAMConfig",
          "Init",
          "MemorySwappiness",
          "OomKillDisable",
          "PidsLimit",
          "SizeRw",
          "SizeRootFs",
          "StopTimeout",
          "UsageData",
          "ClusterVolume",
          "Cluster",
          "LogDriver",
          "PreviousSpec",
          "UpdateStatus",
          "ServiceStatus",
          "JobStatus",
          "ManagerStatus",
          "UpdateConfig",
          "RollbackConfig",
          "EndpointSpec",
          "Resources",
          "RestartPolicy",
          "Placement",
          "ImageManifestDescriptor",
          "Descriptor",
          "CredentialSpec",
          "Seccomp",
          "GraphDriver",
          "Global",
          "Replicated",
          "ReplicatedJob",
          "GlobalJob");

  private static final Set<String> TEXTS =
      Set.of(
          "Comment",
          "Author",
          "Variant",
          "OsVersion",
          "Parent",
          "Container",
          "DockerVersion",
          "Name",
          "Driver",
          "Runtime",
          "MacAddress",
          "StopSignal",
          "Error",
          "Message",
          "Domainname",
          "Isolation");

  /// Fields that JSON leaves out, by what they stand in; the outermost object has no name.
  private static final Map<String, List<String>> OMITTED =
      new TreeMap<>(
          Map.of(
              "",
              List.of(
                  "SizeRw",
                  "SizeRootFs",
                  "GraphDriver",
                  "UsageData",
                  "ClusterVolume",
                  "Status",
                  "Services",
                  "Comment",
                  "Author",
                  "Variant",
                  "OsVersion",
                  "Parent",
                  "Container",
                  "DockerVersion",
                  "Descriptor",
                  "Manifests",
                  "ImageManifestDescriptor",
                  "PreviousSpec",
                  "UpdateStatus",
                  "ServiceStatus",
                  "JobStatus",
                  "ManagerStatus"),
              "State",
              List.of("Health"),
              "HostConfig",
              List.of("Annotations", "StorageOpt", "Sysctls", "Tmpfs", "Init", "Mounts", "Runtime"),
              "Config",
              List.of(
                  "Healthcheck",
                  "ExposedPorts",
                  "MacAddress",
                  "StopSignal",
                  "StopTimeout",
                  "Shell"),
              "Mounts",
              List.of("Name", "Driver"),
              "Spec",
              List.of(
                  "Labels", "UpdateConfig", "RollbackConfig", "Networks", "EndpointSpec", "Name"),
              "Mode",
              List.of("Global", "Replicated", "ReplicatedJob", "GlobalJob"),
              "TaskTemplate",
              List.of("Resources", "RestartPolicy", "Placement", "LogDriver"),
              "ContainerSpec",
              List.of(
                  "Labels",
                  "Args",
                  "Command",
                  "Env",
                  "Mounts",
                  "Secrets",
                  "Configs",
                  "Healthcheck",
                  "Init"),
              "Swarm",
              List.of("Error", "Cluster", "RemoteManagers")));

  private GoTypes() {}

  static boolean isMap(String name, String parent) {
    return (MAPS.contains(name) && !NO_MAPS.contains(name + " of " + parent))
        || (name.equals("Config") && parent.equals("LogConfig"));
  }

  /// What a field is worth that is null.
  static Value nothing(String name, String parent) {
    if (POINTERS.contains(name)) {
      return new Value.Nil();
    }
    if (TEXTS.contains(name)) {
      return new Value.Text("");
    }
    return isMap(name, parent)
        ? new Value.Entries("string", new TreeMap<>(), new Value.Absent())
        : new Value.Items("string", List.of());
  }

  /// What a field is worth that is not there; null where the type has none of the name.
  static @Nullable Value omitted(String name, String parent) {
    return OMITTED.getOrDefault(parent, List.of()).contains(name) ? nothing(name, parent) : null;
  }
}
