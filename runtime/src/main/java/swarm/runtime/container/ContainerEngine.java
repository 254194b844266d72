package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.volume.VolumeStore;

/// The containers of one node. They outlive the engine: closing it, or killing the daemon, leaves
/// them running, and the next engine on the same directories takes them over with their processes,
/// logs and exit codes.
///
/// Thread-safe. Calls block; use virtual threads. A `reference` is a container's id, its name or a
/// prefix of its id that only one has.
public final class ContainerEngine implements AutoCloseable {
  /// The longest that [#endWithHost] takes.
  public static final Duration HOST_SHUTDOWN_LIMIT = HostShutdown.LIMIT;

  private final EngineContext context;
  private final Creation creation;
  private final Lifecycle lifecycle;
  private final Signalling signalling;
  private final Removal removal;
  private final Renaming renaming;
  private final Streams streams;
  private final Execs execs;
  private final HealthMonitor health;
  private final LogShipping shipping;
  private final Maintenance maintenance;
  private final Networking networking;
  private final Usage usage;
  private final ContainerVolumes volumes;
  private final ContainerFiles files;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ContainerEngine(EngineContext context) {
    this.context = context;
    this.volumes = new ContainerVolumes(context);
    this.files = new ContainerFiles(context, volumes);
    this.execs = new Execs(context);
    this.health = new HealthMonitor(context, execs);
    this.shipping = new LogShipping(context);
    this.lifecycle = new Lifecycle(context, files, volumes, health, shipping);
    this.signalling = new Signalling(context, lifecycle, health);
    this.creation = new Creation(context, files, volumes);
    this.removal = new Removal(lifecycle, signalling);
    this.renaming = new Renaming(context);
    this.streams = new Streams(context);
    this.maintenance = new Maintenance(context);
    this.networking = new Networking(context);
    this.usage = new Usage(context);
  }

  /// Opens the engine on its directories, takes over the containers that are there and starts those
  /// whose restart policy says so. One engine at a time may work on a pair of directories.
  ///
  /// What happened while no engine was open shows in the containers' records ([#list]): no events
  /// are given for it.
  ///
  /// An engine opens even where no OCI runtime works; starts then fail and say why.
  public static ContainerEngine open(
      EngineOptions options, RootfsProvider images, NetworkPort network, Clock clock)
      throws IOException, InterruptedException {
    EngineContext context = EngineSetup.prepare(options, images, network, clock);
    try {
      var engine = new ContainerEngine(context);
      new Recovery(context, engine.lifecycle, engine.execs, engine.volumes).run();
      engine.maintenance.start();
      return engine;
    } catch (IOException | InterruptedException | RuntimeException e) {
      context.readiness().close();
      throw e;
    }
  }

  /// Makes a container, which does not run yet.
  ///
  /// @param id 64 hexadecimal digits, or nothing for random ones
  /// @param name unique; nothing for one made up
  /// @throws EngineException CONFLICT for a name in use, INVALID for a bad one
  public Container create(Optional<String> id, Optional<String> name, ContainerConfig config)
      throws EngineException, InterruptedException {
    return creation.create(id, name, config);
  }

  /// Starts a container; does nothing for one that runs.
  ///
  /// @throws EngineException FAILED with an exit code where the command cannot be run; CONFLICT for
  ///   one with files that must be given
  public void start(String reference) throws EngineException, InterruptedException {
    start(reference, Map.of());
  }

  /// As [#start(String)], with the content of the container's [ContainerConfig#files], which is in
  /// memory alone for as long as the container runs.
  ///
  /// @param content by the files' keys
  public void start(String reference, Map<String, byte[]> content)
      throws EngineException, InterruptedException {
    lifecycle.start(find(reference), content);
  }

  /// Sends the stop signal, waits, kills; returns when the container has ended and is cleaned up.
  ///
  /// @param grace how long to wait; nothing for the container's own time, negative for ever
  /// @return whether it was running
  public boolean stop(String reference, Optional<Duration> grace)
      throws EngineException, InterruptedException {
    return signalling.stop(find(reference), grace, Optional.empty());
  }

  /// As [#stop], with another signal than the container's own.
  public boolean stop(String reference, Optional<Duration> grace, Optional<String> signal)
      throws EngineException, InterruptedException {
    return signalling.stop(find(reference), grace, signal);
  }

