package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import swarm.node.api.view.Drivers;
import swarm.node.api.view.SwarmViews;
import swarm.node.membership.Membership;
import swarm.node.membership.Standby;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.HostPrograms;
import swarm.runtime.logs.LogOptions;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Wire;

/// `/info`: what this node is, and its part in its swarm.
final class InfoRoute {
  private final Daemon daemon;

  InfoRoute(Daemon daemon) {
    this.daemon = daemon;
  }

  void info(Call call) throws IOException, InterruptedException {
    ObjectNode info = Wire.JSON.createObjectNode();
    var containers = daemon.engine().list();
    info.put("ID", daemon.identity().id());
    info.put("Containers", containers.size());
    info.put("ContainersRunning", count(containers, ContainerState.RUNNING));
    info.put("ContainersPaused", count(containers, ContainerState.PAUSED));
    info.put(
        "ContainersStopped",
        containers.size()
            - count(containers, ContainerState.RUNNING)
            - count(containers, ContainerState.PAUSED));
    info.put("Images", daemon.images().list().size());
    info.put("Driver", "overlay2");
    info.putArray("DriverStatus").addArray().add("Backing Filesystem").add("overlayfs");
    info.set("Plugins", Drivers.byKind());
    for (String yes :
        new String[] {
          "MemoryLimit",
          "SwapLimit",
          "CpuCfsPeriod",
          "CpuCfsQuota",
          "CPUShares",
          "CPUSet",
          "PidsLimit",
          "IPv4Forwarding",
          "OomKillDisable"
        }) {
      info.put(yes, true);
    }
    info.put("Debug", false).put("ExperimentalBuild", false).put("LiveRestoreEnabled", true);
    info.put("NFd", 0)
        .put("NGoroutines", Thread.activeCount())
        .put("NEventsListener", daemon.events().listening());
    info.put("SystemTime", daemon.clock().instant().toString());
    info.put("LoggingDriver", LogOptions.JSON_FILE);
    info.put("CgroupDriver", "cgroupfs");
    info.put(
        "CgroupVersion", Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? "2" : "1");
    info.put("KernelVersion", SystemRoutes.kernel());
    info.put("OperatingSystem", release("PRETTY_NAME").orElse("Linux"));
    info.put("OSVersion", release("VERSION_ID").orElse("")).put("OSType", "linux");
    info.put(
        "Architecture",
        daemon.description().architecture().equals("amd64")
            ? "x86_64"
            : daemon.description().architecture());
    info.put("IndexServerAddress", "https://index.docker.io/v1/");
    info.put("NCPU", Runtime.getRuntime().availableProcessors());
    info.put("MemTotal", daemon.description().memoryBytes());
    info.put("DockerRootDir", daemon.dataRoot().toString());
    info.put("HttpProxy", "").put("HttpsProxy", "").put("NoProxy", "");
    info.put("Name", daemon.description().hostname());
    var labels = info.putArray("Labels");
    daemon.description().engineLabels().forEach((key, value) -> labels.add(key + "=" + value));
    info.set("GenericResources", Wire.JSON.valueToTree(daemon.description().genericOrNone()));
    info.put("ServerVersion", Version.NUMBER);
    Optional<Path> runtime = programs(info);
    ArrayNode security = info.putArray("SecurityOptions");
    if (daemon.engine().hasAppArmor()) {
      security.add("name=apparmor");
    }
    security.add("name=seccomp,profile=builtin");
    var warnings = info.putArray("Warnings");
    if (runtime.isEmpty()) {
      warnings.add("WARNING: no OCI runtime works here: install runc or crun");
    }
    daemon
        .membership()
        .translatedAddress()
        .ifPresent(
            address ->
                warnings.add(
                    "WARNING: the advertised address "
                        + address
                        + " is not one of this host's: other nodes must be able to reach this host"
                        + " there"));
    daemon.drops().get().forEach(drop -> warnings.add("WARNING: " + drop));
    ObjectNode registry = info.putObject("RegistryConfig");
    registry.putArray("InsecureRegistryCIDRs").add("127.0.0.0/8");
    ObjectNode hub = registry.putObject("IndexConfigs").putObject("docker.io");
    hub.put("Name", "docker.io").put("Secure", true).put("Official", true).putArray("Mirrors");
    registry.putArray("Mirrors");
    info.set("Swarm", swarm());
    call.respond(200, info);
  }

