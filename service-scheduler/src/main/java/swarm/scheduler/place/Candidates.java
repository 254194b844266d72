package swarm.scheduler.place;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
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
    final Set<String> hostPorts = new HashSet<>();

    Load(Node node) {
      this.node = node;
    }

    void add(Task task, ClusterState state) {
      tasks++;
      nanoCpus += ResourceRequirements.reservedNanoCpus(task.spec().resources());
      memory += ResourceRequirements.reservedMemory(task.spec().resources());
      perService.merge(task.serviceId(), 1, Integer::sum);
      Service service = state.services().get(task.serviceId());
      if (service != null) {
        for (PortConfig port : service.ports()) {
          if (!port.ingress() && port.publishedOrZero() != 0) {
            hostPorts.add(port.protocolOrTcp() + "/" + port.publishedOrZero());
          }
        }
      }
    }

    int of(String serviceId) {
      return perService.getOrDefault(serviceId, 0);
    }
  }

  private final Map<String, Load> loads = new java.util.TreeMap<>();

  Candidates(ClusterState state) {
    for (Node node : state.nodes().values()) {
      var load = new Load(node);
      for (Task task : state.tasksOnNode(node.id())) {
        if (!task.leaving()) {
          load.add(task, state);
        }
      }
      loads.put(node.id(), load);
    }
  }

  Iterable<Load> all() {
    return loads.values();
  }
}