  /// Sends a signal to the first process (`SIGHUP`, `hup`, `1`; the empty string is SIGKILL).
  /// Returns after the container's end if the signal is SIGKILL.
  public void kill(String reference, String signal) throws EngineException, InterruptedException {
    var _ = Signalling.parse(signal.isEmpty() ? "KILL" : signal);
    try {
      signalling.kill(find(reference), signal);
    } catch (EngineException e) {
      throw new EngineException(
          e.kind(), "cannot kill container: " + reference + ": " + e.getMessage());
    }
  }

  /// Freezes all processes.
  public void pause(String reference) throws EngineException, InterruptedException {
    signalling.pause(find(reference));
  }

  /// Lets frozen processes go on.
  public void unpause(String reference) throws EngineException, InterruptedException {
    signalling.unpause(find(reference));
  }

  /// Stops, if it runs, and starts.
  public void restart(String reference, Optional<Duration> grace)
      throws EngineException, InterruptedException {
    signalling.restart(find(reference), grace);
  }

  /// Gives another name.
  public void rename(String reference, String newName)
      throws EngineException, InterruptedException {
    if (reference.isEmpty() || newName.isEmpty()) {
      throw EngineException.invalid("Neither old nor new names may be empty");
    }
    renaming.rename(find(reference), newName);
  }

  /// Removes a container with everything it had; its log and writable layer are gone.
  ///
  /// @param force kill it first if it runs
  /// @param removeVolumes whether volumes that were made for it without a name go, too
  /// @return the container as it was last
  public Container remove(String reference, boolean force, boolean removeVolumes)
      throws EngineException, InterruptedException {
    ManagedContainer managed = find(reference);
    removal.remove(managed, force, removeVolumes);
    return managed.view();
  }

  /// Removes a container; its volumes are to stay.
  public Container remove(String reference, boolean force)
      throws EngineException, InterruptedException {
    return remove(reference, force, false);
  }

  /// The end of a container; see [WaitCondition].
  public CompletableFuture<ExitStatus> waitFor(String reference, WaitCondition condition)
      throws EngineException {
    return find(reference).end(condition);
  }

  /// The next end of a container that runs; at once the last one of a container that does not.
  public CompletableFuture<ExitStatus> waitFor(String reference) throws EngineException {
    return waitFor(reference, WaitCondition.NOT_RUNNING);
  }

  /// A container as it is now.
  public Container get(String reference) throws EngineException {
    return find(reference).view();
  }

  /// All containers, the newest first.
  public List<Container> list() {
    return context.registry().all().stream()
        .map(ManagedContainer::view)
        .sorted(Comparator.comparing(Container::createdAt).reversed())
        .toList();
  }

  /// A container's log. Following ends when the container does.
  public LogStream logs(String reference, LogQuery query) throws EngineException {
    return streams.log(find(reference), query);
  }

  /// Attaches to a container's streams; to one that is not running, for its next start, so that no
  /// output is missed.
  public AttachSession attach(String reference, AttachSession.Streams wanted)
      throws EngineException, InterruptedException {
    return streams.attach(find(reference), reference, wanted);
  }

  /// Tells the events that a client left a container's streams by its detach keys.
  public void detached(String reference) throws EngineException {
    context.publish(Action.DETACH, get(reference));
  }

  /// Runs one more process in a running container.
  ///
  /// @throws EngineException FAILED with an exit code where the command cannot be run
  public ExecSession exec(String reference, ExecConfig config)
      throws EngineException, InterruptedException {
    String id = execs.create(reference, config).id();
    return execs.start(id, true, Optional.empty());
  }

  /// The processes that users run in containers beside the first.
  public Execs execs() {
    return execs;
  }

  /// Sets the size of a container's terminal.
  public void resize(String reference, int rows, int columns) throws EngineException {
    streams.resize(find(reference), rows, columns);
  }

  /// The processes of a running container, as the host's `ps` shows them.
  ///
  /// @param options of `ps`, parted by blanks; `-ef` if empty
  public ProcessTable top(String reference, String options)
      throws EngineException, InterruptedException {
    return usage.top(find(reference), options);
  }

