package swarm.node.agent;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.template.SpecTemplates;
import swarm.node.template.TaskContext;
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
import swarm.template.TemplateException;

/// Takes one task through its life, a step at a time, on a virtual thread of its own: prepare,
/// start, watch, stop, remove. Each step says what the task's next state is.
final class TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
  private static final long RETRY_MILLIS = 500;

  /// Connections that are open when a task is to stop may go on for so long before it hears of it:
  /// enough for an answer; those that stay open are for the service itself to end.
  private static final long ANSWERING_NANOS = 1_000_000_000;

  private static final long ANSWERING_LOOK_MILLIS = 20;

  /// Hears of the task; calls come from its runner's thread, which waits for them.
  interface Listener {
    /// The task has a new status.
    void report(String taskId, Task.Status status);

    /// The task is about to be ended for its ill health: it is to get no more calls.
    void unwell(String taskId);

    /// The ports that a container has of its host; empty where it has none.
    List<ContainerEndpoint.Binding> portsOf(String containerId);
  }

  private final ContainerEngine engine;
  private final ImageSource images;
  private final Task task;
  private final Supplier<TaskContext.Place> place;
  private final TaskInputs inputs;
  private final TaskOrders orders;
  private final TaskProgress progress;
  private final Listener listener;
  private @Nullable CompletableFuture<ExitStatus> exit;

  /// Of the container's files, between its making and its start: what gave it may be gone by then.
  private @Nullable Map<String, byte[]> content;

  /// @param place where templates say that it runs
  /// @param inputs what it is given beside itself
  TaskRunner(
      ContainerEngine engine,
      ImageSource images,
      Clock clock,
      Listener listener,
      Task task,
      Supplier<TaskContext.Place> place,
      TaskInputs inputs) {
    this.engine = engine;
    this.images = images;
    this.task = task;
    this.place = place;
    this.inputs = inputs;
    this.orders = new TaskOrders(task.id(), task.desired());
    this.progress =
        new TaskProgress(
            task.id(), task.status().state(), clock, listener::report, this::published);
    this.listener = listener;
    Thread.ofVirtual().name("task-" + task.id()).start(this::run);
  }

  /// What is wanted of the task, and where its container's news go. Any thread may call.
  TaskOrders orders() {
    return orders;
  }

  private void run() {
    try {
      TaskWork.run(
          () -> {
            adopt();
            return true;
          },
          this::step,
          this::broke);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the daemon stops
    }
  }

  /// What broke is told as the task's failure. The managers take it for over from then on: its
  /// container must not run on.
  ///
  /// @return whether to go on: the container is still to be removed when nobody wants it any more
  private boolean broke(Throwable e) throws InterruptedException {
    LOG.error("task {} cannot go on", task.id(), e);
    if (!progress.state().terminal()) {
      progress.end(TaskState.FAILED, "internal error: " + e, Optional.empty());
      Optional<Container> left = container().filter(each -> each.state().isLive());
      if (left.isPresent()) {
        try {
          engine.stop(left.get().id(), Optional.empty());
        } catch (EngineException stop) {
          LOG.warn("task {} could not be stopped: {}", task.id(), stop.getMessage());
        }
      }
    }
    pause(); // what breaks again and again is not to keep a processor busy
    return !orders.now().stopped();
  }

  /// The host's ports that were chosen; null where the spec has them all.
  private @Nullable List<Integer> published(String containerId) {
    if (task.hostPorts().stream().allMatch(port -> port.publishedOrZero() != 0)) {
      return null;
    }
    List<ContainerEndpoint.Binding> bound = listener.portsOf(containerId);
    return bound.size() == task.hostPorts().size()
        ? bound.stream().map(ContainerEndpoint.Binding::hostPort).toList()
        : null;
  }

  /// Finds what an earlier daemon left of this task.
  private void adopt() {
    Optional<Container> found = container();
    if (found.isEmpty()) {
      if (progress.state().compareTo(TaskState.PREPARING) > 0 && !progress.state().terminal()) {
        progress.end(TaskState.FAILED, "the container is gone", Optional.empty());
      }
      return;
    }
    Container container = found.get();
    if (progress.state().terminal()) {
      return;
    }
    if (container.state().isLive()) {
      watch(container.id());
      if (container.health().status() == Health.Status.STARTING) {
        progress.is(TaskState.STARTING);
        return;
      }
      Task.Container known = task.status().container();
      if (progress.state() != TaskState.RUNNING
          || known == null
          || !known.id().equals(container.id())) {
        progress.advance(
            TaskState.RUNNING, "started", container); // it started while nobody could be told
      }
    } else if (container.startedAt() != null) {
      progress.exited(container, container.exitCode());
    } else {
      progress.is(TaskState.READY);
    }
  }

  private Optional<Container> container() {
    try {
      return Optional.of(engine.get(task.containerName()));
    } catch (EngineException _) {
      return Optional.empty(); // there is none of that name
    }
  }

  /// @return whether there is more to do
  private boolean step() throws InterruptedException {
    TaskOrders.Now now = orders.now();
    if (now.stopped()) {
      return false;
    }
    switch (TaskStep.next(progress.state(), now.desired(), now.forgotten(), exit != null)) {
      case PREPARE -> prepare();
      case START -> start();
      case WATCH -> watchOn();
      case SHUT_DOWN -> shutDown();
      case REMOVE -> {
        return remove(now.forgotten());
      }
      case AWAIT -> orders.awaitOther(now.desired());
    }
    return true;
  }

  private void prepare() throws InterruptedException {
    ContainerSpec spec = task.spec().containerSpec();
    if (spec == null || spec.image() == null) {
      progress.end(TaskState.REJECTED, "the task names no image", Optional.empty());
      return;
    }
    progress.advance(TaskState.PREPARING, "preparing", null);
    try {
      content = content();
      ContainerSpec expanded = SpecTemplates.expand(spec, context());
      Image image = images.obtain(spec.image(), inputs.credentialsOf(task.serviceId()));
      Container made =
          engine.create(
              Optional.empty(),
              Optional.of(task.containerName()),
              TaskContainer.config(task, expanded, image, hostPorts()));
      progress.advance(TaskState.READY, "prepared", made);
    } catch (MountException
        | InvalidLogOptionException
        | TaskInputException
        | TemplateException e) {
      progress.end(TaskState.REJECTED, String.valueOf(e.getMessage()), Optional.empty());
    } catch (IOException | EngineException e) {
      if (container().isPresent()) {
        progress.is(TaskState.READY); // made by an earlier daemon
        return;
      }
      progress.end(TaskState.REJECTED, reason(e), Optional.empty());
    }
  }

  private TaskContext context() {
    return TaskContext.of(task, inputs.labelsOf(task.serviceId()), place.get());
  }

  /// What the container's files hold.
  private Map<String, byte[]> content() throws TaskInputException, TemplateException {
    ContainerSpec spec = task.spec().containerSpec();
    return spec == null || spec.payloads().isEmpty()
        ? Map.of()
        : TaskFiles.content(spec, context(), inputs::find);
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
      progress.end(TaskState.FAILED, "the container is gone", found);
      return;
    }
    progress.is(TaskState.STARTING);
    Map<String, byte[]> given = content;
    content = null;
    try {
      // made by an earlier daemon, where there is none
      engine.start(found.get().id(), given == null ? content() : given);
      watch(found.get().id());
      Container started = container().orElse(found.get());
      boolean checked = started.health().status() == Health.Status.STARTING;
      progress.advance(
          checked ? TaskState.STARTING : TaskState.RUNNING,
          checked ? "starting" : "started",
          started);
    } catch (EngineException | TaskInputException | TemplateException e) {
      progress.end(TaskState.FAILED, "starting container failed: " + reason(e), container());
    }
  }

  private void watch(String containerId) {
    try {
      exit = engine.waitFor(containerId, WaitCondition.NOT_RUNNING);
      var _ = exit.whenComplete((_, _) -> orders.look());
    } catch (EngineException e) {
      LOG.debug("container {} went before it was watched: {}", containerId, e.getMessage());
      exit = CompletableFuture.failedFuture(e);
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
      case HEALTHY -> progress.state() != TaskState.STARTING;
      case UNHEALTHY -> false;
    };
  }

  /// Waits until the container ends, becomes healthy or unhealthy, or something else is wanted.
  private void watchOn() throws InterruptedException {
    CompletableFuture<ExitStatus> watched = exit;
    if (watched == null) {
      progress.end(TaskState.FAILED, "the container is gone", container());
      return;
    }
    boolean runs =
        orders.awaitNews(() -> !watched.isDone() && container().map(this::quiet).orElse(true));
    if (!runs) {
      return;
    }
    if (!watched.isDone()) {
      changedHealth();
      return;
    }
    try {
      ExitStatus status = watched.get();
      Optional<Container> now = container();
      if (now.isPresent()) {
        progress.exited(now.get(), status.code());
      } else {
        progress.end(TaskState.FAILED, "the container was removed", now);
      }
    } catch (ExecutionException e) {
      progress.end(TaskState.FAILED, "the container was removed", Optional.empty());
    }
  }

  private void changedHealth() throws InterruptedException {
    Optional<Container> found = container();
    if (found.isEmpty() || quiet(found.get())) {
      return;
    }
    Container now = found.get();
    if (now.health().status() == Health.Status.HEALTHY) {
      progress.advance(TaskState.RUNNING, "started", now);
      return;
    }
    listener.unwell(task.id());
    try {
      engine.stop(now.id(), Optional.empty());
    } catch (EngineException e) {
      LOG.warn("task {} could not be stopped, trying again: {}", task.id(), e.getMessage());
      pause();
      return;
    }
    Container last = container().orElse(now);
    progress.end(
        TaskState.FAILED,
        "task: non-zero exit (" + last.exitCode() + "): dockerexec: unhealthy container",
        Optional.of(last));
  }

  private void shutDown() throws InterruptedException {
    Optional<Container> found = container();
    if (found.isPresent() && found.get().state().isLive()) {
      awaitAnswered(found.get());
      try {
        engine.stop(found.get().id(), Optional.empty());
      } catch (EngineException e) {
        LOG.warn("task {} could not be stopped, trying again: {}", task.id(), e.getMessage());
        pause();
        return;
      }
    }
    progress.end(TaskState.SHUTDOWN, orders.lastWords(), container());
  }

  /// No load balancer leads new callers here any more; those that are being answered get a moment.
  private void awaitAnswered(Container container) throws InterruptedException {
    long end = System.nanoTime() + ANSWERING_NANOS;
    while (task.takesCalls()
        && !orders.now().forgotten()
        && !orders.now().stopped()
        && OpenConnections.of(container.pid()) > 0
        && System.nanoTime() < end) {
      Thread.sleep(ANSWERING_LOOK_MILLIS);
    }
  }

  /// Ends and removes the container.
  ///
  /// @return whether there is more to do
  private boolean remove(boolean gone) throws InterruptedException {
    if (!progress.state().terminal() && !gone) {
      shutDown();
      if (!progress.state().terminal()) {
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
    orders.awaitForgotten();
    return true;
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(RETRY_MILLIS);
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
