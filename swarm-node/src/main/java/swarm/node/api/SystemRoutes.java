package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.EventFilter;
import swarm.node.api.filter.NetworkFilter;
import swarm.node.api.view.Networks;
import swarm.node.api.view.SwarmViews;
import swarm.node.control.Manager;
import swarm.node.membership.Membership;
import swarm.node.membership.Standby;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerState;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Wire;

/// `/_ping`, `/version`, `/info`, `/events` and what has no room of its own yet.
final class SystemRoutes {
  /// How long the event stream waits before it looks whether its client is still there.
  private static final long POLL_MILLIS = 250;

  private final Daemon daemon;

  SystemRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/_ping", this::ping);
    router.add("HEAD", "/_ping", this::ping);
    router.add("GET", "/version", this::version);
    router.add("GET", "/info", this::info);
    router.add("GET", "/events", this::events);
    router.add(
        "GET",
        "/networks",
        call -> call.respond(200, NetworkFilter.apply(networks(), call.filters())));
    router.add("GET", "/networks/{id}", this::network);
    for (String path :
        new String[] {
          "/networks/create",
          "/networks/prune",
          "/networks/{id}/connect",
          "/networks/{id}/disconnect"
        }) {
      router.missing("POST", path, "creating and changing networks");
    }
    router.missing("DELETE", "/networks/{id}", "removing networks");
    nothingYet(router);
    for (String kind : new String[] {"volumes", "secrets", "configs", "plugins"}) {
      router.missing("GET", "/" + kind, kind);
      router.missing("GET", "/" + kind + "/{id*}", kind);
      router.missing("POST", "/" + kind + "/{rest*}", kind);
      router.missing("PUT", "/" + kind + "/{id*}", kind);
      router.missing("DELETE", "/" + kind + "/{id*}", kind);
    }
    router.missing("POST", "/auth", "checking registry credentials");
    router.missing("GET", "/system/df", "disk usage");
    router.missing("POST", "/build", "building images");
    router.missing("POST", "/build/prune", "building images");
    router.missing("POST", "/session", "BuildKit sessions");
    router.missing("POST", "/commit", "committing containers");
    router.missing("GET", "/distribution/{name*}/json", "asking a registry about an image");
  }

  /// Of what nobody can make yet there is none: `docker inspect` asks for each kind in turn, and
  /// goes on only where the answer is that there is no such thing.
  private static void none(String wanted, String sentence) throws ApiException {
    throw ApiException.missing(sentence.formatted(wanted));
  }

  private void nothingYet(Router router) {
    router.add("GET", "/volumes/{name}", c -> none(c.path("name"), "get %s: no such volume"));
    router.add(
        "GET", "/plugins/{name*}/json", c -> none(c.path("name"), "plugin \"%s\" not found"));
    for (String kind : new String[] {"secret", "config"}) {
      router.add(
          "GET",
          "/" + kind + "s/{id}",
          call -> {
            var _ = SwarmRoutes.manager(daemon);
            none(call.path("id"), kind + " %s not found");
          });
    }
  }

  private void ping(Call call) throws IOException {
    call.exchange().setHeader("Cache-Control", "no-cache, no-store, must-revalidate");
    call.exchange().setHeader("Pragma", "no-cache");
    call.exchange().setHeader("Builder-Version", "1");
    Optional<Membership.Active> active = daemon.membership().active();
    call.exchange()
        .setHeader(
            "Swarm",
            active.isEmpty()
                ? "inactive"
                : "active/" + (active.get().manager().isPresent() ? "manager" : "worker"));
    call.text("OK");
  }

  private ArrayNode networks() {
    return Networks.all(
        daemon.bridgeSubnet(),
        daemon
            .membership()
            .active()
            .flatMap(a -> a.manager())
            .map(m -> m.store().state().cluster())
            .orElse(null));
  }

  private void network(Call call) throws IOException, ApiException {
    String wanted = call.path("id");
    for (var one : networks()) {
      if (one.path("Name").asText().equals(wanted) || one.path("Id").asText().startsWith(wanted)) {
        call.respond(200, one);
        return;
      }
    }
    throw ApiException.missing("network " + wanted + " not found");
  }

  private static String kernel() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
  }

  private void version(Call call) throws IOException {
    ObjectNode version = Wire.JSON.createObjectNode();
    version.putObject("Platform").put("Name", "swarm");
    var component = version.putArray("Components").addObject();
    component.put("Name", "Engine").put("Version", Version.NUMBER);
    component
        .putObject("Details")
        .put("ApiVersion", "1." + Router.NEWEST_MINOR)
        .put("MinAPIVersion", "1." + Router.OLDEST_MINOR)
        .put("Arch", daemon.description().architecture())
        .put("Os", "linux")
        .put("KernelVersion", kernel())
        .put("JavaVersion", Runtime.version().toString());
    version.put("Version", Version.NUMBER);
    version.put("ApiVersion", "1." + Router.NEWEST_MINOR);
    version.put("MinAPIVersion", "1." + Router.OLDEST_MINOR);
    version.put("GitCommit", Version.COMMIT);
    version.put("GoVersion", "");
    version.put("Os", "linux");
    version.put("Arch", daemon.description().architecture());
    version.put("KernelVersion", kernel());
    version.put("BuildTime", "");
    call.respond(200, version);
  }

  private void info(Call call) throws IOException {
    ObjectNode info = Wire.JSON.createObjectNode();
    var containers = daemon.engine().list();
    info.put(
        "ID",
        daemon
            .membership()
            .active()
            .map(a -> a.identity().self().nodeId())
            .orElse(daemon.description().hostname()));
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
    ObjectNode plugins = info.putObject("Plugins");
    plugins.putArray("Volume").add("local");
    plugins.putArray("Network").add("bridge").add("host").add("null").add("overlay");
    plugins.putArray("Authorization");
    plugins.putArray("Log").add("json-file");
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
    info.put("NFd", 0).put("NGoroutines", Thread.activeCount()).put("NEventsListener", 0);
    info.put("SystemTime", daemon.clock().instant().toString());
    info.put("LoggingDriver", "json-file");
    info.put("CgroupDriver", "cgroupfs");
    info.put(
        "CgroupVersion", Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? "2" : "1");
    info.put("KernelVersion", kernel());
    info.put("OperatingSystem", operatingSystem());
    info.put("OSVersion", "").put("OSType", "linux");
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
    info.putArray("Labels");
    info.put("ServerVersion", Version.NUMBER);
    ObjectNode runtimes = info.putObject("Runtimes");
    Optional<Path> runtime = daemon.engine().runtime();
    runtime.ifPresent(
        path -> runtimes.putObject(path.getFileName().toString()).put("path", path.toString()));
    info.put("DefaultRuntime", runtime.map(p -> p.getFileName().toString()).orElse(""));
    info.put("InitBinary", "");
    info.putArray("SecurityOptions").add("name=seccomp,profile=builtin");
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
    ObjectNode registry = info.putObject("RegistryConfig");
    registry.putArray("InsecureRegistryCIDRs").add("127.0.0.0/8");
    registry.putObject("IndexConfigs");
    registry.putArray("Mirrors");
    info.set("Swarm", swarm());
    call.respond(200, info);
  }

  private static int count(java.util.List<Container> all, ContainerState state) {
    return (int) all.stream().filter(c -> c.state() == state).count();
  }

  private static String operatingSystem() throws IOException {
    Path file = Path.of("/etc/os-release");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("PRETTY_NAME=")) {
          return line.substring("PRETTY_NAME=".length()).replace("\"", "");
        }
      }
    }
    return "Linux";
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
    Optional<String> impaired = now.manager().flatMap(Manager::impaired);
    swarm.put("Error", pending.or(() -> impaired).orElse(""));
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
          .forEach(m -> remotes.addObject().put("NodeID", "").put("Addr", m));
    }
    return swarm;
  }

  private void events(Call call) throws IOException, ApiException, InterruptedException {
    Map<String, Set<String>> filters = call.filters();
    Optional<Instant> until = call.time("until");
    Events.Listener listener = daemon.events().listen(call.time("since"));
    var gone = new AtomicBoolean();
    call.exchange().onClientGone(() -> gone.set(true));
    try (OutputStream out = call.stream("application/json")) {
      while (!gone.get() && !listener.overrun()) {
        long wait =
            until
                .map(
                    u ->
                        Math.min(
                            POLL_MILLIS, Duration.between(daemon.clock().instant(), u).toMillis()))
                .orElse(POLL_MILLIS);
        if (wait <= 0 && until.isPresent()) {
          // what is remembered up to then has still to go out
          wait = 0;
        }
        var event = listener.next(Math.max(0, wait));
        if (event.isEmpty()) {
          if (until.isPresent() && !daemon.clock().instant().isBefore(until.get())) {
            return;
          }
          continue;
        }
        boolean later = until.map(u -> Events.isAfter(event.get(), u)).orElse(false);
        if (!later && EventFilter.matches(event.get(), filters)) {
          out.write(
              (Wire.JSON.writeValueAsString(event.get()) + "\n")
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
      }
    } finally {
      daemon.events().leave(listener);
    }
  }
}
