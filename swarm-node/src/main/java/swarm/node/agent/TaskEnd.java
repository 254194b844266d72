package swarm.node.agent;

import swarm.scheduler.model.TaskState;

/// How a task whose container ended by itself has ended. Pure.
///
/// @param state COMPLETE or FAILED
/// @param error why it failed; else empty
record TaskEnd(TaskState state, String error) {
  /// @param withHost whether it was ended because the machine went down: nobody's work was done
  ///   then, whatever the exit code
  static TaskEnd of(boolean withHost, int exitCode, boolean outOfMemory) {
    if (withHost) {
      return new TaskEnd(TaskState.FAILED, "task: its machine went down (exit " + exitCode + ")");
    }
    if (exitCode == 0) {
      return new TaskEnd(TaskState.COMPLETE, "");
    }
    return new TaskEnd(
        TaskState.FAILED,
        "task: non-zero exit (" + exitCode + ")" + (outOfMemory ? ": out of memory" : ""));
  }
}
