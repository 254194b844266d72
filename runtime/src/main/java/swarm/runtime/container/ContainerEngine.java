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
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogReader;
import swarm.runtime.logs.LogStream;
import swarm.runtime.oci.Commands;
import swarm.runtime.oci.ConsoleSize;
import swarm.runtime.oci.HostFacts;
import swarm.runtime.oci.OciRuntime;
import swarm.runtime.oci.Programs;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.oci.RuntimeProbe;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.volume.VolumeException;
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

  private static final int NAME_ATTEMPTS = 64;

  private final EngineContext context;
  private final Lifecycle lifecycle;
  private final Signalling signalling;
  private final Execs execs;
  private final HealthMonitor health;
  private final LogShipping shipping;
  private final Maintenance maintenance;
  private final Networking networking;
  private final Usage usage;
  private final ContainerVolumes volumes;
  private final ContainerFiles files;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Ends a subscription when closed.
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  private ContainerEngine(EngineContext context) {
    this.context = context;
    this.volumes = new ContainerVolumes(context);
    this.files = new ContainerFiles(context, volumes);
    this.execs = new Execs(context);
    this.health = new HealthMonitor(context, execs);
    this.shipping = new LogShipping(context);
    this.lifecycle = new Lifecycle(context, files, volumes, health, shipping);
    this.signalling = new Signalling(context, lifecycle, health);
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
    if (options.dataRoot().toString().contains(":")) {
      throw new IllegalArgumentException(
          "the data directory must not have a colon in its path: " + options.dataRoot());
    }
    var paths =
        new ContainerPaths(
            options.dataRoot().toAbsolutePath(), options.execRoot().toAbsolutePath());
    paths.make();
    OverlayMounts.deleteContent(paths.scratch());
    OverlayMounts.deleteContent(paths.logScratch());
    BaseLayer.make(paths.base());
    Readiness readiness = Readiness.open();
    try {
      var engine = new ContainerEngine(context(options, paths, images, network, clock, readiness));
      new Recovery(engine.context, engine.lifecycle, engine.execs, engine.volumes).run();
      engine.maintenance.start();
      return engine;
    } catch (IOException | InterruptedException | RuntimeException e) {
      readiness.close();
      throw e;
    }
  }

  private static EngineContext context(
      EngineOptions options,
      ContainerPaths paths,
      RootfsProvider images,
      NetworkPort network,
      Clock clock,
      Readiness readiness)
      throws IOException {
    HostFacts host = HostFacts.read();
    var commands = new Commands(readiness, paths.scratch());
    Supplier<RuntimeProbe.Outcome> probe = probe(options, paths, host, commands);
    var programs =
        new HostPrograms(
            () -> probe.get().runtime().map(OciRuntime::program), options.inits(), commands);
    var store = new ContainerStore(paths, options.crashPoints());
    var events = new EventBus();
    var volumes =
        VolumeStore.open(
            paths.volumes(), clock, event -> events.publish(new EngineEvent.OfVolume(event)));
    return new EngineContext(
        options,
        paths,
        store,
        new Registry(),
        events,
        images,
        volumes,
        network,
        clock,
        readiness,
        Inotify.open(readiness),
        probe,
        programs,
        commands,
        Programs.find(options.conmon()),
        new SpecAssembly(paths, host, options.cgroupParent(), programs),
        host);
  }

  // Runs beside the taking over; whoever needs the runtime first waits for it.
  private static Supplier<RuntimeProbe.Outcome> probe(
      EngineOptions options, ContainerPaths paths, HostFacts host, Commands commands) {
    var probe =
        new RuntimeProbe(
            commands, paths.scratch(), paths.runtimeState(), options.cgroupParent(), host);
    var task = new FutureTask<>(() -> probe.find(options.runtimes()));
    Thread.ofVirtual().name("runtime-probe").start(task);
    return () -> {
      try {
        return task.get();
      } catch (java.util.concurrent.ExecutionException e) {
        return new RuntimeProbe.Outcome(Optional.empty(), List.of(String.valueOf(e.getCause())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RuntimeProbe.Outcome(Optional.empty(), List.of("interrupted"));
      }
    };
  }

  /// Makes a container, which does not run yet.
  ///
  /// @param id 64 hexadecimal digits, or nothing for random ones
  /// @param name unique; nothing for one made up
  /// @throws EngineException CONFLICT for a name in use, INVALID for a bad one
  public Container create(Optional<String> id, Optional<String> name, ContainerConfig config)
      throws EngineException, InterruptedException {
    String containerId = id.orElseGet(Names::id);
    if (!containerId.matches("[0-9a-f]{64}")) {
      throw EngineException.invalid("a container id has 64 hexadecimal digits: " + containerId);
    }
    if (context.registry().hasId(containerId)) {
      throw EngineException.conflict("container " + containerId + " exists already");
    }
    if (config.autoRemove() && config.restartPolicy().kind() != RestartPolicy.Kind.NO) {
      throw EngineException.invalid("can't create 'AutoRemove' container with restart policy");
    }
    var _ = Signalling.parse(config.stopSignal()); // else it could only be killed
    if (!config.host().runtime().isEmpty()) {
      var _ = context.runtime(config.host().runtime());
    }
    for (ContainerMount mount : config.mounts()) {
      if (mount instanceof ContainerMount.Bind bind) {
        SpecAssembly.checkSource(bind);
      }
    }
    String containerName = reserve(containerId, name);
    try {
      return make(containerId, containerName, config);
    } catch (java.nio.file.NoSuchFileException e) {
      context.registry().release(containerName, containerId);
      throw new EngineException(
          EngineException.Kind.NOT_FOUND, "No such image: " + config.imageId());
    } catch (VolumeException e) {
      context.registry().release(containerName, containerId);
      throw EngineException.of(e);
    } catch (IOException e) {
      context.registry().release(containerName, containerId);
      throw EngineException.failed("cannot create container: " + e.getMessage(), e);
    } catch (EngineException | InterruptedException | RuntimeException e) {
      context.registry().release(containerName, containerId);
      throw e;
    }
  }

  private Container make(String id, String name, ContainerConfig config)
      throws IOException, EngineException, InterruptedException {
    context.images().prepare(id, config.imageId());
    ContainerVolumes.Claimed claimed = volumes.claim(id, config);
    context.reached(CrashPoint.VOLUMES_CLAIMED);
    try {
      Container container =
          Container.created(
              id,
              name,
              claimed.config(),
              context.clock().instant(),
              context.paths().log(id).toString());
      files.seed(container);
      context.reached(CrashPoint.VOLUMES_SEEDED);
      context.store().create(container);
      context.reached(CrashPoint.CONTAINER_RECORDED);
      volumes.settle(claimed);
      context.registry().add(new ManagedContainer(container, context.store()));
      context.publish(Action.CREATE, container);
      return container;
    } catch (IOException | EngineException | InterruptedException | RuntimeException e) {
      volumes.abandon(id, claimed, e);
      discard(id, e);
      throw e;
    }
  }

  private void discard(String id, Exception cause) {
    try {
      context.store().delete(id);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private String reserve(String id, Optional<String> name) throws EngineException {
    if (name.isPresent()) {
      context.registry().reserve(name.get(), id);
      return name.get();
    }
    for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      String candidate = Names.name(attempt);
      if (!context.registry().hasName(candidate)) {
        context.registry().reserve(candidate, id);
        return candidate;
      }
    }
    context.registry().reserve(id, id);
    return id;
  }

  /// Starts a container; does nothing for one that runs.
  ///
  /// @throws EngineException FAILED with an exit code where the command cannot be run
  public void start(String reference) throws EngineException, InterruptedException {
    lifecycle.start(find(reference));
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
    ManagedContainer managed = find(reference);
    String name = newName.startsWith("/") ? newName.substring(1) : newName;
    managed.lock.lockInterruptibly();
    try {
      String oldName = managed.view().name();
      if (name.equals(oldName)) {
        throw EngineException.invalid(
            "Renaming a container with the same name as its current name");
      }
      reserveAnother(name, managed.id());
      try {
        managed.update(managed.view().withName(name));
      } catch (IOException e) {
        context.registry().release(name, managed.id());
        throw EngineException.failed("cannot rename container", e);
      }
      context.registry().release(oldName, managed.id());
      context.publish(Action.RENAME, managed.view(), Map.of("oldName", "/" + oldName));
    } finally {
      managed.lock.unlock();
    }
  }

  private void reserveAnother(String name, String id) throws EngineException {
    try {
      context.registry().reserve(name, id);
    } catch (EngineException e) {
      throw new EngineException(e.kind(), "Error when allocating new name: " + e.getMessage());
    }
  }

  /// Removes a container with everything it had; its log and writable layer are gone.
  ///
  /// @param force kill it first if it runs
  /// @param removeVolumes whether volumes that were made for it without a name go, too
  /// @return the container as it was last
  public Container remove(String reference, boolean force, boolean removeVolumes)
      throws EngineException, InterruptedException {
    ManagedContainer managed = find(reference);
    signalling.remove(managed, force, removeVolumes);
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
    ManagedContainer managed = find(reference);
    return switch (condition) {
      case NEXT_EXIT -> managed.nextExit().copy();
      case REMOVED -> managed.removed().copy();
      case NOT_RUNNING -> {
        CompletableFuture<ExitStatus> next = managed.nextExit();
        ContainerState state = managed.view().state();
        boolean waits = state.isLive() || state == ContainerState.RESTARTING;
        yield waits ? next.copy() : CompletableFuture.completedFuture(managed.lastStatus());
      }
    };
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
    ManagedContainer managed = find(reference);
    if (!managed.view().config().logging().readable()) {
      throw new EngineException(
          EngineException.Kind.UNSUPPORTED, "configured logging driver does not support reading");
    }
    try {
      LogReader reader =
          LogReader.open(
              context.paths().logFiles(managed.id()),
              query,
              context.inotify(),
              () -> !managed.isRemoved && managed.mayWrite());
      managed.addReader(reader);
      return reader;
    } catch (IOException e) {
      throw EngineException.failed("cannot read the log of " + managed.id(), e);
    }
  }

  /// Attaches to a container's streams; to one that is not running, for its next start, so that no
  /// output is missed.
  public AttachSession attach(String reference, AttachSession.Streams streams)
      throws EngineException, InterruptedException {
    ManagedContainer managed = find(reference);
    managed.lock.lockInterruptibly();
    try {
      Container container = managed.view();
      if (container.state() == ContainerState.PAUSED) {
        throw EngineException.conflict(
            "container " + reference + " is paused, unpause the container before attach");
      }
      if (container.state() == ContainerState.RESTARTING) {
        throw EngineException.conflict(
            "container " + reference + " is restarting, wait until the container is running");
      }
      ContainerConfig config = container.config();
      var session =
          new AttachSession(
              new AttachSession.Streams(
                  streams.stdin() && config.openStdin(), streams.stdout(), streams.stderr()),
              context.paths().bundle(container.id()),
              config.openStdin() && !Launcher.keepsStdin(config));
      if (container.state() == ContainerState.RUNNING) {
        session.connect(context.readiness());
      } else {
        managed.waiting().removeIf(AttachSession::isClosed);
        managed.waiting().add(session);
      }
      context.publish(Action.ATTACH, container);
      return session;
    } catch (IOException e) {
      throw EngineException.failed("cannot attach to container " + managed.id(), e);
    } finally {
      managed.lock.unlock();
    }
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
    String id = execs.create(find(reference), config).id();
    return execs.start(id, true, Optional.empty());
  }

  /// Notes down one more process for a running container; [#startExec] runs it. Kept until minutes
  /// after its end.
  public ExecInfo createExec(String reference, ExecConfig config) throws EngineException {
    return execs.create(find(reference), config);
  }

  /// Starts an exec; once.
  ///
  /// @param execId the whole id
  /// @param attached whether the streams that it was made with are wanted
  /// @param size of its terminal when it begins
  /// @throws EngineException FAILED with an exit code where the command cannot be run; CONFLICT
  ///   where it was started before
  public ExecSession startExec(String execId, boolean attached, Optional<ConsoleSize> size)
      throws EngineException, InterruptedException {
    return execs.start(execId, attached, size);
  }

  /// How an exec stands.
  public ExecInfo execInfo(String execId) throws EngineException {
    return execs.info(execId);
  }

  /// As [#execInfo], but fails with CONFLICT where its container cannot run it now.
  public ExecInfo requireExec(String execId) throws EngineException {
    return execs.require(execId);
  }

  /// The execs of a container that have not ended.
  public List<String> execsOf(String reference) throws EngineException {
    return execs.of(find(reference).id());
  }

  /// Tells the events that a client left an exec's streams by its detach keys.
  public void execDetached(String execId) throws EngineException {
    Container container = get(execs.info(execId).containerId());
    context.publish(Action.EXEC_DETACH, container, Map.of("execID", execId));
  }

  /// Sets the size of an exec's terminal.
  public void resizeExec(String execId, int rows, int columns) throws EngineException {
    String id = execs.require(execId).id();
    try {
      if (!AttachSession.resize(context.paths().execFolder(id), rows, columns)) {
        throw EngineException.conflict("exec " + id + " is not running");
      }
    } catch (IOException e) {
      throw EngineException.failed("cannot resize the terminal of exec " + id, e);
    }
  }

  /// Sets the size of a container's terminal.
  public void resize(String reference, int rows, int columns) throws EngineException {
    ManagedContainer managed = find(reference);
    try {
      if (!AttachSession.resize(context.paths().bundle(managed.id()), rows, columns)) {
        throw EngineException.conflict("container " + managed.id() + " is not running");
      }
    } catch (IOException e) {
      throw EngineException.failed("cannot resize the terminal of " + managed.id(), e);
    }
    context.publish(
        Action.RESIZE,
        managed.view(),
        Map.of("height", Integer.toString(rows), "width", Integer.toString(columns)));
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

  /// What is to become of a container's configuration; `X` where it must not.
  @FunctionalInterface
  public interface ConfigChange<X extends Exception> {
    /// `now` stays as it is during the call. Of the result, only limits, restart policy and
    /// attributes count.
    ContainerConfig apply(Container now) throws X;
  }

  /// Changes limits and restart policy, also of a running container (but not its `ulimits` and
  /// devices, which apply from the next start).
  public <X extends Exception> void update(String reference, ConfigChange<X> change)
      throws EngineException, InterruptedException, X {
    maintenance.update(find(reference), change);
  }

  /// A change of a container's networks; `X` where it must not be.
  @FunctionalInterface
  public interface NetworkChange<X extends Exception> {
    /// What is to be noted.
    ///
    /// @param attributes the container's from now on
    /// @param goneHosts lines that a running container's `/etc/hosts` loses
    /// @param addedHosts lines that it gains
    /// @param resolvConf its `/etc/resolv.conf`; empty where it stays
    record Result(
        Map<String, String> attributes,
        List<String> goneHosts,
        List<String> addedHosts,
        String resolvConf) {}

    /// `now` stays as it is during the call.
    Result apply(Container now) throws X, IOException, InterruptedException;
  }

  /// Changes the networks of a container, running or not, while nobody starts or stops it.
  public <X extends Exception> void changeNetworks(String reference, NetworkChange<X> change)
      throws EngineException, InterruptedException, X {
    networking.change(find(reference), change);
  }

  /// Something to do with the files of a container.
  @FunctionalInterface
  public interface RootfsFunction<T> {
    /// `root` is the container's root directory on the host, valid during the call. Links in it may
    /// point anywhere: resolve paths with [swarm.linux.RootedFiles].
    T apply(Path root) throws IOException, InterruptedException, EngineException;
  }

  /// Something to do with what a container has written.
  @FunctionalInterface
  public interface LayerFunction<T> {
    /// All valid during the call; as for [RootfsFunction], links may point anywhere.
    ///
    /// @param upper what it has written, in overlayfs form
    /// @param lower the root without that
    /// @param merged the root with it
    T apply(Path upper, Path lower, Path merged)
        throws IOException, InterruptedException, EngineException;
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
    return Launcher.resolveUser(root, container.config().user(), List.of());
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

  /// Gets all later events, in order, on a thread of its own. A subscriber 16,384 events behind is
  /// dropped.
  public Subscription subscribe(Consumer<ContainerEvent> consumer) {
    return context
        .events()
        .subscribe(
            event -> {
              if (event instanceof ContainerEvent e) {
                consumer.accept(e);
              }
            });
  }

  /// As [#subscribe], with what happens to volumes.
  public Subscription subscribeToAll(Consumer<EngineEvent> consumer) {
    return context.events().subscribe(consumer);
  }

  /// The programs of this host that containers are run with.
  public HostPrograms programs() {
    return context.programs();
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
