package swarm.runtime.container;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.linux.RootedFiles;
import swarm.runtime.oci.AppArmor;
import swarm.runtime.oci.Capabilities;
import swarm.runtime.oci.HostFacts;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.ProcessRequest;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.oci.SeccompProfile;
import swarm.runtime.oci.SpecMount;
import swarm.runtime.oci.SpecRequest;

/// Turns a container's configuration into a request for a specification: applies defaults, resolves
/// what the host has to say.
final class SpecAssembly {
  private static final String PATH_VARIABLE =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> OLDER_LOADERS =
      List.of(
          "/lib/ld-linux.so.2",
          "/lib/ld-musl-i386.so.1",
          "/lib/ld-linux-armhf.so.3",
          "/lib/ld-musl-armhf.so.1");
  private static final String INIT_TARGET = "/sbin/docker-init";

  private final ContainerPaths paths;
  private final HostFacts facts;
  private final String cgroupParent;
  private final HostPrograms programs;
  private final AppArmor apparmor;

  SpecAssembly(
      ContainerPaths paths,
      HostFacts facts,
      String cgroupParent,
      HostPrograms programs,
      AppArmor apparmor) {
    this.paths = paths;
    this.facts = facts;
    this.cgroupParent = cgroupParent;
    this.programs = programs;
    this.apparmor = apparmor;
  }

  /// The request for one start.
  ///
  /// @param etcOwner whose `/etc` files it gets: its own id, or that of the container whose network
  ///   it joins
  /// @param sharedMemory what is its `/dev/shm`, where that is shared with other containers
  /// @param volumeSources where volumes are on the host, by target
  /// @param provided what is mounted last, whatever else is mounted around it
  SpecRequest assemble(
      Container container,
      ResolvedUser user,
      SpecRequest.Namespaces namespaces,
      String etcOwner,
      String hostname,
      Optional<Path> sharedMemory,
      Map<String, Path> volumeSources,
      List<SpecMount> provided)
      throws IOException, EngineException {
    ContainerConfig config = container.config();
    ProcessRequest process = process(config, hostname, user);
    List<SpecMount> mounts = new ArrayList<>();
    List<String> targets = config.mounts().stream().map(ContainerMount::target).toList();
    for (String name : EtcFiles.NAMES) {
      if (targets.contains("/etc/" + name)) {
        continue; // the user's own
      }
      String source =
          paths.etc(name.equals("hostname") ? container.id() : etcOwner, name).toString();
      String access = config.security().readOnlyRootfs() ? "ro" : "rw";
      mounts.add(SpecMount.bind(source, "/etc/" + name, "rprivate", access));
    }
    if (config.init()) {
      mounts.add(SpecMount.bind(initProgram(), INIT_TARGET, "rprivate", "ro"));
    }
    sharedMemory.ifPresent(
        shm ->
            mounts.add(
                SpecMount.bind(
                    shm.toString(), "/dev/shm", "rprivate", "nosuid", "noexec", "nodev")));
    for (ContainerMount mount : config.mounts()) {
      mounts.add(mount(mount, volumeSources));
    }
    mounts.addAll(provided);
    HostOptions host = config.host();
    return new SpecRequest(
        process,
        paths.rootfs(container.id()).toString(),
        config.security().readOnlyRootfs(),
        hostname,
        config.security().privileged(),
        paths(host.maskedPaths(), config, OciSpec.MASKED),
        paths(host.readonlyPaths(), config, OciSpec.READ_ONLY),
        mounts,
        config.namespaces().ipcMode().equals("none") ? 0 : config.shmSizeBytes(),
        config.resources(),
        config.security().privileged()
            ? HostDevices.all()
            : HostDevices.mapped(config.resources().devices()),
        DeviceRules.parse(host.deviceCgroupRules()),
        HostDevices.rates(config.resources().blockIo()),
        sysctls(config, namespaces),
        namespaces,
        host.annotations(),
        cgroupParent + "/" + container.id(),
        seccomp(config, paths.rootfs(container.id()), process.capabilities()),
        facts);
  }

