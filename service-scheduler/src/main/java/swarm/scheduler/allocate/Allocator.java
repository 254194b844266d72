package swarm.scheduler.allocate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Gives services their published ports, and nodes and tasks their addresses on the ingress
/// network.
public final class Allocator {
  /// Docker's range of ports that the cluster chooses from.
  static final int FIRST_PORT = 30_000;

  static final int LAST_PORT = 32_767;

  private Allocator() {}

  /// Plans one turn. A task moves to PENDING once it has what it needs; one that cannot get it is
  /// told why.
  public static void plan(Turn turn, Plan plan) {
    ClusterState state = turn.state();
    @Nullable Cluster cluster = state.cluster();
    if (cluster == null) {
      return;
    }
    var addresses = new AddressPool(cluster.ingress(), state);
    for (Node node : state.nodes().values()) {
      if (node.ingressAddress() == 0 && node.alive()) {
        int address = addresses.take();
        if (address != 0) {
          plan.add(new Command.SetNodeIngress(node.id(), address, turn.now()));
        }
      }
    }
    @Nullable Set<String> taken = null;
    for (String id : turn.services()) {
      Service service = state.services().get(id);
      if (service == null) {
        continue;
      }
      List<PortConfig> ports = service.ports();
      if (!service.portsAllocated()) {
        taken = taken == null ? takenPorts(state) : taken;
        ports = choose(service.spec().ports(), taken);
        plan.add(new Command.SetServicePorts(id, ports, turn.now()));
      }
      boolean ingress = ports.stream().anyMatch(PortConfig::ingress);
      for (Task task : state.tasksOfService(id)) {
        if (task.status().state() == TaskState.NEW && !task.leaving()) {
          allocate(turn, task, ingress, addresses, plan);
        }
      }
    }
  }

  private static void allocate(
      Turn turn, Task task, boolean ingress, AddressPool addresses, Plan plan) {
    int address = ingress ? addresses.take() : 0;
    if (ingress && address == 0) {
      String why = "no free address on the ingress network: all " + addresses.size() + " are taken";
      plan.waits(task.serviceId(), why);
      if (!why.equals(task.status().error())) {
        plan.add(new Command.ExplainTask(task.id(), why, turn.now()));
      }
      return;
    }
    plan.add(new Command.AllocateTask(task.id(), address, turn.now()));
  }

  private static Set<String> takenPorts(ClusterState state) {
    var taken = new HashSet<String>();
    for (Service service : state.services().values()) {
      List<PortConfig> ports = service.portsAllocated() ? service.ports() : service.spec().ports();
      for (PortConfig port : ports) {
        if (port.ingress() && port.publishedOrZero() != 0) {
          taken.add(key(port.protocolOrTcp(), port.publishedOrZero()));
        }
      }
    }
    return taken;
  }

  private static List<PortConfig> choose(List<PortConfig> asked, Set<String> taken) {
    var chosen = new ArrayList<PortConfig>();
    for (PortConfig port : asked) {
      if (!port.ingress() || port.publishedOrZero() != 0) {
        chosen.add(port.resolved(port.publishedOrZero()));
        continue;
      }
      for (int number = FIRST_PORT; number <= LAST_PORT; number++) {
        if (taken.add(key(port.protocolOrTcp(), number))) {
          chosen.add(port.resolved(number));
          break;
        }
      }
    }
    return chosen;
  }

  private static String key(String protocol, int port) {
    return protocol + "/" + port;
  }
}
