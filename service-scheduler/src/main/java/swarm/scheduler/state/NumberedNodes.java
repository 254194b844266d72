package swarm.scheduler.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Node;

/// What follows from a cluster's nodes alone. They seldom change, and to look at thousands of them
/// for one task that was lost would take longer than all else: the last ones are remembered,
/// together with the very map that they were made from. Immutable.
public final class NumberedNodes {
  private static volatile NumberedNodes last = new NumberedNodes(TreePMap.empty());

  private final TreePMap<String, Node> nodes;
  private final List<Node> inOrder;
  private final Map<String, Integer> numbers;
  private final List<Node> withoutIngress;

  private NumberedNodes(TreePMap<String, Node> nodes) {
    this.nodes = nodes;
    inOrder = List.copyOf(nodes.values());
    numbers = HashMap.newHashMap(inOrder.size());
    var lacking = new ArrayList<Node>();
    for (Node node : inOrder) {
      numbers.put(node.id(), numbers.size());
      if (node.ingressAddress() == 0 && node.alive()) {
        lacking.add(node);
      }
    }
    withoutIngress = List.copyOf(lacking);
  }

  /// Those of some nodes. Pure, whatever is remembered.
  @SuppressWarnings("ReferenceEquality") // whether it is the very map: comparing would take longer
  public static NumberedNodes of(TreePMap<String, Node> nodes) {
    NumberedNodes known = last;
    if (known.nodes != nodes) {
      known = new NumberedNodes(nodes);
      last = known;
    }
    return known;
  }

  /// In the order of their ids.
  public List<Node> inOrder() {
    return inOrder;
  }

  /// Where a node stands in that order; null where there is no such node.
  public @Nullable Integer number(String id) {
    return numbers.get(id);
  }

  /// A node by its id.
  public @Nullable Node get(String id) {
    @Nullable Integer number = numbers.get(id);
    return number == null ? null : inOrder.get(number);
  }

  /// Those that are there and have no address on the ingress network, in order.
  public List<Node> withoutIngress() {
    return withoutIngress;
  }
}
