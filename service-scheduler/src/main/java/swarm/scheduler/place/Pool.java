package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The nodes that may take tasks which want something, as far as that does not change within a
/// turn: they are there and active, and meet constraints and platforms. They stand in a tree of the
/// labels to spread over, after swarmkit's decision tree: below each level one branch for each
/// value, nodes without the label in a branch of their own. Immutable.
final class Pool {
  /// A part of the tree.
  ///
  /// @param number counts all branches, the root's is 0
  /// @param branches those below; empty at the end of the tree
  /// @param seats numbers of the eligible nodes; only at the end of the tree
  record Branch(int number, List<Branch> branches, int[] seats) {}

  private final StaticFilter filter;
  private final Branch root;
  private final int[] parents;

  /// For each node, eligible or not, the branch at the end of the tree that it stands in.
  private final int[] leafOf;

  private Pool(StaticFilter filter, Branch root, int[] parents, int[] leafOf) {
    this.filter = filter;
    this.root = root;
    this.parents = parents;
    this.leafOf = leafOf;
  }

  static Pool of(Demand.Wants wants, List<Seat> all) {
    var filter = new StaticFilter(wants);
    var grown = new Growing();
    int[] leafOf = new int[all.size()];
    var parents = new ArrayList<Integer>();
    // what is no label says nothing about any node
    List<NodeLabel> labels =
        wants.spread().stream().map(NodeLabel::parse).filter(Objects::nonNull).toList();
    var branches = new ArrayList<Growing>();
    enter(branches, parents, grown, -1);
    for (Seat seat : all) {
      Growing branch = grown;
      for (NodeLabel label : labels) {
        String value = label.of(seat.node);
        Growing above = branch;
        Growing next = above.below.get(value);
        if (next == null) {
          next = new Growing();
          above.below.put(value, next);
          enter(branches, parents, next, above.number);
        }
        branch = next;
      }
      leafOf[seat.index] = branch.number;
      if (filter.passes(seat.node)) {
        branch.add(seat.index);
      }
    }
    return new Pool(
        filter, grown.grown(), parents.stream().mapToInt(Integer::intValue).toArray(), leafOf);
  }

  private static void enter(
      List<Growing> branches, List<Integer> parents, Growing branch, int parent) {
    branch.number = branches.size();
    branches.add(branch);
    parents.add(parent);
  }

  StaticFilter filter() {
    return filter;
  }

  Branch root() {
    return root;
  }

  /// How many tasks each branch has, by its number.
  ///
  /// @param own how many of the service's tasks each node has
  int[] tasksIn(int[] own) {
    int[] counts = new int[parents.length];
    for (int seat = 0; seat < own.length; seat++) {
      if (own[seat] != 0) {
        for (int branch = leafOf[seat]; branch >= 0; branch = parents[branch]) {
          counts[branch] += own[seat];
        }
      }
    }
    return counts;
  }

  /// A branch that nodes are still put into.
  private static final class Growing {
    private int number;
    private final Map<String, Growing> below = new LinkedHashMap<>();
    private int[] seats = new int[8];
    private int count;

    void add(int seat) {
      if (count == seats.length) {
        seats = Arrays.copyOf(seats, 2 * count);
      }
      seats[count++] = seat;
    }

    /// What came of it, without the branches in which no eligible node stands.
    Branch grown() {
      var branches = new ArrayList<Branch>();
      for (Growing each : below.values()) {
        Branch branch = each.grown();
        if (branch.seats.length > 0 || !branch.branches.isEmpty()) {
          branches.add(branch);
        }
      }
      return new Branch(number, branches, Arrays.copyOf(seats, count));
    }
  }
}
