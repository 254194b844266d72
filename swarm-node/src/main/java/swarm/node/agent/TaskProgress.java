package swarm.node.agent;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import swarm.runtime.container.Container;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// How far a task has come, told to the managers in Docker's words. Confined to the thread of the
/// task's runner.
final class TaskProgress {
  private final String taskId;
  private final Clock clock;
  private final BiConsumer<String, Task.Status> report;
  private final Function<String, @Nullable List<Integer>> published;
  private TaskState state;

  /// @param state that the managers know of
  /// @param report takes every new status of the task
  /// @param published the host's ports of a container as [Task.Status#published] has them
  TaskProgress(
      String taskId,
      TaskState state,
      Clock clock,
      BiConsumer<String, Task.Status> report,
      Function<String, @Nullable List<Integer>> published) {
    this.taskId = taskId;
    this.state = state;
    this.clock = clock;
    this.report = report;
    this.published = published;
  }

  TaskState state() {
    return state;
  }

  /// The task is in a state that the managers need not hear of.
  void is(TaskState now) {
    state = now;
  }

  /// The task goes on.
  void advance(TaskState next, String message, @Nullable Container container) {
    state = next;
    report.accept(
        taskId,
        new Task.Status(
            next,
            clock.instant(),
            message,
            "",
            container == null ? null : view(container),
            container == null || next != TaskState.RUNNING
                ? null
                : published.apply(container.id())));
  }

  /// The task is over.
  ///
  /// @param error empty where there was none
  void end(TaskState next, String error, Optional<Container> container) {
    state = next;
    String message =
        switch (next) {
          case COMPLETE -> "finished";
          case SHUTDOWN -> "shutdown";
          case REJECTED -> "preparing";
          default -> "started";
        };
    report.accept(
        taskId,
        new Task.Status(
            next, clock.instant(), message, error, container.map(TaskProgress::view).orElse(null)));
  }

  /// The container ended by itself.
  void exited(Container container, int code) {
    TaskEnd end = TaskEnd.of(container.endedWithHost(), code, container.oomKilled());
    end(end.state(), end.error(), Optional.of(container));
  }

  private static Task.Container view(Container container) {
    return new Task.Container(container.id(), container.pid(), container.exitCode());
  }
}