  /// The programs that containers are run with, and their versions; there is no containerd.
  ///
  /// @return the runtime
  private Optional<Path> programs(ObjectNode info) throws InterruptedException {
    HostPrograms programs = daemon.engine().programs();
    Optional<Path> runtime = programs.runtime();
    ObjectNode runtimes = info.putObject("Runtimes");
    runtime.ifPresent(
        path -> runtimes.putObject(path.getFileName().toString()).put("path", path.toString()));
    info.put("DefaultRuntime", runtime.map(p -> p.getFileName().toString()).orElse(""));
    info.put("InitBinary", programs.init().map(p -> p.getFileName().toString()).orElse(""));
    info.putObject("ContainerdCommit").put("ID", "");
    info.putObject("RuncCommit").put("ID", version(programs, runtime));
    info.putObject("InitCommit").put("ID", version(programs, programs.init()));
    return runtime;
  }

  private static String version(HostPrograms programs, Optional<Path> program)
      throws InterruptedException {
    return program.isPresent() ? programs.version(program.get()) : "";
  }

  private static int count(java.util.List<Container> all, ContainerState state) {
    return (int) all.stream().filter(c -> c.state() == state).count();
  }

  /// What the distribution says of itself (os-release(5)).
  private static Optional<String> release(String field) throws IOException {
    Path file = Path.of("/etc/os-release");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String start = field + "=";
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8) // whatever it is
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).replace("\"", ""))
        .findFirst();
  }

  private ObjectNode swarm() {
    ObjectNode swarm = Wire.JSON.createObjectNode();
    Optional<Membership.Active> active = daemon.membership().active();
    if (active.isEmpty()) {
      Optional<Standby> standby = daemon.membership().standby();
      swarm.put("NodeID", "").put("NodeAddr", "");
      swarm.put("LocalNodeState", standby.map(Standby::state).orElse("inactive"));
      swarm.put("ControlAvailable", false);
      swarm.put("Error", standby.map(Standby::why).orElse("")).putNull("RemoteManagers");
      return swarm;
    }
    Membership.Active now = active.get();
    swarm.put("NodeID", now.identity().self().nodeId());
    swarm.put("NodeAddr", now.address());
    Optional<String> pending = daemon.membership().pending();
    swarm.put("LocalNodeState", pending.isPresent() ? "pending" : "active");
    swarm.put("ControlAvailable", now.manager().isPresent());
    swarm.put("Error", NoLeader.complaint(daemon.membership(), now.manager()).orElse(""));
    var remotes = swarm.putArray("RemoteManagers");
    if (now.manager().isPresent()) {
      var state = now.manager().get().store().state();
      for (Node node : state.nodes().values()) {
        if (node.manager() != null) {
          remotes.addObject().put("NodeID", node.id()).put("Addr", node.manager().address());
        }
      }
      swarm.put("Nodes", state.nodes().size());
      swarm.put("Managers", remotes.size());
      var cluster = state.cluster();
      if (cluster != null) {
        swarm.set("Cluster", SwarmViews.cluster(cluster));
      }
    } else {
      daemon
          .membership()
          .managers()
          .forEach(
              address ->
                  remotes
                      .addObject()
                      .put("NodeID", now.agent().nodeAt(host(address)).orElse(""))
                      .put("Addr", address));
    }
    return swarm;
  }

  /// Of `host:port`.
  private static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }
}
