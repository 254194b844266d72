package swarm.scheduler.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.GenericResource;
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
/// @param generic what of the node's generic resources is taken: kind, then name (empty for a
///   number), then how many. Also by tasks told to stop: a device has one user at a time
public record NodeLoad(
    int tasks,
    long nanoCpus,
    long memoryBytes,
    TreePMap<String, Boolean> portHolders,
    TreePMap<String, TreePMap<String, Long>> generic) {

  /// Of a node without tasks.
  public static final NodeLoad NONE = new NodeLoad(0, 0, 0, TreePMap.empty(), TreePMap.empty());

  /// Whether a task takes anything of its node: it is placed, and not over.
  public static boolean held(Task task) {
    return !task.nodeId().isEmpty()
        && !task.status().state().terminal()
        && task.status().state().compareTo(TaskState.ASSIGNED) >= 0;
  }

  /// Whether a task counts as one that is to run: one told to stop only keeps its ports and its
  /// generic resources.
  public static boolean counts(Task task) {
    return held(task) && !task.leaving();
  }

  /// Whether a task takes something with `before` that it does not with `after`: there is room for
  /// another.
  public static boolean frees(@Nullable Task before, @Nullable Task after) {
    if (before == null) {
      return false;
    }
    if (after != null && !after.status().state().terminal()) {
      return counts(before) && after.leaving();
    }
    boolean address = before.ingressAddress() != 0 && !before.status().state().terminal();
    return address || held(before);
  }

  NodeLoad plus(Task task) {
    return with(task, 1, holdsPort(task) ? portHolders.plus(task.id(), true) : portHolders);
  }

  NodeLoad minus(Task task) {
    return with(task, -1, holdsPort(task) ? portHolders.minus(task.id()) : portHolders);
  }

  private NodeLoad with(Task task, int sign, TreePMap<String, Boolean> holders) {
    var taken = claimed(task, sign);
    return task.leaving()
        ? new NodeLoad(tasks, nanoCpus, memoryBytes, holders, taken)
        : new NodeLoad(
            tasks + sign,
            nanoCpus + sign * ResourceRequirements.reservedNanoCpus(task.spec().resources()),
            memoryBytes + sign * ResourceRequirements.reservedMemory(task.spec().resources()),
            holders,
            taken);
  }

  private TreePMap<String, TreePMap<String, Long>> claimed(Task task, int sign) {
    if (task.generic() == null) {
      return generic;
    }
    var all = generic;
    for (GenericResource each : task.genericOrNone()) {
      TreePMap<String, Long> ofKind = all.getOrDefault(each.kind(), TreePMap.empty());
      long left = ofKind.getOrDefault(each.name(), 0L) + sign * each.amount();
      ofKind = left == 0 ? ofKind.minus(each.name()) : ofKind.plus(each.name(), left);
      all = ofKind.isEmpty() ? all.minus(each.kind()) : all.plus(each.kind(), ofKind);
    }
    return all;
  }

  private static boolean holdsPort(Task task) {
    return !task.hostPorts().isEmpty()
        && task.hostPorts().stream().anyMatch(port -> port.publishedOrZero() != 0);
  }
}