  // A privileged container sees everything unless it was said what not.
  private static List<String> paths(
      @Nullable List<String> asked, ContainerConfig config, List<String> usual) {
    if (asked != null) {
      return asked;
    }
    return config.security().privileged() ? List.of() : usual;
  }

  private ProcessRequest process(ContainerConfig config, String hostname, ResolvedUser user)
      throws EngineException {
    List<String> args = new ArrayList<>();
    if (config.init()) {
      args.addAll(List.of(INIT_TARGET, "--"));
    }
    args.addAll(config.process().args());
    return new ProcessRequest(
        args,
        environment(config.process().env(), hostname, config.streams().tty()),
        config.process().workingDir().isEmpty() ? "/" : config.process().workingDir(),
        user,
        config.streams().tty(),
        capabilities(config),
        noNewPrivileges(config),
        apparmorProfile(config),
        config.resources().ulimits(),
        config.oomScoreAdj(),
        config.host().consoleSize());
  }

  /// What AppArmor confines its processes by; empty where the host has none.
  String apparmorProfile(ContainerConfig config) {
    return apparmor.profile(config.security().privileged(), config.security().securityOpts());
  }

  List<String> capabilities(ContainerConfig config) throws EngineException {
    try {
      return Capabilities.resolve(
          config.security().capAdd(),
          config.security().capDrop(),
          config.security().privileged(),
          facts.capabilities());
    } catch (IllegalArgumentException e) {
      throw EngineException.invalid(String.valueOf(e.getMessage()));
    }
  }

  static boolean noNewPrivileges(ContainerConfig config) {
    return config.security().securityOpts().stream()
        .anyMatch(
            option ->
                option.equals("no-new-privileges")
                    || option.equals("no-new-privileges=true")
                    || option.equals("no-new-privileges:true"));
  }

  /// The defaults, overridden by the configured variables; one without `=` unsets.
  static List<String> environment(List<String> configured, String hostname, boolean tty) {
    Map<String, String> byName = new LinkedHashMap<>();
    put(byName, PATH_VARIABLE);
    put(byName, "HOSTNAME=" + hostname);
    if (tty) {
      put(byName, "TERM=xterm");
    }
    configured.forEach(variable -> put(byName, variable));
    return List.copyOf(byName.values());
  }

  /// Adds variables to a complete environment, as an exec does.
  static List<String> overridden(List<String> base, List<String> more) {
    Map<String, String> byName = new LinkedHashMap<>();
    base.forEach(variable -> put(byName, variable));
    more.forEach(variable -> put(byName, variable));
    return List.copyOf(byName.values());
  }

  private static void put(Map<String, String> byName, String variable) {
    int equals = variable.indexOf('=');
    if (equals < 0) {
      byName.remove(variable);
    } else {
      byName.put(variable.substring(0, equals), variable);
    }
  }

  private String initProgram() throws EngineException {
    return programs
        .init()
        .map(Path::toString)
        .orElseThrow(
            () ->
                EngineException.invalid(
                    "no init program was found on this host: install tini, or run without --init"));
  }

  private SpecMount mount(ContainerMount mount, Map<String, Path> volumeSources)
      throws IOException, EngineException {
    return switch (mount) {
      case ContainerMount.Bind bind -> bind(bind);
      case ContainerMount.Volume volume ->
          SpecMount.bind(
              volumeSources.getOrDefault(volume.target(), Path.of(volume.source())).toString(),
              volume.target(),
              "rprivate",
              volume.readOnly() ? readOnly(ContainerMount.Below.READ_ONLY_IF_POSSIBLE) : "rw");
      case ContainerMount.Tmpfs tmpfs -> {
        List<String> options = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
        for (String option : tmpfs.options().split(",", -1)) {
          if (!option.isEmpty()) {
            options.remove("no" + option);
            options.add(option);
          }
        }
        yield new SpecMount(tmpfs.target(), "tmpfs", "tmpfs", options);
      }
    };
  }

