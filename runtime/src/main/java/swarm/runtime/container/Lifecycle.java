package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.logs.LogLimits;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.volume.VolumeException;

/// Starts containers, notices their ends, restarts them by their policy and removes them.
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
  private static final int UNKNOWN_EXIT = 255;

  private final EngineContext context;
  private final HealthMonitor health;
  private final LogShipping shipping;
  private final Launcher launcher;
  private final Teardown teardown;
  private final ContainerVolumes volumes;
  private volatile boolean hostGoesDown;

  Lifecycle(
      EngineContext context,
      ContainerFiles files,
      ContainerVolumes volumes,
      HealthMonitor health,
      LogShipping shipping) {
    this.context = context;
    this.volumes = volumes;
    this.health = health;
    this.shipping = shipping;
    this.launcher = new Launcher(context, files, volumes);
    this.teardown = new Teardown(context);
  }

  /// From now on nothing is started, by nobody and no policy.
  void hostGoesDown() {
    hostGoesDown = true;
  }

  /// Starts a container that is not live.
  ///
  /// @param content of its files, by their keys
  void start(ManagedContainer managed, Map<String, byte[]> content)
      throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      if (hostGoesDown) {
        throw EngineException.conflict("this machine is shutting down: no container is started");
      }
      Container container = managed.view();
      checkPresent(managed);
      if (container.state() == ContainerState.PAUSED) {
        throw EngineException.conflict("cannot start a paused container, try unpause instead");
      }
      if (container.state() == ContainerState.RUNNING) {
        return;
      }
      if (container.state() == ContainerState.DEAD) {
        throw EngineException.conflict("container is marked for removal and cannot be started");
      }
      ProvidedMounts.check(container, content);
      managed.cancelRestart();
      managed.restartDelay = Duration.ZERO;
      launch(managed, 0, content);
    } finally {
      managed.lock.unlock();
    }
  }

  private static void checkPresent(ManagedContainer managed) throws EngineException {
    if (managed.isRemoved) {
      throw EngineException.notFound(managed.id());
    }
  }

  private void launch(ManagedContainer managed, int restarts, Map<String, byte[]> content)
      throws EngineException, InterruptedException {
    EngineException failure;
    try {
      // What a start cut short by a killed daemon or a failed clean-up left.
      clear(managed.view());
      Launcher.Launched launched = launcher.launch(managed, content);
      managed.live = launched.live();
      managed.update(
          managed
              .view()
              .running(
                  context.clock().instant(),
                  launched.live().init().pid(),
                  restarts,
                  launched.netns()));
      context.reached(CrashPoint.START_RECORDED);
      context.publish(Action.START, managed.view());
      health.follow(managed);
      shipping.follow(managed);
      watch(managed, launched.live());
      return;
    } catch (RuntimeFailure e) {
      failure =
          new EngineException(
              EngineException.Kind.FAILED,
              "failed to create task for container: failed to create shim task: "
                  + "OCI runtime create failed: "
                  + e.getMessage()
                  + ": unknown",
              e.exitCode());
    } catch (VolumeException e) {
      failure = EngineException.of(e);
    } catch (NoSuchFileException e) {
      failure =
          EngineException.failed(
              "cannot start container " + managed.id() + ": no such file: " + e.getMessage(), e);
    } catch (IOException e) {
      failure =
          EngineException.failed(
              "cannot start container " + managed.id() + ": " + e.getMessage(), e);
    } catch (EngineException e) {
      failure = e;
    }
    startFailed(managed, failure);
    throw failure;
  }

  private void startFailed(ManagedContainer managed, EngineException failure)
      throws InterruptedException {
    if (managed.live != null) {
      managed.live.abandon(context.readiness());
      managed.live = null;
    }
    managed.waiting().forEach(AttachSession::abandon);
    managed.waiting().clear();
    tearDown(managed);
    int code = failure.exitCode() == 0 ? 128 : failure.exitCode();
    managed.keep(managed.view().startFailed(String.valueOf(failure.getMessage()), code));
    managed.announceExit(new ExitStatus(code, false, context.clock().instant()));
    if (managed.view().config().autoRemove()) {
      removeLocked(managed, true);
    }
  }

  /// Takes away what a start made, or one that was cut short left. The lock is held.
  void tearDown(ManagedContainer managed) throws InterruptedException {
    try {
      clear(managed.view());
    } catch (IOException e) {
      LOG.error(
          "not all of container {} could be cleaned up; its next start or removal tries again",
          managed.id(),
          e);
    }
  }

  private void clear(Container container) throws IOException, InterruptedException {
    teardown.run(container.id());
    volumes.detach(container);
  }

  /// Has the container's end noticed, whenever its monitor ends.
  void watch(ManagedContainer managed, ManagedContainer.Live live) {
    Thread.ofVirtual()
        .name("container-" + managed.view().shortId())
        .start(
            () -> {
              try {
                live.monitor().ended(context.readiness()).join();
                ended(managed, live);
              } catch (java.util.concurrent.CancellationException e) {
                // The engine closes; the container lives on.
                return;
              } catch (CompletionException | IOException e) {
                LOG.error("container {} is not watched any more", managed.id(), e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void ended(ManagedContainer managed, ManagedContainer.Live live)
      throws IOException, InterruptedException {
    managed.lock.lock();
    try {
      if (!live.equals(managed.live)) {
        return;
      }
      live.monitor().reap();
      live.close(context.readiness());
      managed.live = null;
      ended(managed);
    } finally {
      managed.lock.unlock();
    }
  }

  /// Records the end of a container whose monitor is gone, cleans up, and does what its policy
  /// says. The lock is held.
  void ended(ManagedContainer managed) throws IOException, InterruptedException {
    managed.stopProbes();
    Container before = managed.view();
    ExitStatus status = status(context.paths().bundle(before.id()));
    boolean again =
        !managed.restarting
            && !hostGoesDown
            && before
                .config()
                .restartPolicy()
                .restarts(status.code(), before.restartCount(), before.stoppedByUser());
    managed.keep(
        before.ended(
            status,
            again ? ContainerState.RESTARTING : ContainerState.EXITED,
            managed.endsWithHost));
    context.reached(CrashPoint.END_RECORDED);
    if (status.oomKilled()) {
      context.publish(Action.OOM, managed.view());
    }
    context.publish(
        Action.DIE, managed.view(), Map.of("exitCode", Integer.toString(status.code())));
    managed.announceExit(status);
    if (!before.stoppedByUser() && !hostGoesDown) {
      context.network().ended(before.id(), before.config());
    }
    tearDown(managed);
    cutLog(managed);
    if (again) {
      managed.restartDelay = RestartDelay.after(managed.restartDelay, run(before, status.at()));
      scheduleRestart(managed, managed.restartDelay);
    } else if (before.config().autoRemove() && !managed.restarting) {
      removeLocked(managed, true);
    }
  }

  /// What a short run wrote before anybody looked at how much it was.
  private void cutLog(ManagedContainer managed) {
    LogLimits limits = managed.view().config().logging().limits();
    try {
      context.paths().logFiles(managed.id()).cut(limits);
    } catch (IOException e) {
      LOG.error("the log of container {} could not be cut to its limit", managed.id(), e);
    }
  }

  private ExitStatus status(Path bundle) throws IOException {
    Path exit = bundle.resolve(Conmon.EXIT_FILE);
    Optional<Integer> code = Conmon.exitCode(bundle);
    Instant at =
        code.isPresent() ? Files.getLastModifiedTime(exit).toInstant() : context.clock().instant();
    // A file's time comes from a coarser clock, which may lag behind the start.
    return new ExitStatus(
        code.orElse(UNKNOWN_EXIT), Files.exists(bundle.resolve(Conmon.OOM_FILE)), at);
  }

  private static Duration run(Container container, Instant end) {
    return Duration.between(Optional.ofNullable(container.startedAt()).orElse(end), end);
  }

  /// Starts the container after a while unless somebody interferes. The lock is held.
  void scheduleRestart(ManagedContainer managed, Duration delay) {
    managed.restarter =
        Thread.ofVirtual()
            .name("restart-" + managed.view().shortId())
            .start(
                () -> {
                  try {
                    Thread.sleep(delay);
                    restartByPolicy(managed);
                  } catch (InterruptedException e) {
                    // Cancelled.
                    return;
                  } catch (EngineException e) {
                    LOG.warn(
                        "container {} could not be restarted: {}", managed.id(), e.getMessage());
                  }
                });
  }

  private void restartByPolicy(ManagedContainer managed)
      throws InterruptedException, EngineException {
    managed.lock.lockInterruptibly();
    try {
      boolean mine = Thread.currentThread().equals(managed.restarter);
      if (!mine || hostGoesDown || managed.isRemoved || managed.view().state().isLive()) {
        return;
      }
      managed.restarter = null;
      ProvidedMounts.check(managed.view(), Map.of());
      launch(managed, managed.view().restartCount() + 1, Map.of());
    } finally {
      managed.lock.unlock();
    }
  }

  /// Removes a container that is not live. The lock is held.
  ///
  /// @param removeVolumes whether its anonymous volumes go, too
  /// @return what failed, if anything; the container is DEAD then
  Optional<IOException> removeLocked(ManagedContainer managed, boolean removeVolumes)
      throws InterruptedException {
    if (managed.isRemoved) {
      return Optional.empty();
    }
    managed.cancelRestart();
    Container container = managed.view();
    try {
      // After a crash here, the record says that the removal is to be finished.
      managed.keep(container.withState(ContainerState.DEAD));
      context.reached(CrashPoint.REMOVAL_RECORDED);
      clear(container);
      volumes.release(container, removeVolumes);
      context.reached(CrashPoint.VOLUMES_RELEASED);
      context.images().release(container.id());
      context.store().delete(container.id());
    } catch (IOException e) {
      LOG.error("container {} could not be removed completely", container.id(), e);
      return Optional.of(e);
    }
    managed.isRemoved = true;
    context.registry().remove(managed);
    context.registry().release(container.name(), container.id());
    managed.waiting().forEach(AttachSession::abandon);
    managed.wakeReaders();
    context.publish(Action.DESTROY, container);
    managed.removed().complete(managed.lastStatus());
    return Optional.empty();
  }

  /// Takes away what a container without a record left.
  void clearAway(String id) throws IOException, InterruptedException {
    teardown.run(id);
  }

  /// Takes a container that outlived the last daemon over again.
  void adopt(ManagedContainer managed, Pidfd monitor, Pidfd init) {
    managed.live = new ManagedContainer.Live(monitor, init);
    health.follow(managed);
    shipping.follow(managed);
    watch(managed, managed.live);
  }
}
