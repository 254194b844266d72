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
import swarm.scheduler.state.NodeLoad;

/// What every node has left within one turn: counts, reservations and host ports, updated as tasks
/// are placed. Made from the state's [NodeLoad]s: its cost follows the nodes, not the tasks.
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

    Load(Node node, NodeLoad taken) {
      this.node = node;
      tasks = taken.tasks();
      nanoCpus = taken.nanoCpus();
      memory = taken.memoryBytes();
    }

    void place(Task task) {
      tasks++;
      nanoCpus += ResourceRequirements.reservedNanoCpus(task.spec().resources());
      memory += ResourceRequirements.reservedMemory(task.spec().resources());
      perService.merge(task.serviceId(), 1, Integer::sum);
      forEachPort(task, hostPorts::add);
    }

    void holdPorts(Task task) {
      if (task.leaving()) {
        forEachPort(task, port -> leavingPorts.put(port, slot(task)));
      } else {
        forEachPort(task, hostPorts::add);
      }
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

  private final ClusterState state;
  private final Map<String, Load> loads = new TreeMap<>();
  private final Set<String> counted = new HashSet<>();

  Candidates(ClusterState state) {
    this.state = state;
    for (Node node : state.nodes().values()) {
      NodeLoad taken = state.load(node.id());
      var load = new Load(node, taken);
      for (String holder : taken.portHolders().keySet()) {
        state.task(holder).ifPresent(load::holdPorts);
      }
      loads.put(node.id(), load);
    }
  }

  /// The nodes, where the tasks of this service count.
  Iterable<Load> of(String serviceId) {
    if (counted.add(serviceId)) {
      for (Task task : state.tasksOfService(serviceId)) {
        Load load = NodeLoad.counts(task) ? loads.get(task.nodeId()) : null;
        if (load != null) {
          load.perService.merge(serviceId, 1, Integer::sum);
        }
      }
    }
    return loads.values();
  }
}