  /// What a running container uses now.
  public ContainerStats stats(String reference) throws EngineException {
    return usage.stats(find(reference));
  }

  /// What a container uses, about once a second until closed.
  public StatsWatch watchStats(String reference) throws EngineException {
    return usage.watch(find(reference));
  }

  /// Bytes of all that a container has written to its own files.
  public long writtenBytes(String reference) throws EngineException {
    return usage.writtenBytes(get(reference));
  }

  /// Changes limits and restart policy, also of a running container (but not its `ulimits` and
  /// devices, which apply from the next start).
  public <X extends Exception> void update(String reference, ConfigChange<X> change)
      throws EngineException, InterruptedException, X {
    maintenance.update(find(reference), change);
  }

  /// Changes the networks of a container, running or not, while nobody starts or stops it.
  public <X extends Exception> void changeNetworks(String reference, NetworkChange<X> change)
      throws EngineException, InterruptedException, X {
    networking.change(find(reference), change);
  }

  /// Runs `function` on the root file system of a container. One that does not run cannot be
  /// started meanwhile.
  public <T> T withRootfs(String reference, RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    return files.withRootfs(find(reference), function);
  }

  /// As [#withRootfs], with the container's binds and volumes in their places.
  public <T> T withMounts(String reference, RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    return files.withMounts(find(reference), function);
  }

  /// As [#withRootfs], on what the container has written.
  public <T> T withLayer(String reference, LayerFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    return files.withLayer(find(reference), function);
  }

  /// The user that a container runs as, as its own files know it.
  public ResolvedUser user(Container container, Path root) throws IOException, EngineException {
    return Launcher.resolveUser(root, container.config().process().user(), List.of());
  }

  /// Tells subscribers that somebody did something with a container's files.
  public void tell(ContainerEvent.Action action, Container container, Map<String, String> details) {
    context.publish(action, container, details);
  }

  /// The volumes of this node.
  public VolumeStore volumes() {
    return context.volumes();
  }

  /// The directory that holds what a container has written, in overlayfs form (whiteouts); for
  /// sizes and differences. It may not exist before the first start.
  public Path writableLayer(String reference) throws EngineException {
    return context.paths().layer(get(reference)).upper();
  }

  /// Where a container's layers are.
  ///
  /// @param image those of its image, the highest first
  public LayerPaths layerPaths(String reference, List<Path> image) throws EngineException {
    return context.paths().layers(get(reference), image);
  }

  /// Gets all later events, in order, on a thread of its own. A subscriber 16,384 events behind is
  /// dropped.
  public Subscription subscribe(Consumer<ContainerEvent> consumer) {
    return context.events().subscribeToContainers(consumer);
  }

  /// As [#subscribe], with what happens to volumes.
  public Subscription subscribeToAll(Consumer<EngineEvent> consumer) {
    return context.events().subscribe(consumer);
  }

  /// The programs of this host that containers are run with.
  public HostPrograms programs() {
    return context.programs();
  }

  /// The AppArmor profile that a container is confined by; empty where this host has no AppArmor.
  public String apparmorProfile(ContainerConfig config) {
    return context.specs().apparmorProfile(config);
  }

  /// Whether this host has AppArmor.
  public boolean hasAppArmor() {
    return context.apparmor().enabled();
  }

  private ManagedContainer find(String reference) throws EngineException {
    return context.registry().find(reference);
  }

  /// Stops every container, as the host goes down: all at once, each by its own signal and within
  /// its own time, but none for longer than a minute. It is no stop by a user: policies hold when
  /// the next engine opens. Nothing is started any more; what is left to do is to close this
  /// engine.
  ///
  /// Returns within [#HOST_SHUTDOWN_LIMIT], also where a container does not end.
  public void endWithHost() throws InterruptedException {
    new HostShutdown(context, lifecycle, signalling, shipping).run();
  }

  /// Lets go of everything; containers run on.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      context.events().close();
      maintenance.close();
      health.close();
      shipping.close();
      usage.close();
      // It works in the scratch directory, which the next engine empties.
      var _ = context.probe().get();
      context.registry().all().forEach(managed -> managed.letGo(context.readiness()));
      context.inotify().close();
      context.readiness().close();
    }
  }
}
