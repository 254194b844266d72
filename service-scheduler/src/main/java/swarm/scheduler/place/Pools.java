package swarm.scheduler.place;

import java.util.List;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import swarm.scheduler.state.NumberedNodes;

/// The [Pool]s of some nodes. They follow from the nodes alone: those that were asked for last are
/// remembered, together with the very nodes that they were made from. Immutable.
///
/// @param known those that were asked for; at most [#MOST]
record Pools(NumberedNodes nodes, HashPMap<Demand.Wants, Pool> known) {
  private static final int MOST = 64;

  private static volatile Pools last =
      new Pools(NumberedNodes.of(TreePMap.empty()), HashTreePMap.empty());

  /// The nodes that may take tasks which want this. Pure, whatever is remembered.
  ///
  /// @param seats of `nodes`
  @SuppressWarnings("ReferenceEquality") // whether they are the very nodes
  static Pool pool(NumberedNodes nodes, Demand.Wants wants, List<Seat> seats) {
    Pools pools = last;
    if (pools.nodes != nodes) {
      pools = new Pools(nodes, HashTreePMap.empty());
    }
    Pool found = pools.known.get(wants);
    if (found != null) {
      return found;
    }
    Pool made = Pool.of(wants, seats);
    var others = pools.known.size() < MOST ? pools.known : HashTreePMap.<Demand.Wants, Pool>empty();
    last = new Pools(nodes, others.plus(wants, made));
    return made;
  }
}
