package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NodeLoad;

/// Every node within one turn, with what it has left. Made from the state's [NodeLoad]s: its cost
/// follows the nodes, not the tasks.
final class Seats {
  private final TreePMap<String, Node> nodes;
  private final Map<String, Integer> numbers;
  private final List<Seat> all;

  Seats(ClusterState state) {
    nodes = state.nodes();
    Pools pools = Pools.among(nodes);
    numbers = pools.numbers();
    all = new ArrayList<>(numbers.size());
    // both are sorted by the node's id: one walk over them, and no search for each node
    Iterator<Map.Entry<String, NodeLoad>> loads = state.loads().entrySet().iterator();
    Map.@Nullable Entry<String, NodeLoad> next = loads.hasNext() ? loads.next() : null;
    for (Node node : pools.inOrder()) {
      while (next != null && next.getKey().compareTo(node.id()) < 0) {
        next = loads.hasNext() ? loads.next() : null;
      }
      boolean loaded = next != null && next.getKey().equals(node.id());
      NodeLoad load = loaded && next != null ? next.getValue() : NodeLoad.NONE;
      all.add(new Seat(state, node, all.size(), load));
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
    @Nullable Integer number = numbers.get(nodeId);
    return number == null ? null : all.get(number);
  }

  /// The nodes that may take tasks which want this.
  Pool pool(Demand.Wants wants) {
    return Pools.among(nodes).pool(wants, all);
  }
}
