package swarm.scheduler.place;

import java.util.List;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Node;

/// The [Pool]s of some nodes. They follow from the nodes alone, which seldom change, and to look at
/// thousands of nodes for one task that was lost would take longer than all else: those that were
/// asked for last are remembered, together with the very map that they were made from. Immutable.
///
/// @param nodes as a state has them
/// @param known those that were asked for; at most [#MOST]
record Pools(TreePMap<String, Node> nodes, HashPMap<Demand.Wants, Pool> known) {
  private static final int MOST = 64;

  private static volatile Pools last = new Pools(TreePMap.empty(), HashTreePMap.empty());

  /// The nodes that may take tasks which want this. Pure, whatever is remembered.
  ///
  /// @param seats of `nodes`
  @SuppressWarnings("ReferenceEquality") // whether it is the very map: comparing would take longer
  static Pool of(Demand.Wants wants, TreePMap<String, Node> nodes, List<Seat> seats) {
    Pools pools = last;
    if (pools.nodes != nodes) {
      pools = new Pools(nodes, HashTreePMap.empty());
    }
    Pool known = pools.known.get(wants);
    if (known != null) {
      return known;
    }
    Pool made = Pool.of(wants, seats);
    var others = pools.known.size() < MOST ? pools.known : HashTreePMap.<Demand.Wants, Pool>empty();
    last = new Pools(nodes, others.plus(wants, made));
    return made;
  }
}
