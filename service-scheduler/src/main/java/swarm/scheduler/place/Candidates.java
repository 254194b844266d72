package swarm.scheduler.place;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// What every node has left within one turn: counts, reservations and host ports, updated as tasks
/// are placed.
final class Candidates {

  /// One node's load. Mutable; confined to one turn.
  static final class Load {
    final Node node;
    int tasks;
    long nanoCpus;
    long memory;
    final Map<String, Integer> perService = new HashMap<>();

    /// Host ports of tasks that are to run here.
    final Set<String> hostPorts = new HashSet<>();

    /// Host ports that a task holds until it has stopped, with that task's slot.
    final Map<String, String> leavingPorts = new HashMap<>();

    Load(Node node) {
      this.node = node;
    }

    void add(Task task) {
      tasks++;
      nanoCpus += ResourceRequirements.reservedNanoCpus(task.spec().resources());
      memory += ResourceRequirements.reservedMemory(task.spec().resources());
      perService.merge(task.serviceId(), 1, Integer::sum);
      forEachPort(task, hostPorts::add);
    }

    void addLeaving(Task task) {
      forEachPort(task, port -> leavingPorts.put(port, slot(task)));
    }

    /// Whether a task's host ports are free, or will be before it starts: one that only waits for
    /// its predecessor in the slot to stop may be prepared where that one is.
    boolean hostPortsFree(Task task) {
      return task.hostPorts().stream()
          .filter(p -> p.publishedOrZero() != 0)
          .map(Load::key)
          .allMatch(
              key ->
                  !hostPorts.contains(key)
                      && (!leavingPorts.containsKey(key)
                          || (task.desired() == TaskState.READY
                              && slot(task).equals(leavingPorts.get(key)))));
    }

    private static void forEachPort(Task task, Consumer<String> action) {
      for (PortConfig port : task.hostPorts()) {
        if (port.publishedOrZero() != 0) {
          action.accept(key(port));
        }
      }
    }

    private static String key(PortConfig port) {
      return port.protocolOrTcp() + "/" + port.publishedOrZero();
    }

    private static String slot(Task task) {
      return task.serviceId() + "/" + task.slot();
    }

    int of(String serviceId) {
      return perService.getOrDefault(serviceId, 0);
    }
  }

  private final Map<String, Load> loads = new TreeMap<>();

  Candidates(ClusterState state) {
    for (Node node : state.nodes().values()) {
      var load = new Load(node);
      for (Task task : state.tasksOnNode(node.id())) {
        TaskState seen = task.status().state();
        if (seen.terminal() || seen.compareTo(TaskState.ASSIGNED) < 0) {
          continue; // holds nothing any more, or nothing yet
        }
        if (task.leaving()) {
          load.addLeaving(task);
        } else {
          load.add(task);
        }
      }
      loads.put(node.id(), load);
    }
  }

  Iterable<Load> all() {
    return loads.values();
  }
}
