package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NodeLoad;

/// Every node within one turn, with what it has left. Made from the state's [NodeLoad]s: its cost
/// follows the nodes, not the tasks. Which of them are eligible at all is found out once for all
/// services that ask the same.
final class Seats {
  private final List<Seat> all;
  private final Map<String, Seat> byNode;
  private final Map<Demand.Wants, Pool> pools = new HashMap<>();

  Seats(ClusterState state) {
    int nodes = state.nodes().size();
    all = new ArrayList<>(nodes);
    byNode = HashMap.newHashMap(nodes);
    // both maps are sorted by the node's id: one walk over them, and no search for each node
    Iterator<Map.Entry<String, NodeLoad>> loads = state.loads().entrySet().iterator();
    Map.@Nullable Entry<String, NodeLoad> next = loads.hasNext() ? loads.next() : null;
    for (Node node : state.nodes().values()) {
      while (next != null && next.getKey().compareTo(node.id()) < 0) {
        next = loads.hasNext() ? loads.next() : null;
      }
      boolean loaded = next != null && next.getKey().equals(node.id());
      NodeLoad load = loaded && next != null ? next.getValue() : NodeLoad.NONE;
      var seat = new Seat(state, node, all.size(), load);
      all.add(seat);
      byNode.put(node.id(), seat);
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
    return byNode.get(nodeId);
  }

  /// The nodes that may take tasks which want this.
  Pool pool(Demand.Wants wants) {
    return pools.computeIfAbsent(wants, w -> Pool.of(w, all));
  }
}
