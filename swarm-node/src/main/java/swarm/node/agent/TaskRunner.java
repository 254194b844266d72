package swarm.node.agent;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.ExitStatus;
import swarm.runtime.container.WaitCondition;
import swarm.runtime.health.Health;
import swarm.runtime.image.Image;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// Takes one task through its life, a step at a time, on a virtual thread of its own: prepare,
/// start, watch, stop, remove. Each step says what the task's next state is.
final class TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
  private static final long RETRY_MILLIS = 500;

  private final ContainerEngine engine;
  private final ImageSource images;
  private final Clock clock;
  private final BiConsumer<String, Task.Status> report;
  private final Task task;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private TaskState desired;
  private boolean forgotten;
  private boolean stopped;
  private TaskState state;
  private volatile String lastWords = "";
  private @Nullable CompletableFuture<ExitStatus> exit;

  /// @param report takes every new status of the task
  TaskRunner(
      ContainerEngine engine,
      ImageSource images,
      Clock clock,
      BiConsumer<String, Task.Status> report,
      Task task) {
    this.engine = engine;
    this.images = images;
    this.clock = clock;
    this.report = report;
    this.task = task;
    this.desired = task.desired();
    this.state = task.status().state();
    Thread.ofVirtual().name("task-" + task.id()).start(this::run);
  }

  /// The managers want something else of the task.
  void desire(TaskState next) {
    lock.lock();
    try {
      desired = next.compareTo(desired) > 0 ? next : desired;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// No manager was reached for longer than the service allows: the task ends, as if it were told
  /// to.
  void cutOff(String why) {
    lock.lock();
    try {
      if (desired.compareTo(TaskState.SHUTDOWN) < 0) {
        LOG.warn("task {} is {}", task.id(), why);
        lastWords = why;
        desired = TaskState.SHUTDOWN;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The managers forgot the task: so must this node, with its container.
  void forget() {
    lock.lock();
    try {
      forgotten = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The daemon stops: the container runs on.
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      adopt();
      while (step()) {
        // each step takes the task one state further, or waits for news
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the daemon stops
    } catch (RuntimeException e) {
      LOG.error("task {} cannot go on", task.id(), e);
      end(TaskState.FAILED, "internal error: " + e, Optional.empty());
    }
  }

  /// Finds what an earlier daemon left of this task.
  private void adopt() {
    Optional<Container> found = container();
    if (found.isEmpty()) {
      if (state.compareTo(TaskState.PREPARING) > 0 && !state.terminal()) {
        end(TaskState.FAILED, "the container is gone", Optional.empty());
      }
      return;
    }
    Container container = found.get();
    if (state.terminal()) {
      return;
    }
    if (container.state().isLive()) {
      watch(container.id());
      if (container.health().status() == Health.Status.STARTING) {
        state = TaskState.STARTING;
        return;
      }
      Task.Container known = task.status().container();
      if (state != TaskState.RUNNING || known == null || !known.id().equals(container.id())) {
        advance(TaskState.RUNNING, "started", container); // it started while nobody could be told
      }
    } else if (container.startedAt() != null) {
      ended(container, container.exitCode());
    } else {
      state = TaskState.READY;
    }
  }

  private Optional<Container> container() {
    try {
      return Optional.of(engine.get(task.containerName()));
    } catch (EngineException _) {
      return Optional.empty(); // there is none of that name
    }
  }

  private boolean step() throws InterruptedException {
    TaskState want;
    boolean gone;
    lock.lock();
    try {
      if (stopped) {
        return false;
      }
      want = desired;
      gone = forgotten;
    } finally {
      lock.unlock();
    }
    if (gone || want == TaskState.REMOVE) {
      return remove(gone);
    }
    if (want.compareTo(TaskState.RUNNING) > 0) {
      if (!state.terminal()) {
        shutDown();
      }
      await(want);
      return true;
    }
    switch (state) {
      case NEW, ALLOCATED, PENDING, ASSIGNED, ACCEPTED, PREPARING -> prepare();
      case READY, STARTING -> {
        if (state == TaskState.STARTING && exit != null) {
          watchOn(); // it runs, and is to be healthy first
        } else if (want == TaskState.RUNNING) {
          start();
        } else {
          await(want);
        }
      }
      case RUNNING -> watchOn();
      case COMPLETE, SHUTDOWN, FAILED, REJECTED, REMOVE, ORPHANED -> await(want);
    }
    return true;
  }

  /// Waits until something else than `before` is wanted.
  private void await(TaskState before) throws InterruptedException {
    lock.lock();
    try {
      while (desired == before && !forgotten && !stopped) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void prepare() throws InterruptedException {
    ContainerSpec spec = task.spec().containerSpec();
    if (spec == null || spec.image() == null) {
      end(TaskState.REJECTED, "the task names no image", Optional.empty());
      return;
    }
    advance(TaskState.PREPARING, "preparing", null);
    try {
      Image image = images.obtain(spec.image());
      Container made =
          engine.create(
              Optional.empty(),
              Optional.of(task.containerName()),
              TaskContainer.config(task, spec, image, hostPorts()));
      advance(TaskState.READY, "prepared", made);
    } catch (MountException | InvalidLogOptionException e) {
      end(TaskState.REJECTED, String.valueOf(e.getMessage()), Optional.empty());
    } catch (IOException | EngineException e) {
      if (container().isPresent()) {
        state = TaskState.READY; // made by an earlier daemon
        return;
      }
      end(TaskState.REJECTED, reason(e), Optional.empty());
    }
  }

  private String hostPorts() {
    return task.hostPorts().isEmpty()
        ? ""
        : String.join(
            ",",
            task.hostPorts().stream()
                .map(p -> p.protocolOrTcp() + "::" + p.publishedOrZero() + ":" + p.target())
                .toList());
  }

  private void start() throws InterruptedException {
    Optional<Container> found = container();
    if (found.isEmpty()) {
      end(TaskState.FAILED, "the container is gone", found);
      return;
    }
    state = TaskState.STARTING;
    try {
      engine.start(found.get().id());
      watch(found.get().id());
      Container started = container().orElse(found.get());
      boolean checked = started.health().status() == Health.Status.STARTING;
      advance(
          checked ? TaskState.STARTING : TaskState.RUNNING,
          checked ? "starting" : "started",
          started);
    } catch (EngineException e) {
      end(TaskState.FAILED, "starting container failed: " + reason(e), container());
    }
  }

  private void watch(String containerId) {
    try {
      exit = engine.waitFor(containerId, WaitCondition.NOT_RUNNING);
      var _ =
          exit.whenComplete(
              (_, _) -> {
                lock.lock();
                try {
                  changed.signalAll();
                } finally {
                  lock.unlock();
                }
              });
    } catch (EngineException e) {
      LOG.debug("container {} went before it was watched: {}", containerId, e.getMessage());
      exit = CompletableFuture.failedFuture(e);
    }
  }

  /// The container's health has changed.
  void look() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether there is nothing to do about a container's health; one that has ended is unhealthy,
  /// too, but its end is what counts.
  private boolean quiet(Container container) {
    if (!container.state().isLive()) {
      return true;
    }
    return switch (container.health().status()) {
      case NONE, STARTING -> true;
      case HEALTHY -> state != TaskState.STARTING;
      case UNHEALTHY -> false;
    };
  }

  /// Waits until the container ends, becomes healthy or unhealthy, or something else is wanted.
  private void watchOn() throws InterruptedException {
    CompletableFuture<ExitStatus> watched = exit;
    if (watched == null) {
      end(TaskState.FAILED, "the container is gone", container());
      return;
    }
    lock.lock();
    try {
      while (!watched.isDone()
          && !forgotten
          && !stopped
          && desired == TaskState.RUNNING
          && container().map(this::quiet).orElse(true)) {
        changed.await();
      }
      if (stopped || forgotten || desired != TaskState.RUNNING) {
        return;
      }
    } finally {
      lock.unlock();
    }
    if (!watched.isDone()) {
      changedHealth();
      return;
    }
    try {
      ExitStatus status = watched.get();
      Optional<Container> now = container();
      if (now.isPresent()) {
        ended(now.get(), status.code());
      } else {
        end(TaskState.FAILED, "the container was removed", now);
      }
    } catch (ExecutionException e) {
      end(TaskState.FAILED, "the container was removed", Optional.empty());
    }
  }

  private void changedHealth() throws InterruptedException {
    Optional<Container> found = container();
    if (found.isEmpty() || quiet(found.get())) {
      return;
    }
    Container now = found.get();
    if (now.health().status() == Health.Status.HEALTHY) {
      advance(TaskState.RUNNING, "started", now);
      return;
    }
    try {
      engine.stop(now.id(), Optional.empty());
    } catch (EngineException e) {
      LOG.warn("task {} could not be stopped, trying again: {}", task.id(), e.getMessage());
      pause();
      return;
    }
    Container last = container().orElse(now);
    end(
        TaskState.FAILED,
        "task: non-zero exit (" + last.exitCode() + "): dockerexec: unhealthy container",
        Optional.of(last));
  }

  private void ended(Container container, int code) {
    TaskEnd end = TaskEnd.of(container.endedWithHost(), code, container.oomKilled());
    end(end.state(), end.error(), Optional.of(container));
  }

  private void shutDown() throws InterruptedException {
    Optional<Container> found = container();
    if (found.isPresent() && found.get().state().isLive()) {
      try {
        engine.stop(found.get().id(), Optional.empty());
      } catch (EngineException e) {
        LOG.warn("task {} could not be stopped, trying again: {}", task.id(), e.getMessage());
        pause();
        return;
      }
    }
    end(TaskState.SHUTDOWN, lastWords, container());
  }

  /// Ends and removes the container.
  ///
  /// @return whether there is more to do
  private boolean remove(boolean gone) throws InterruptedException {
    if (!state.terminal() && !gone) {
      shutDown();
      if (!state.terminal()) {
        return true;
      }
    }
    Optional<Container> found = container();
    if (found.isPresent()) {
      try {
        if (found.get().state().isLive()) {
          engine.stop(found.get().id(), Optional.empty());
        }
        engine.remove(found.get().id(), true, true);
      } catch (EngineException e) {
        if (container().isPresent()) {
          LOG.warn("task {} could not be removed, trying again: {}", task.id(), e.getMessage());
          pause();
          return true;
        }
      }
    }
    if (gone) {
      return false;
    }
    lock.lock();
    try {
      while (!forgotten && !stopped) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    return true;
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(RETRY_MILLIS);
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void advance(TaskState next, String message, @Nullable Container container) {
    state = next;
    report.accept(
        task.id(),
        new Task.Status(
            next, clock.instant(), message, "", container == null ? null : view(container)));
  }

  private void end(TaskState next, String error, Optional<Container> container) {
    state = next;
    String message =
        switch (next) {
          case COMPLETE -> "finished";
          case SHUTDOWN -> "shutdown";
          case REJECTED -> "preparing";
          default -> "started";
        };
    report.accept(
        task.id(),
        new Task.Status(
            next, clock.instant(), message, error, container.map(TaskRunner::view).orElse(null)));
  }

  private static Task.Container view(Container container) {
    return new Task.Container(container.id(), container.pid(), container.exitCode());
  }
}
