package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.runtime.oci.Signals;

/// Brings records and reality together when the engine opens: the last daemon may have been killed
/// at any moment, or the machine switched off.
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int ID_DIGITS = 64;

  private final EngineContext context;
  private final Lifecycle lifecycle;
  private final Execs execs;
  private final ContainerVolumes volumes;

  Recovery(EngineContext context, Lifecycle lifecycle, Execs execs, ContainerVolumes volumes) {
    this.context = context;
    this.volumes = volumes;
    this.lifecycle = lifecycle;
    this.execs = execs;
  }

  void run() throws IOException, InterruptedException {
    Map<Path, Integer> monitors = Monitors.running(context.paths().exec());
    List<ManagedContainer> all = new ArrayList<>();
    for (Container container : context.store().load()) {
      try {
        context.registry().reserveKnown(container.name(), container.id());
      } catch (EngineException e) {
        throw new IOException("two container records have the name " + container.name(), e);
      }
      var managed = new ManagedContainer(container, context.store());
      context.registry().add(managed);
      all.add(managed);
      volumes.restore(container);
    }
    context.volumes().reconcile();
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (ManagedContainer managed : all) {
        running.add(tasks.submit(() -> reconcile(managed, monitors)));
      }
      running.add(tasks.submit(() -> reconcileExecs(monitors)));
      running.add(tasks.submit(() -> removeOrphans(monitors)));
      for (Future<?> task : running) {
        await(task);
      }
    }
  }

  private static void await(Future<?> task) throws IOException, InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new IOException("taking containers over failed", e.getCause());
    }
  }

  // Declared to return so that it can throw checked exceptions as a task.
  private Void reconcile(ManagedContainer managed, Map<Path, Integer> monitors)
      throws IOException, InterruptedException {
    managed.lock.lock();
    try {
      Container container = managed.view();
      if (container.state() == ContainerState.DEAD) {
        // Whether its volumes were to go is not known: only what nobody could want goes with it.
        lifecycle.removeLocked(managed, container.config().autoRemove());
      } else if (container.state().isLive()) {
        if (!adopt(managed, monitors)) {
          lifecycle.ended(managed);
        }
      } else {
        killMonitor(monitors.get(context.paths().bundle(container.id())));
        settle(managed);
      }
    } finally {
      managed.lock.unlock();
    }
    return null;
  }

  // Its runtime dies with it (PR_SET_PDEATHSIG), so that nothing is made behind our back.
  private void killMonitor(@Nullable Integer pid) throws IOException {
    Optional<Pidfd> monitor = pid == null ? Optional.empty() : Pidfd.open(pid);
    if (monitor.isPresent()) {
      monitor.get().signal(Signals.SIGKILL);
      monitor.get().ended(context.readiness()).join();
      monitor.get().reap();
      monitor.get().close(context.readiness());
    }
  }

  private boolean adopt(ManagedContainer managed, Map<Path, Integer> monitors) throws IOException {
    Path bundle = context.paths().bundle(managed.id());
    Integer pid = monitors.get(bundle);
    if (pid == null) {
      return false;
    }
    Optional<Pidfd> monitor = Pidfd.open(pid);
    Optional<Pidfd> init = Pidfd.open(managed.view().pid());
    if (monitor.isEmpty() || init.isEmpty()) {
      // It ends just now: the monitor, if there is one, is about to write the exit code.
      if (monitor.isPresent()) {
        monitor.get().ended(context.readiness()).join();
        monitor.get().reap();
        monitor.get().close(context.readiness());
      }
      init.ifPresent(Pidfd::close);
      return false;
    }
    LOG.info("container {} lives on, process {}", managed.id(), managed.view().pid());
    lifecycle.adopt(managed, monitor.get(), init.get());
    return true;
  }

  // Not live by its record: a start or a clean-up may have been cut short.
  private void settle(ManagedContainer managed) throws InterruptedException {
    Container container = managed.view();
    lifecycle.tearDown(managed);
    boolean ended = container.finishedAt() != null;
    boolean wasStarted = container.startedAt() != null;
    if (container.config().autoRemove() && ended) {
      lifecycle.removeLocked(managed, true);
    } else if (wasStarted
        && container
            .config()
            .restartPolicy()
            .startsWithDaemon(
                container.exitCode(), container.restartCount(), container.stoppedByUser())) {
      lifecycle.scheduleRestart(managed, Duration.ZERO);
    }
  }

  private Void reconcileExecs(Map<Path, Integer> monitors) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(context.paths().execs())) {
      for (Path folder : folders) {
        Integer pid = monitors.get(folder);
        Optional<Pidfd> monitor = pid == null ? Optional.empty() : Pidfd.open(pid);
        execs.adopt(folder.getFileName().toString(), monitor);
      }
    }
    return null;
  }

  // Bundles and namespaces whose container has no record any more.
  private Void removeOrphans(Map<Path, Integer> monitors) throws IOException, InterruptedException {
    for (Path directory :
        List.of(
            context.paths().bundles(),
            context.paths().namespaces(),
            context.paths().runtimeState())) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          String id = entry.getFileName().toString();
          if (id.length() == ID_DIGITS && !context.registry().hasId(id)) {
            LOG.warn("container {} has no record and is cleared away", id);
            killMonitor(monitors.get(context.paths().bundle(id)));
            lifecycle.clearAway(id);
          }
        }
      }
    }
    return null;
  }
}
