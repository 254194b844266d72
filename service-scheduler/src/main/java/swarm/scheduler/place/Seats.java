package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NodeLoad;
import swarm.scheduler.state.NumberedNodes;

/// Every node within one turn, with what it has left. Made from the state's [NodeLoad]s: its cost
/// follows the nodes, not the tasks.
final class Seats {
  private final NumberedNodes nodes;
  private final List<Seat> all;

  Seats(ClusterState state) {
    nodes = NumberedNodes.of(state.nodes());
    all = new ArrayList<>(nodes.inOrder().size());
    // both are sorted by the node's id: one walk over them, and no search for each node
    Iterator<Map.Entry<String, NodeLoad>> loads = state.loads().entrySet().iterator();
    Map.@Nullable Entry<String, NodeLoad> next = loads.hasNext() ? loads.next() : null;
    for (Node node : nodes.inOrder()) {
      // equal ones are the rule, and that is cheaper to tell than which comes first
      boolean its = next != null && next.getKey().equals(node.id());
      while (!its && next != null && next.getKey().compareTo(node.id()) < 0) {
        next = loads.hasNext() ? loads.next() : null;
        its = next != null && next.getKey().equals(node.id());
      }
      NodeLoad load = its && next != null ? next.getValue() : NodeLoad.NONE;
      all.add(new Seat(state, node, all.size(), load));
      if (its) {
        next = loads.hasNext() ? loads.next() : null;
      }
    }
  }

  /// In the order of the nodes' ids.
  List<Seat> all() {
    return all;
  }

  int size() {
    return all.size();
  }

  Seat get(int index) {
    return all.get(index);
  }

  @Nullable Seat of(String nodeId) {
    @Nullable Integer number = nodes.number(nodeId);
    return number == null ? null : all.get(number);
  }

  /// The nodes that may take tasks which want this.
  Pool pool(Demand.Wants wants) {
    return Pools.pool(nodes, wants, all);
  }
}
