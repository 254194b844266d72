package swarm.runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import swarm.linux.Mounts;
import swarm.linux.NamespaceFiles;
import swarm.linux.Pidfd;
import swarm.linux.RootedFiles;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.OciRuntime;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.oci.SpecMount;
import swarm.runtime.oci.SpecRequest;
import swarm.runtime.oci.SpecRequest.Namespace;
import swarm.runtime.oci.UserDatabase;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.OpenSockets;

/// Brings one container's process to life: root file system, network namespace, specification,
/// monitor, runtime. The network is connected while the runtime makes the container. The caller
/// holds the container's lock and, where this throws, tears down.
final class Launcher {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int USER_FILE_LIMIT = 16 << 20;

  private final EngineContext context;
  private final ContainerPaths paths;
  private final JoinedNamespaces joined;
  private final ContainerFiles files;
  private final ContainerVolumes volumes;

  Launcher(EngineContext context, ContainerFiles files, ContainerVolumes volumes) {
    this.context = context;
    this.files = files;
    this.volumes = volumes;
    this.paths = context.paths();
    this.joined = new JoinedNamespaces(context);
  }

  /// A started container.
  ///
  /// @param netns path of its own network namespace; empty if it has none
  record Launched(ManagedContainer.Live live, String netns) {}

  /// @param content of the container's files, by their keys; all of them
  Launched launch(ManagedContainer managed, Map<String, byte[]> content)
      throws IOException, InterruptedException, EngineException, RuntimeFailure {
    Container container = managed.view();
    String id = container.id();
    ContainerConfig config = container.config();
    if (config.process().args().isEmpty()) {
      throw EngineException.invalid("no command specified");
    }
    Files.createDirectories(paths.rootfs(id));
    OciRuntime runtime = context.chooseRuntime(container);
    Namespace network = networkNamespace(id, config);
    boolean own =
        network instanceof Namespace.Joined
            && !JoinedNamespaces.joins(config.namespaces().networkMode());
    String hostname = hostname(container);
    Optional<FutureTask<NetworkAttachment>> attaching = Optional.empty();
    if (own) {
      NamespaceFiles.createNetwork(paths.netns(id));
      context.reached(CrashPoint.NAMESPACE_MADE);
      if (!config.namespaces().networkMode().equals("none")) {
        String names = EtcFiles.names(hostname, config.domainname());
        attaching = Optional.of(attach(id, names, config));
      }
    }
    Optional<Conmon.Started> started = Optional.empty();
    try {
      files.mountRoot(container);
      context.reached(CrashPoint.ROOT_MOUNTED);
      mountSharedMemory(container);
      Map<String, Path> volumeSources = volumes.attach(container);
      context.reached(CrashPoint.VOLUMES_MOUNTED);
      List<SpecMount> provided = ProvidedMounts.make(paths.provided(id), config.files(), content);
      context.reached(CrashPoint.FILES_PROVIDED);
      EtcFiles.make(paths, id, hostname);
      writeSpec(container, network, hostname, volumeSources, provided);
      context.reached(CrashPoint.SPEC_WRITTEN);
      context.apparmor().require(context.specs().apparmorProfile(config));
      started = Optional.of(context.conmon().create(runtime, monitorOptions(container)));
    } finally {
      if (started.isEmpty() && attaching.isPresent()) {
        // Detaching must not overtake attaching.
        join(attaching.get());
      }
    }
    ManagedContainer.Live live = live(started.get());
    context.reached(CrashPoint.MONITOR_STARTED);
    try {
      NetworkAttachment attachment =
          attaching.isPresent() ? await(attaching.get()) : NetworkAttachment.NONE;
      EtcFiles.fill(paths, id, config, attachment, context.network().hostGateway());
      connect(managed, live.monitor());
      runtime.start(id);
      context.reached(CrashPoint.PROCESS_STARTED);
    } catch (IOException | RuntimeFailure | EngineException | RuntimeException e) {
      live.abandon(context.readiness());
      throw e;
    }
    return new Launched(live, own ? paths.netns(id).toString() : "");
  }

  private FutureTask<NetworkAttachment> attach(String id, String names, ContainerConfig config) {
    var task =
        new FutureTask<>(
            () -> {
              NetworkAttachment attachment =
                  context.network().attach(id, paths.netns(id), names, config);
              context.reached(CrashPoint.NETWORK_ATTACHED);
              return attachment;
            });
    Thread.ofVirtual().name("network-attach").start(task);
    return task;
  }

