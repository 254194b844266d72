package swarm.node.agent;

import swarm.scheduler.model.TaskState;

/// What a node does next about a task.
enum TaskStep {
  /// Obtain the image and make the container.
  PREPARE,
  START,
  /// Wait for its end, or for its health to change.
  WATCH,
  /// Stop the container.
  SHUT_DOWN,
  /// Stop the container where it runs, and remove it.
  REMOVE,
  /// Nothing, until something else is wanted.
  AWAIT;

  /// Pure.
  ///
  /// @param state that the task is in
  /// @param desired by the managers
  /// @param forgotten whether the managers know the task no more
  /// @param watched whether its container was started, here or by an earlier daemon
  static TaskStep next(TaskState state, TaskState desired, boolean forgotten, boolean watched) {
    if (forgotten || desired == TaskState.REMOVE) {
      return REMOVE;
    }
    if (desired.compareTo(TaskState.RUNNING) > 0) {
      return state.terminal() ? AWAIT : SHUT_DOWN;
    }
    return switch (state) {
      case NEW, ALLOCATED, PENDING, ASSIGNED, ACCEPTED, PREPARING -> PREPARE;
      case READY -> desired == TaskState.RUNNING ? START : AWAIT;
      case STARTING -> {
        if (watched) {
          yield WATCH; // it runs, and is to be healthy first
        }
        yield desired == TaskState.RUNNING ? START : AWAIT;
      }
      case RUNNING -> WATCH;
      case COMPLETE, SHUTDOWN, FAILED, REJECTED, REMOVE, ORPHANED -> AWAIT;
    };
  }
}
