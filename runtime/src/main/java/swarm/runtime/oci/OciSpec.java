package swarm.runtime.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The OCI runtime specification (version 1.0.2, `config.json`) of a container, with Docker's
/// defaults. Pure.
public final class OciSpec {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Paths that a container that is not privileged cannot look into: Docker's defaults.
  public static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  /// Paths that such a container cannot write to: Docker's defaults.
  public static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private OciSpec() {}

  /// The content of `config.json`.
  public static ObjectNode generate(SpecRequest request) {
    ObjectNode spec = JSON.createObjectNode();
    spec.put("ociVersion", "1.0.2");
    spec.set("process", process(request.process()));
    ObjectNode root = spec.putObject("root");
    root.put("path", request.rootfs());
    root.put("readonly", request.readOnlyRootfs());
    if (request.namespaces().uts() instanceof SpecRequest.Namespace.Own) {
      spec.put("hostname", request.hostname());
    }
    spec.set("mounts", mounts(request));
    spec.set("linux", linux(request));
    if (!request.annotations().isEmpty()) {
      request.annotations().forEach(spec.putObject("annotations")::put);
    }
    return spec;
  }

  /// A process object: `config.json`'s `process`, or the file given to `runc exec --process`.
  public static ObjectNode process(ProcessRequest request) {
    ObjectNode process = JSON.createObjectNode();
    process.put("terminal", request.tty());
    if (request.tty() && request.consoleSize().isPresent()) {
      ConsoleSize size = request.consoleSize().get();
      process.putObject("consoleSize").put("height", size.rows()).put("width", size.columns());
    }
    ObjectNode user = process.putObject("user");
    user.put("uid", request.user().uid());
    user.put("gid", request.user().gid());
    if (!request.user().additionalGids().isEmpty()) {
      ArrayNode gids = user.putArray("additionalGids");
      request.user().additionalGids().forEach(gids::add);
    }
    addStrings(process.putArray("args"), request.args());
    addStrings(process.putArray("env"), request.env());
    process.put("cwd", request.cwd());
    ObjectNode capabilities = process.putObject("capabilities");
    // Not inheritable, not ambient: a non-root user gains none of them by executing a file.
    for (String set : List.of("bounding", "effective", "permitted")) {
      addStrings(capabilities.putArray(set), request.capabilities());
    }
    if (!request.ulimits().isEmpty()) {
      ArrayNode limits = process.putArray("rlimits");
      for (Ulimit limit : request.ulimits()) {
        ObjectNode entry = limits.addObject();
        entry.put("type", "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT));
        entry.put("hard", unsigned(limit.hard()));
        entry.put("soft", unsigned(limit.soft()));
      }
    }
    process.put("noNewPrivileges", request.noNewPrivileges());
    if (!request.apparmorProfile().isEmpty()) {
      process.put("apparmorProfile", request.apparmorProfile());
    }
    process.put("oomScoreAdj", request.oomScoreAdj());
    return process;
  }

  // "No limit" is -1 in Docker's API and 2^64-1 in the specification.
  private static java.math.BigInteger unsigned(long limit) {
    return limit < 0
        ? java.math.BigInteger.ONE.shiftLeft(64).subtract(java.math.BigInteger.ONE)
        : java.math.BigInteger.valueOf(limit);
  }

  private static ArrayNode mounts(SpecRequest request) {
    Map<String, SpecMount> byDestination = new LinkedHashMap<>();
    standardMounts(request).forEach(mount -> byDestination.put(mount.destination(), mount));
    if (request.shmBytes() == 0
        && request.namespaces().ipc() instanceof SpecRequest.Namespace.Own) {
      byDestination.remove("/dev/shm");
    }
    List<SpecMount> extra = new ArrayList<>(request.mounts());
    // A mount on /a must come before one on /a/b, or it would hide it.
    extra.sort(java.util.Comparator.comparingInt(mount -> depth(mount.destination())));
    for (SpecMount mount : extra) {
      byDestination.remove(mount.destination());
      byDestination.put(mount.destination(), mount);
    }
    ArrayNode mounts = JSON.createArrayNode();
    for (SpecMount mount : byDestination.values()) {
      ObjectNode entry = mounts.addObject();
      entry.put("destination", mount.destination());
      entry.put("type", mount.type());
      entry.put("source", mount.source());
      addStrings(entry.putArray("options"), mount.options());
    }
    return mounts;
  }

  private static int depth(String path) {
    return (int) path.chars().filter(c -> c == '/').count() + (path.equals("/") ? -1 : 0);
  }

  private static List<SpecMount> standardMounts(SpecRequest request) {
    String access = request.privileged() ? "rw" : "ro";
    List<String> quiet = List.of("nosuid", "noexec", "nodev");
    return List.of(
        new SpecMount("/proc", "proc", "proc", quiet),
        new SpecMount(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
        new SpecMount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
        new SpecMount("/sys", "sysfs", "sysfs", with(quiet, access)),
        new SpecMount("/sys/fs/cgroup", "cgroup", "cgroup", with(quiet, access)),
        new SpecMount("/dev/mqueue", "mqueue", "mqueue", quiet),
        request.namespaces().ipc() instanceof SpecRequest.Namespace.Host
            ? SpecMount.bind("/dev/shm", "/dev/shm", "nosuid", "noexec", "nodev")
            : new SpecMount(
                "/dev/shm",
                "tmpfs",
                "shm",
                List.of("nosuid", "noexec", "nodev", "mode=1777", "size=" + request.shmBytes())));
  }

  private static List<String> with(List<String> options, String more) {
    var all = new ArrayList<>(options);
    all.add(more);
    return all;
  }

  private static ObjectNode linux(SpecRequest request) {
    ObjectNode linux = JSON.createObjectNode();
    if (!request.sysctls().isEmpty()) {
      ObjectNode sysctls = linux.putObject("sysctl");
      request.sysctls().forEach(sysctls::put);
    }
    linux.set("resources", resources(request));
    linux.put("cgroupsPath", request.cgroupsPath());
    linux.set("namespaces", namespaces(request));
    if (!request.devices().isEmpty()) {
      ArrayNode devices = linux.putArray("devices");
      for (SpecRequest.Device device : request.devices()) {
        ObjectNode entry = devices.addObject();
        entry.put("type", String.valueOf(device.type()));
        entry.put("path", device.path());
        entry.put("major", device.major());
        entry.put("minor", device.minor());
        entry.put("fileMode", device.mode());
        entry.put("uid", device.uid());
        entry.put("gid", device.gid());
      }
    }
    request.seccomp().ifPresent(seccomp -> linux.set("seccomp", seccomp));
    propagation(request.mounts()).ifPresent(value -> linux.put("rootfsPropagation", value));
    if (!request.maskedPaths().isEmpty()) {
      addStrings(linux.putArray("maskedPaths"), request.maskedPaths());
    }
    if (!request.readonlyPaths().isEmpty()) {
      addStrings(linux.putArray("readonlyPaths"), request.readonlyPaths());
    }
    return linux;
  }

  // A mount that shares events with the host can only do so if the root above it does.
  private static java.util.Optional<String> propagation(List<SpecMount> mounts) {
    List<String> all = mounts.stream().flatMap(mount -> mount.options().stream()).toList();
    if (all.contains("shared") || all.contains("rshared")) {
      return java.util.Optional.of("shared");
    }
    return all.contains("slave") || all.contains("rslave")
        ? java.util.Optional.of("slave")
        : java.util.Optional.empty();
  }

  private static ArrayNode namespaces(SpecRequest request) {
    ArrayNode namespaces = JSON.createArrayNode();
    namespaces.addObject().put("type", "mount");
    addNamespace(namespaces, "uts", request.namespaces().uts());
    addNamespace(namespaces, "ipc", request.namespaces().ipc());
    addNamespace(namespaces, "pid", request.namespaces().pid());
    addNamespace(namespaces, "network", request.namespaces().network());
    addNamespace(namespaces, "cgroup", request.namespaces().cgroup());
    return namespaces;
  }

  private static void addNamespace(
      ArrayNode namespaces, String type, SpecRequest.Namespace namespace) {
    switch (namespace) {
      case SpecRequest.Namespace.Own() -> namespaces.addObject().put("type", type);
      case SpecRequest.Namespace.Host() -> {}
      case SpecRequest.Namespace.Joined(String path) ->
          namespaces.addObject().put("type", type).put("path", path);
    }
  }

  private static ObjectNode resources(SpecRequest request) {
    ObjectNode json = JSON.createObjectNode();
    json.set("devices", deviceRules(request));
    json.setAll(SpecLimits.of(request.resources(), request.host()));
    for (SpecRequest.BlockRate rate : request.blockRates()) {
      json.withObject("/blockIO")
          .withArray(rate.field())
          .addObject()
          .put("major", rate.major())
          .put("minor", rate.minor())
          .put(rate.field().equals("weightDevice") ? "weight" : "rate", rate.value());
    }
    return json;
  }

  private static ArrayNode deviceRules(SpecRequest request) {
    ArrayNode rules = JSON.createArrayNode();
    if (request.privileged()) {
      rules.addObject().put("allow", true).put("access", "rwm");
      return rules;
    }
    rules.addObject().put("allow", false).put("access", "rwm");
    rules.addObject().put("allow", true).put("type", "c").put("access", "m");
    rules.addObject().put("allow", true).put("type", "b").put("access", "m");
    // null, zero, full, random, urandom; tty, console, ptmx; pts
    for (int minor : new int[] {3, 5, 7, 8, 9}) {
      allow(rules, 'c', 1, minor, "rwm");
    }
    for (int minor : new int[] {0, 1, 2}) {
      allow(rules, 'c', 5, minor, "rwm");
    }
    rules.addObject().put("allow", true).put("type", "c").put("major", 136).put("access", "rwm");
    for (SpecRequest.Device device : request.devices()) {
      allow(rules, device.type(), device.major(), device.minor(), device.access());
    }
    for (SpecRequest.DeviceRule rule : request.deviceRules()) {
      ObjectNode entry = rules.addObject().put("allow", true);
      entry.put("type", String.valueOf(rule.type()));
      if (rule.major() >= 0) {
        entry.put("major", rule.major());
      }
      if (rule.minor() >= 0) {
        entry.put("minor", rule.minor());
      }
      entry.put("access", rule.access());
    }
    return rules;
  }

  private static void allow(ArrayNode rules, char type, int major, int minor, String access) {
    rules
        .addObject()
        .put("allow", true)
        .put("type", String.valueOf(type))
        .put("major", major)
        .put("minor", minor)
        .put("access", access);
  }

  private static void addStrings(ArrayNode array, List<String> values) {
    values.forEach(array::add);
  }
}