  private static void join(FutureTask<NetworkAttachment> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      // The start has failed already, for the reason that is being thrown.
      return;
    }
  }

  private static NetworkAttachment await(FutureTask<NetworkAttachment> task)
      throws InterruptedException, EngineException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      String why = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
      throw EngineException.failed("failed to set up container networking: " + why, e);
    }
  }

  private ManagedContainer.Live live(Conmon.Started started) throws IOException, EngineException {
    Optional<Pidfd> init = Pidfd.open(started.pid());
    if (init.isEmpty()) {
      started.monitor().close(context.readiness());
      throw new EngineException(
          EngineException.Kind.FAILED, "the container's process ended before it was started");
    }
    return new ManagedContainer.Live(started.monitor(), init.get());
  }

  private void connect(ManagedContainer managed, Pidfd monitor) throws IOException {
    if (managed.waiting().isEmpty()) {
      return;
    }
    var taken = new OpenSockets(monitor.pid());
    int wanted = taken.count();
    for (AttachSession session : managed.waiting()) {
      session.connect(context.readiness());
      wanted += session.isClosed() ? 0 : 1;
    }
    managed.waiting().clear();
    taken.await(wanted);
  }

  private void mountSharedMemory(Container container) throws IOException {
    if (container.config().namespaces().ipcMode().equals("shareable")) {
      Path shm = Files.createDirectories(paths.sharedMemory(container.id()));
      Mounts.mount(
          "shm",
          shm,
          "tmpfs",
          Mounts.NO_SUID | Mounts.NO_DEV | Mounts.NO_EXEC,
          "mode=1777,size=" + container.config().shmSizeBytes());
    }
  }

  private void writeSpec(
      Container container,
      Namespace network,
      String hostname,
      Map<String, Path> volumeSources,
      List<SpecMount> provided)
      throws IOException, EngineException {
    ContainerConfig config = container.config();
    String etcOwner =
        JoinedNamespaces.joins(config.namespaces().networkMode())
            ? joined.lender(config.namespaces().networkMode()).id()
            : container.id();
    var namespaces =
        new SpecRequest.Namespaces(
            network,
            joined.pid(config.namespaces().pidMode()),
            joined.ipc(config.namespaces().ipcMode()),
            config.host().utsMode().equals("host") ? new Namespace.Host() : new Namespace.Own(),
            cgroupNamespace(config));
    ResolvedUser user =
        resolveUser(
            paths.rootfs(container.id()), config.process().user(), config.process().groupAdd());
    Optional<Path> shm =
        JoinedNamespaces.joins(config.namespaces().ipcMode())
            ? Optional.of(joined.sharedMemory(config.namespaces().ipcMode()))
            : Optional.of(paths.sharedMemory(container.id())).filter(Files::isDirectory);
    SpecRequest request =
        context
            .specs()
            .assemble(
                container, user, namespaces, etcOwner, hostname, shm, volumeSources, provided);
    Files.write(
        paths.bundle(container.id()).resolve("config.json"),
        JSON.writeValueAsBytes(OciSpec.generate(request)));
  }

  private Conmon.Options monitorOptions(Container container) {
    ContainerConfig config = container.config();
    return new Conmon.Options(
        container.id(),
        paths.bundle(container.id()),
        Optional.of(paths.log(container.id())).filter(_ -> config.logging().kept()),
        config.streams().tty(),
        config.streams().openStdin(),
        keepsStdin(config));
  }

  /// Whether standard input stays open when clients go: a terminal has no end of input, and without
  /// `stdinOnce` the next client may go on.
  static boolean keepsStdin(ContainerConfig config) {
    return config.streams().tty() || !config.streams().stdinOnce();
  }

  /// Looks a user up in the files of a container's root.
  static ResolvedUser resolveUser(Path root, String user, List<String> groups)
      throws IOException, EngineException {
    try {
      return UserDatabase.parse(text(root, "/etc/passwd"), text(root, "/etc/group"))
          .resolve(user, groups);
    } catch (UserDatabase.UnknownUserException e) {
      throw EngineException.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static String text(Path root, String file) throws IOException {
    return RootedFiles.read(root, file, USER_FILE_LIMIT)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("");
  }

  private Namespace networkNamespace(String id, ContainerConfig config) throws EngineException {
    if (config.namespaces().networkMode().equals("host")) {
      return new Namespace.Host();
    }
    if (JoinedNamespaces.joins(config.namespaces().networkMode())) {
      return joined.network(config.namespaces().networkMode());
    }
    return new Namespace.Joined(paths.netns(id).toString());
  }

  // Docker's default: the host's with cgroup v1, a new one with v2.
  private Namespace cgroupNamespace(ContainerConfig config) {
    return switch (config.host().cgroupnsMode()) {
      case "host" -> new Namespace.Host();
      case "private" -> new Namespace.Own();
      default -> context.host().cgroupV2() ? new Namespace.Own() : new Namespace.Host();
    };
  }

  /// As the network's owner is called, where it is another container's or the host's.
  private String hostname(Container container) throws IOException, EngineException {
    ContainerConfig config = container.config();
    if (JoinedNamespaces.joins(config.namespaces().networkMode())) {
      return hostname(joined.lender(config.namespaces().networkMode()));
    }
    if (!config.hostname().isEmpty()) {
      return config.hostname();
    }
    return config.namespaces().networkMode().equals("host")
            || config.host().utsMode().equals("host")
        ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
        : container.shortId();
  }
}
