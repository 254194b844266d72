package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import swarm.linux.Mounts;
import swarm.linux.PrivateFolders;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.oci.Programs;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.Rootfs;
import swarm.runtime.snapshot.RootfsProvider;

/// An engine on directories of its own, with the real runtime and monitor, whose only image is
/// busybox. Clears away what an earlier, broken run left.
public final class EngineHarness {
  static final String CGROUP = "/swarmtest-runtime";
  private static final Path ROOT = Path.of("/tmp/swarmtest-runtime");
  private static final Path LAYER = ROOT.resolve("images/layer");
  private static final List<String> USUAL = options(ROOT).runtimes();
  private static final List<String> APPLETS =
      List.of(
          "sh",
          "echo",
          "true",
          "false",
          "sleep",
          "cat",
          "id",
          "ls",
          "kill",
          "stty",
          "tty",
          "env",
          "head",
          "yes",
          "dd",
          "hostname",
          "ip",
          "mount",
          "touch",
          "seq",
          "printf",
          "pwd",
          "tail",
          "grep",
          "wc",
          "test",
          "ps");

  final Path root;
  final List<ContainerEvent> events = new CopyOnWriteArrayList<>();
  final RecordingNetwork network = new RecordingNetwork();
  private final OneImage images;
  private final List<String> runtimes;
  public ContainerEngine engine;

  /// The network port of these tests: notes who is attached.
  static final class RecordingNetwork implements NetworkPort {
    final List<String> attached = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();

    @Override
    public NetworkAttachment attach(
        String containerId, Path netns, String hostname, ContainerConfig config) {
      attached.add(containerId);
      return new NetworkAttachment(List.of("10.9.8.7\t" + hostname), "nameserver 127.0.0.11\n");
    }

    @Override
    public String hostGateway() {
      return "10.9.8.1";
    }

    @Override
    public void ended(String containerId, ContainerConfig config) {
      if (attached.contains(containerId)) {
        ended.add(containerId);
      }
    }

    @Override
    public void detach(String containerId, Path netns) {
      attached.remove(containerId);
    }
  }

  /// Every container gets the same directory as its only layer.
  record OneImage(Path layer) implements RootfsProvider {
    @Override
    public Rootfs prepare(String containerId, String imageId) throws IOException {
      if (!imageId.equals("busybox")) {
        throw new java.nio.file.NoSuchFileException(imageId);
      }
      return new Rootfs(List.of(layer));
    }

    @Override
    public void release(String containerId) {}
  }

  private EngineHarness(Path root, OneImage images, List<String> runtimes)
      throws IOException, InterruptedException {
    this.root = root;
    this.images = images;
    this.runtimes = runtimes;
    this.engine = open(root, images, network, runtimes);
    var _ = engine.subscribe(events::add);
  }

  public static EngineHarness open() throws IOException, InterruptedException {
    return open(USUAL);
  }

  /// With one OCI runtime and no other.
  static EngineHarness open(String runtime) throws IOException, InterruptedException {
    return open(List.of(runtime));
  }

  /// With its records, layers and logs on a disk of 2 MiB.
  static EngineHarness openOnASmallDisk() throws IOException, InterruptedException {
    clearAway();
    Path data = Files.createDirectories(ROOT.resolve("data"));
    Mounts.mount("tmpfs", data, "tmpfs", 0, "size=2m");
    return make(USUAL);
  }

  private static EngineHarness open(List<String> runtimes)
      throws IOException, InterruptedException {
    clearAway();
    return make(runtimes);
  }

  private static EngineHarness make(List<String> runtimes)
      throws IOException, InterruptedException {
    PrivateFolders.make(ROOT.resolve("images"), PrivateFolders.OWNER_ONLY); // as real images are
    makeBusybox(LAYER);
    return new EngineHarness(ROOT, new OneImage(LAYER), runtimes);
  }

  /// A second engine on the same directories, for the daemon that is killed.
  static ContainerEngine openAgain() throws IOException, InterruptedException {
    return open(ROOT, new OneImage(LAYER), new RecordingNetwork(), USUAL);
  }

  private static ContainerEngine open(
      Path root, RootfsProvider images, NetworkPort network, List<String> runtimes)
      throws IOException, InterruptedException {
    return ContainerEngine.open(
        options(root).withRuntimes(runtimes), images, network, Clock.systemUTC());
  }

  /// As after the daemon was killed and started again.
  void reopen() throws IOException, InterruptedException {
    reopen(runtimes);
  }

  /// As after that, where the host has another OCI runtime by now.
  void reopen(String runtime) throws IOException, InterruptedException {
    reopen(List.of(runtime));
  }

  private void reopen(List<String> runtimes) throws IOException, InterruptedException {
    engine.close();
    engine = open(root, images, network, runtimes);
    var _ = engine.subscribe(events::add);
  }

