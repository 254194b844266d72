package swarm.scheduler.allocate;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.PublishedPorts;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.NumberedNodes;

/// Gives services their published ports and their own addresses on networks, and nodes and tasks
/// their addresses on the ingress network and on those that users made.
public final class Allocator {
  private Allocator() {}

  /// Plans one turn. A task moves to PENDING once it has what it needs; one that cannot get it is
  /// told why.
  public static void plan(Turn turn, Plan plan) {
    ClusterState state = turn.state();
    @Nullable Cluster cluster = state.cluster();
    if (cluster == null) {
      return;
    }
    var addresses = AddressPool.of(cluster.ingress(), state);
    for (Node node : NumberedNodes.of(state.nodes()).withoutIngress()) {
      int address = addresses.take();
      if (address != 0) {
        plan.add(new Command.SetNodeIngress(node.id(), address, turn.now()));
      }
    }
    var ports = new PortPool(state);
    var networks = new NetworkPools(state);
    for (String id : turn.services()) {
      Service service = state.services().get(id);
      if (service == null) {
        continue;
      }
      @Nullable String lack = service.portsAllocated() ? null : publish(turn, service, ports, plan);
      if (lack == null && !service.lacksVirtualIp().isEmpty()) {
        lack = address(turn, service, networks, plan);
      }
      boolean ingress = service.spec().ports().stream().anyMatch(PortConfig::ingress);
      for (Task task : state.tasksOfService(id)) {
        if (task.status().state() != TaskState.NEW || task.leaving()) {
          continue;
        }
        if (lack == null) {
          allocate(turn, task, ingress, addresses, networks, plan);
        } else {
          explain(turn, task, lack, plan);
        }
      }
    }
  }

  /// Chooses the ports that the user left open.
  ///
  /// @return why that cannot be; null where it can
  private static @Nullable String publish(Turn turn, Service service, PortPool pool, Plan plan) {
    var chosen = new ArrayList<PortConfig>();
    for (PortConfig port : PublishedPorts.carry(service.spec().ports(), service.ports())) {
      int number =
          PublishedPorts.settled(port) ? port.publishedOrZero() : pool.take(port.protocolOrTcp());
      if (number == 0 && port.ingress()) {
        String why =
            "no free "
                + port.protocolOrTcp()
                + " port to publish: all from "
                + PortPool.FIRST
                + " to "
                + PortPool.LAST
                + " are taken; name one, or remove a service";
        plan.waits(service.id(), why, true);
        return why;
      }
      chosen.add(port.resolved(number));
    }
    plan.add(new Command.SetServicePorts(service.id(), chosen, turn.now()));
    return null;
  }

  /// Gives a service its own address on each of its networks.
  ///
  /// @return why that cannot be; null where it can
  private static @Nullable String address(
      Turn turn, Service service, NetworkPools networks, Plan plan) {
    NetworkPools.Taken taken = networks.take(service.lacksVirtualIp());
    if (taken.lack().isPresent()) {
      plan.waits(service.id(), taken.lack().get(), true);
      return taken.lack().get();
    }
    plan.add(new Command.SetVirtualIps(service.id(), taken.addresses(), turn.now()));
    return null;
  }

  private static void allocate(
      Turn turn,
      Task task,
      boolean ingress,
      AddressPool addresses,
      NetworkPools networks,
      Plan plan) {
    NetworkPools.Taken taken = networks.take(task.spec().networkIds());
    if (taken.lack().isPresent()) {
      explain(turn, task, taken.lack().get(), plan);
      return;
    }
    int address = ingress ? addresses.take() : 0;
    if (ingress && address == 0) {
      explain(
          turn,
          task,
          "no free address on the ingress network: all " + addresses.size() + " are taken",
          plan);
      return;
    }
    plan.add(
        new Command.AllocateTask(
            task.id(),
            address,
            taken.addresses().isEmpty() ? null : taken.addresses(),
            turn.now()));
  }

  private static void explain(Turn turn, Task task, String why, Plan plan) {
    plan.waits(task.serviceId(), why, true);
    if (!why.equals(task.status().error())) {
      plan.add(new Command.ExplainTask(task.id(), why, turn.now()));
    }
  }
}