  private SpecMount bind(ContainerMount.Bind bind) throws IOException, EngineException {
    Path source = Path.of(bind.source());
    if (!Files.exists(source)) {
      checkSource(bind);
      Files.createDirectories(source);
    }
    String propagation = bind.propagation().isEmpty() ? "rprivate" : bind.propagation();
    return new SpecMount(
        bind.target(),
        "bind",
        bind.source(),
        List.of(
            bind.shallow() ? "bind" : "rbind",
            propagation,
            bind.readOnly() ? readOnly(bind.below()) : "rw"));
  }

  /// @throws EngineException where the source is missing and is not to be made
  static void checkSource(ContainerMount.Bind bind) throws EngineException {
    if (!bind.createSource() && !Files.exists(Path.of(bind.source()))) {
      throw EngineException.invalid(
          "invalid mount config for type \"bind\": bind source path does not exist: "
              + bind.source());
    }
  }

  /// Linux can make all that is mounted below read-only since 5.12 (`mount_setattr`).
  private String readOnly(ContainerMount.Below below) throws EngineException {
    boolean possible =
        facts.kernelMajor() > 5 || (facts.kernelMajor() == 5 && facts.kernelMinor() >= 12);
    if (below == ContainerMount.Below.READ_ONLY && !possible) {
      throw EngineException.invalid(
          "recursively read-only mounts need Linux 5.12, this is "
              + facts.kernelMajor()
              + "."
              + facts.kernelMinor());
    }
    return possible && below != ContainerMount.Below.UNCHANGED ? "rro" : "ro";
  }

  private static Map<String, String> sysctls(
      ContainerConfig config, SpecRequest.Namespaces namespaces) {
    Map<String, String> all = new TreeMap<>();
    if (namespaces.network() instanceof SpecRequest.Namespace.Joined
        && !config.namespaces().networkMode().startsWith("container:")) {
      // As Docker: any user may open low ports and ping; the namespace is the container's own.
      all.put("net.ipv4.ip_unprivileged_port_start", "0");
      all.put("net.ipv4.ping_group_range", "0 2147483647");
    }
    if (!config.domainname().isEmpty()) {
      all.put("kernel.domainname", config.domainname());
    }
    all.putAll(config.security().sysctls());
    return all;
  }

  // Whether an image has programs of the 32-bit architecture: a dynamic loader for them, or a main
  // program that is one.
  private static boolean runsOlderPrograms(Path rootfs, String program) throws IOException {
    for (String loader : OLDER_LOADERS) {
      try (var found = RootedFiles.find(rootfs, loader).orElse(null)) {
        if (found != null) {
          return true;
        }
      }
    }
    try (var found = RootedFiles.find(rootfs, program).orElse(null)) {
      if (found == null || !Files.isRegularFile(found.path())) {
        return false;
      }
      try (var in = Files.newInputStream(found.path())) {
        byte[] head = in.readNBytes(5);
        // ELF, class 1: 32 bits.
        return head.length == 5 && head[0] == 0x7f && head[1] == 'E' && head[4] == 1;
      }
    }
  }

  private Optional<ObjectNode> seccomp(
      ContainerConfig config, Path rootfs, List<String> capabilities)
      throws IOException, EngineException {
    String chosen = config.security().privileged() ? "unconfined" : "";
    for (String option : config.security().securityOpts()) {
      if (option.startsWith("seccomp=") || option.startsWith("seccomp:")) {
        chosen = option.substring("seccomp=".length());
      }
    }
    if (chosen.equals("unconfined")) {
      return Optional.empty();
    }
    if (chosen.isEmpty() || chosen.equals("builtin")) {
      boolean older = runsOlderPrograms(rootfs, config.process().args().getFirst());
      return Optional.of(SeccompProfile.standard().resolve(capabilities, facts, older));
    }
    try {
      var profile =
          SeccompProfile.parse(chosen.startsWith("/") ? Files.readString(Path.of(chosen)) : chosen);
      return Optional.of(profile.resolve(capabilities, facts, true));
    } catch (IllegalArgumentException e) {
      throw EngineException.invalid(String.valueOf(e.getMessage()));
    }
  }
}
