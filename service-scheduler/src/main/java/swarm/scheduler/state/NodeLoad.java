package swarm.scheduler.state;

import org.pcollections.TreePMap;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// What the tasks placed on one node take of it. Kept in step with every change, so that placing a
/// task does not count all others first. Immutable.
///
/// @param tasks how many are to run here
/// @param nanoCpus billionths of a CPU set aside for them
/// @param memoryBytes likewise memory
/// @param portHolders ids of the tasks, also of those told to stop, that have a port of the host
public record NodeLoad(
    int tasks, long nanoCpus, long memoryBytes, TreePMap<String, Boolean> portHolders) {

  /// Of a node without tasks.
  public static final NodeLoad NONE = new NodeLoad(0, 0, 0, TreePMap.empty());

  /// Whether a task takes anything of its node: it is placed, and not over.
  public static boolean held(Task task) {
    return !task.nodeId().isEmpty()
        && !task.status().state().terminal()
        && task.status().state().compareTo(TaskState.ASSIGNED) >= 0;
  }

  /// Whether a task counts as one that is to run: one told to stop only keeps its ports.
  public static boolean counts(Task task) {
    return held(task) && !task.leaving();
  }

  NodeLoad plus(Task task) {
    return with(task, 1, holdsPort(task) ? portHolders.plus(task.id(), true) : portHolders);
  }

  NodeLoad minus(Task task) {
    return with(task, -1, holdsPort(task) ? portHolders.minus(task.id()) : portHolders);
  }

  private NodeLoad with(Task task, int sign, TreePMap<String, Boolean> holders) {
    return task.leaving()
        ? new NodeLoad(tasks, nanoCpus, memoryBytes, holders)
        : new NodeLoad(
            tasks + sign,
            nanoCpus + sign * ResourceRequirements.reservedNanoCpus(task.spec().resources()),
            memoryBytes + sign * ResourceRequirements.reservedMemory(task.spec().resources()),
            holders);
  }

  private static boolean holdsPort(Task task) {
    return task.hostPorts().stream().anyMatch(port -> port.publishedOrZero() != 0);
  }
}
