package swarm.scheduler.place;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;

/// Whether the tasks of a replicated service are spread as new ones would be, and which one would
/// have to move. A move always leads from a branch of the [Pool] to another beside it that has at
/// least two tasks less. So each makes the sum of the squares at that level smaller and leaves
/// those above it as they are: there is a last one, and none is ever undone. Pure.
public final class Balance {
  private final List<Seat> seats;
  private final int[] own;
  private final int[] counts;
  private final int[] failures;
  private final Demand demand;
  private final Task any;

  private Balance(
      List<Seat> seats, int[] own, int[] counts, int[] failures, Demand demand, Task any) {
    this.seats = seats;
    this.own = own;
    this.counts = counts;
    this.failures = failures;
    this.demand = demand;
    this.any = any;
  }

  /// A task that should run elsewhere.
  public record Move(Task task, String nodeId) {}

  /// From which node to which.
  private record Way(Seat from, Seat to) {}

  /// The next task to move; empty where none should, or none can.
  ///
  /// @param tasks all of the service's
  /// @param live those that are to stay, each in a slot of its own, up to date
  public static Optional<Move> next(
      ClusterState state, Service service, List<Task> tasks, List<Task> live, Instant now) {
    if (live.size() < 2) {
      return Optional.empty();
    }
    var all = new Seats(state);
    Task any = live.getFirst();
    Demand demand = Demand.ofSuccessor(any, service.spec().template());
    Pool pool = all.pool(demand.wants());
    int[] own = Group.own(all, live);
    var balance =
        new Balance(
            all.all(),
            own,
            pool.tasksIn(own),
            new Group(live).failures(all, tasks, now),
            demand,
            any);
    @Nullable Way way = balance.search(pool.root());
    if (way == null) {
      return Optional.empty();
    }
    return live.stream()
        .filter(task -> task.nodeId().equals(way.from().node.id()))
        .max(Comparator.comparingInt(Task::slot))
        .map(task -> new Move(task, way.to().node.id()));
  }

  /// What helps most: between the branches of this one, before within any of them.
  private @Nullable Way search(Pool.Branch branch) {
    if (branch.branches().isEmpty()) {
      return amongNodes(branch);
    }
    List<Pool.Branch> rising = rising(branch);
    for (Pool.Branch low : rising) {
      @Nullable Seat to = room(low);
      for (int i = rising.size() - 1; to != null && i >= 0; i--) {
        Pool.Branch high = rising.get(i);
        if (counts[high.number()] - counts[low.number()] < 2) {
          break;
        }
        @Nullable Seat from = fullest(high);
        if (from != null) {
          return new Way(from, to);
        }
      }
    }
    for (Pool.Branch each : branch.branches()) {
      @Nullable Way way = search(each);
      if (way != null) {
        return way;
      }
    }
    return null;
  }

  private List<Pool.Branch> rising(Pool.Branch branch) {
    var all = new ArrayList<>(branch.branches());
    all.sort(
        Comparator.comparingInt((Pool.Branch each) -> counts[each.number()])
            .thenComparingInt(Pool.Branch::number));
    return all;
  }

  private @Nullable Way amongNodes(Pool.Branch leaf) {
    @Nullable Seat to = room(leaf);
    @Nullable Seat from = fullest(leaf);
    return to != null && from != null && own[from.index] - own[to.index] >= 2
        ? new Way(from, to)
        : null;
  }

  /// The node that a new task would go to; null where none has what it takes.
  private @Nullable Seat room(Pool.Branch branch) {
    if (!branch.branches().isEmpty()) {
      for (Pool.Branch each : rising(branch)) {
        @Nullable Seat seat = room(each);
        if (seat != null) {
          return seat;
        }
      }
      return null;
    }
    @Nullable Seat best = null;
    for (int index : branch.seats()) {
      Seat seat = seats.get(index);
      boolean failing = failures.length > 0 && failures[index] >= SpreadTree.FAILURES_THAT_COUNT;
      if ((best == null || emptier(seat, best))
          && !failing
          && !Scheduler.lacks(seat, any, demand, own, null)) {
        best = seat;
      }
    }
    return best;
  }

  private boolean emptier(Seat a, Seat b) {
    return own[a.index] != own[b.index] ? own[a.index] < own[b.index] : a.tasks() < b.tasks();
  }

  /// The node with most of the service's tasks; null where there is none.
  private @Nullable Seat fullest(Pool.Branch branch) {
    if (!branch.branches().isEmpty()) {
      List<Pool.Branch> rising = rising(branch);
      for (int i = rising.size() - 1; i >= 0; i--) {
        @Nullable Seat seat = fullest(rising.get(i));
        if (seat != null) {
          return seat;
        }
      }
      return null;
    }
    @Nullable Seat best = null;
    for (int index : branch.seats()) {
      Seat seat = seats.get(index);
      if (own[index] > 0 && (best == null || emptier(best, seat))) {
        best = seat;
      }
    }
    return best;
  }
}
