package swarm.scheduler.place;

import java.util.List;
import java.util.function.IntPredicate;

/// A [Pool] in the order in which tasks of one service fill it. At each level the branch with the
/// fewest of its tasks comes first, and of those that have as many the one with the best node. A
/// node is the better the fewer tasks of this spec failed on it lately (from [#FAILURES_THAT_COUNT]
/// on), then the fewer of the service's tasks it has, then of all, and then by its id. Each level
/// is a heap, so that a placement costs the logarithm of the nodes. Mutable; for one group of
/// tasks.
final class SpreadTree {
  /// As in swarmkit: fewer failures on a node say nothing about it.
  static final int FAILURES_THAT_COUNT = 5;

  private static final int OWN_SHIFT = 24;
  private static final int FAILURES_SHIFT = 48;
  private static final long ONE_MORE = (1L << OWN_SHIFT) + 1;
  private static final int MOST_FAILURES = 0x7fff;

  /// By the node's number: failures, own tasks and all tasks in one number, the worst part first.
  private final long[] rank;

  private final Branch root;

  /// @param own how many of the service's tasks each node has
  /// @param failures how many failed on it lately
  SpreadTree(Pool pool, List<Seat> seats, int[] own, int[] failures) {
    rank = new long[seats.size()];
    for (Seat seat : seats) {
      int failed = failures.length == 0 ? 0 : failures[seat.index];
      rank[seat.index] =
          ((long) (failed < FAILURES_THAT_COUNT ? 0 : Math.min(failed, MOST_FAILURES))
                  << FAILURES_SHIFT)
              + ((long) own[seat.index] << OWN_SHIFT)
              + seat.tasks();
    }
    root = new Branch(pool.root(), pool.tasksIn(own));
  }

  /// The best node that fits; those before it that do not are let go for good. -1 where none does.
  int best(IntPredicate fits) {
    while (root.size > 0) {
      int seat = root.first();
      if (fits.test(seat)) {
        return seat;
      }
      root.dropFirst();
    }
    return -1;
  }

  /// A task was placed on what [#best] said.
  void placed() {
    root.placed();
  }

  private boolean better(int a, int b) {
    return rank[a] < rank[b] || (rank[a] == rank[b] && a < b);
  }

  /// A heap of branches or, at the end of the tree, of nodes.
  private final class Branch {
    private final Branch[] below;
    private final int[] seats;
    private final boolean last;
    private int tasks;
    private int size;

    Branch(Pool.Branch from, int[] counts) {
      tasks = counts[from.number()];
      last = from.branches().isEmpty();
      seats = from.seats().clone();
      below = new Branch[from.branches().size()];
      for (int i = 0; i < below.length; i++) {
        below[i] = new Branch(from.branches().get(i), counts);
      }
      size = last ? seats.length : below.length;
      for (int i = size / 2 - 1; i >= 0; i--) {
        sink(i);
      }
    }

    int first() {
      return last ? seats[0] : below[0].first();
    }

    void dropFirst() {
      if (!last) {
        below[0].dropFirst();
        if (below[0].size > 0) {
          sink(0);
          return;
        }
      }
      size--;
      if (last) {
        seats[0] = seats[size];
      } else {
        below[0] = below[size];
      }
      sink(0);
    }

    void placed() {
      tasks++;
      if (last) {
        rank[seats[0]] += ONE_MORE;
      } else {
        below[0].placed();
      }
      sink(0);
    }

    private void sink(int from) {
      int at = from;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        if (child + 1 < size && before(child + 1, child)) {
          child++;
        }
        if (!before(child, at)) {
          return;
        }
        swap(at, child);
        at = child;
      }
    }

    private boolean before(int a, int b) {
      if (last) {
        return better(seats[a], seats[b]);
      }
      return below[a].tasks != below[b].tasks
          ? below[a].tasks < below[b].tasks
          : better(below[a].first(), below[b].first());
    }

    private void swap(int a, int b) {
      if (last) {
        int seat = seats[a];
        seats[a] = seats[b];
        seats[b] = seat;
      } else {
        Branch branch = below[a];
        below[a] = below[b];
        below[b] = branch;
      }
    }
  }
}
