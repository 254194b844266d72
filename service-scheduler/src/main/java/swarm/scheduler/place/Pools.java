package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Node;

/// The [Pool]s of some nodes, and the nodes' numbers. They follow from the nodes alone, which
/// seldom change, and to look at thousands of nodes for one task that was lost would take longer
/// than all else: those that were asked for last are remembered, together with the very map that
/// they were made from. Immutable.
///
/// @param nodes as a state has them
/// @param inOrder the same, in the order of their ids; not changed
/// @param numbers where each stands in `inOrder`, by its id; not changed
/// @param known those that were asked for; at most [#MOST]
record Pools(
    TreePMap<String, Node> nodes,
    List<Node> inOrder,
    Map<String, Integer> numbers,
    HashPMap<Demand.Wants, Pool> known) {
  private static final int MOST = 64;

  private static volatile Pools last = of(TreePMap.empty());

  /// Those of some nodes. Pure, whatever is remembered.
  @SuppressWarnings("ReferenceEquality") // whether it is the very map: comparing would take longer
  static Pools among(TreePMap<String, Node> nodes) {
    Pools pools = last;
    if (pools.nodes != nodes) {
      pools = of(nodes);
      last = pools;
    }
    return pools;
  }

  private static Pools of(TreePMap<String, Node> nodes) {
    var inOrder = new ArrayList<>(nodes.values());
    Map<String, Integer> numbers = HashMap.newHashMap(inOrder.size());
    for (Node node : inOrder) {
      numbers.put(node.id(), numbers.size());
    }
    return new Pools(nodes, inOrder, numbers, HashTreePMap.empty());
  }

  /// The nodes that may take tasks which want this.
  ///
  /// @param seats of `nodes`
  Pool pool(Demand.Wants wants, List<Seat> seats) {
    Pool found = known.get(wants);
    if (found != null) {
      return found;
    }
    Pool made = Pool.of(wants, seats);
    var others = known.size() < MOST ? known : HashTreePMap.<Demand.Wants, Pool>empty();
    last = new Pools(nodes, inOrder, numbers, others.plus(wants, made));
    return made;
  }
}