  /// What a restart of the machine does: no process, mount or file below the exec root is left.
  void loseExecRoot() throws IOException, InterruptedException {
    killMonitors();
    Cgroups.remove(CGROUP);
    for (Path mount : Mounts.below(root)) {
      Mounts.detach(mount);
    }
    OverlayMounts.deleteTree(root.resolve("exec"));
  }

  private static EngineOptions options(Path root) {
    return EngineOptions.of(root.resolve("data"), root.resolve("exec"), CGROUP);
  }

  private static void killMonitors() throws IOException {
    for (int pid : Monitors.running(ROOT.resolve("exec")).values()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static void makeBusybox(Path layer) throws IOException {
    Files.createDirectories(layer.resolve("bin"));
    Files.createDirectories(layer.resolve("etc"));
    Files.createDirectories(layer.resolve("tmp"));
    Path busybox =
        Programs.find("busybox").orElseThrow(() -> new IOException("install busybox-static"));
    Files.copy(busybox, layer.resolve("bin/busybox"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String applet : APPLETS) {
      Files.createSymbolicLink(layer.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Files.writeString(
        layer.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/tmp:/bin/sh\n");
    Files.writeString(layer.resolve("etc/group"), "root:x:0:\nuser:x:1001:\nextra:x:2000:user\n");
  }

  private static void clearAway() throws IOException, InterruptedException {
    for (int pid : Monitors.running(ROOT.resolve("exec")).values()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    Cgroups.remove(CGROUP);
    for (Path mount : Mounts.below(ROOT)) {
      Mounts.detach(mount);
    }
    OverlayMounts.deleteTree(ROOT);
  }

  public static ContainerConfigBuilder busybox(String... args) {
    return ContainerConfig.builder("busybox", List.of(args)).networkMode("none");
  }

  public String create(ContainerConfigBuilder config) throws EngineException, InterruptedException {
    return engine.create(Optional.empty(), Optional.empty(), config.build()).id();
  }

  public String run(ContainerConfigBuilder config) throws EngineException, InterruptedException {
    String id = create(config);
    engine.start(id);
    return id;
  }

  ExitStatus await(String id) throws Exception {
    return engine.waitFor(id).get(30, TimeUnit.SECONDS);
  }

  String log(String id) throws Exception {
    var text = new StringBuilder();
    try (var log = engine.logs(id, LogQuery.ALL)) {
      for (var entry = log.next(); entry.isPresent(); entry = log.next()) {
        text.append(new String(entry.get().bytes(), java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }

  /// How much a container's log takes on the disk, all its files together.
  long logBytes(String id) {
    Path home = root.resolve("data/containers").resolve(id);
    try (var files = Files.newDirectoryStream(home, "container.log*")) {
      long all = 0;
      for (Path file : files) {
        all += Files.size(file);
      }
      return all;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// A container as it is now, for conditions that are waited for.
  Container container(String id) {
    try {
      return engine.get(id);
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  /// As [#log], for conditions that are waited for.
  String printed(String id) {
    try {
      return log(id);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  List<String> actions(String id) {
    List<String> names = new ArrayList<>();
    for (ContainerEvent event : events) {
      if (event.container().id().equals(id)) {
        names.add(event.action().dockerName());
      }
    }
    return names;
  }

  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 30 s: " + what);
      }
      Thread.sleep(5);
    }
  }

  /// What is left of containers on this machine: mounts, files, cgroups, processes.
  public List<String> leftovers() throws IOException {
    List<String> found = new ArrayList<>();
    Mounts.below(root).forEach(mount -> found.add("mount " + mount));
    for (String directory :
        List.of("data/containers", "exec/c", "exec/x", "exec/netns", "exec/r")) {
      try (var entries = Files.list(root.resolve(directory))) {
        entries.filter(entry -> !isProbe(entry)).forEach(entry -> found.add("file " + entry));
      }
    }
    for (Path directory : Cgroups.directories(CGROUP)) {
      try (var entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          if (Files.isDirectory(entry) && !isProbe(entry)) {
            found.add("cgroup " + entry);
          }
        }
      }
    }
    Monitors.running(root.resolve("exec")).forEach((folder, pid) -> found.add("conmon " + folder));
    network.attached.forEach(id -> found.add("network " + id));
    return found;
  }

  // The engine tries its runtime out while it opens.
  private static boolean isProbe(Path path) {
    return path.getFileName().toString().startsWith("probe-");
  }

  public void close() throws IOException, InterruptedException {
    for (Container container : engine.list()) {
      try {
        engine.remove(container.id(), true);
      } catch (EngineException e) {
        throw new IOException(e);
      }
    }
    engine.close();
    clearAway();
  }
}
