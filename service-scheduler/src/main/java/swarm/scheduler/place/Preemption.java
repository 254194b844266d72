package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Task;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.NodeLoad;

/// Makes room for a task by ending others of lower priority: on the node where the fewest must go,
/// the lowest of them first, and none that need not. Mutable; confined to one turn.
final class Preemption {
  /// Tasks that are looked at in one turn to find those: what is full and has a million must not
  /// stop the leader.
  static final int MOST_LOOKED_AT = 20_000;

  private final Turn turn;
  private final Plan plan;

  /// Those that were ended in this turn.
  private final Set<String> ended = new HashSet<>();

  private int lookedAt;

  Preemption(Turn turn, Plan plan) {
    this.turn = turn;
    this.plan = plan;
  }

  /// The services of a turn, the highest priority first: what is freed for one must not be
  /// another's.
  static Collection<String> order(Turn turn) {
    if (turn.state().priorities().isEmpty()) {
      return turn.services();
    }
    var all = new ArrayList<>(turn.services());
    all.sort(Comparator.comparingInt((String id) -> -turn.state().priority(id)));
    return all;
  }

  /// Which task took the place of a slot's last attempt, by [#slot].
  static Map<String, String> ousted(List<Task> ofService) {
    var all = new HashMap<String, String>();
    var born = new HashMap<String, Long>();
    for (Task task : ofService) {
      if (task.preempted() != null && task.born() > born.getOrDefault(slot(task), -1L)) {
        born.put(slot(task), task.born());
        all.put(slot(task), task.preempted());
        if (task.slot() == 0) {
          all.put(
              "0/", task.preempted()); // of a job whose tasks know no node before they are placed
        }
      }
    }
    return all;
  }

  static String slot(Task task) {
    return task.slot() == 0 ? "0/" + task.nodeId() : Integer.toString(task.slot());
  }

  /// Where there is room.
  ///
  /// @param seat null where what it needs is still held by tasks that stop
  /// @param why which ones, for people, to be added to the explanation; empty where it need not
  ///   wait
  record Found(@Nullable Seat seat, String why) {}

  private record Candidate(Seat seat, List<Task> victims, int priorities) {}

  /// Makes room for a task and tells those that must go.
  ///
  /// @param among the nodes to look at
  /// @param fits whether a node has all that the task asks but resources
  /// @return empty where no priority helps
  Optional<Found> find(Task task, Demand demand, List<Seat> among, Predicate<Seat> fits) {
    ClusterState state = turn.state();
    int priority = state.priority(task.serviceId());
    if (!lowerThan(state, priority)) {
      return Optional.empty();
    }
    @Nullable Candidate best = null;
    for (Seat seat : among) {
      if (lookedAt >= MOST_LOOKED_AT) {
        break;
      }
      @Nullable Candidate found = fits.test(seat) ? candidate(seat, demand, priority) : null;
      if (found != null && (best == null || better(found, best))) {
        best = found;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    String by = name(task) + " (priority " + priority + ")";
    for (Task victim : best.victims()) {
      plan.add(new Command.PreemptTask(victim.id(), by, turn.now()));
      ended.add(victim.id());
      best.seat().leaves(Demand.of(victim));
    }
    for (var each : demand.generic().entrySet()) {
      if (best.seat().free(each.getKey()) < each.getValue()) {
        return Optional.of(
            new Found(
                null,
                "; waits for tasks on "
                    + hostname(best.seat())
                    + " to stop, which have a lower priority"));
      }
    }
    return Optional.of(new Found(best.seat(), ""));
  }

  private static String hostname(Seat seat) {
    String name = seat.node.description().hostname();
    return name.isEmpty() ? seat.node.id() : name;
  }

  /// Whether any service has a lower priority; asked of the few that have another than 0 first.
  private static boolean lowerThan(ClusterState state, int priority) {
    if (state.priorities().isEmpty()) {
      return false;
    }
    return priority > 0 || state.priorities().values().stream().anyMatch(other -> other < priority);
  }

  private static boolean better(Candidate a, Candidate b) {
    return a.victims().size() != b.victims().size()
        ? a.victims().size() < b.victims().size()
        : a.priorities() < b.priorities();
  }

  private @Nullable Candidate candidate(Seat seat, Demand demand, int priority) {
    var lower = new ArrayList<Task>();
    var room = new Room(seat, demand);
    for (Task task : turn.state().tasksOnNode(seat.node.id())) {
      lookedAt++;
      boolean leaving = task.leaving() || ended.contains(task.id());
      if (leaving && NodeLoad.held(task)) {
        room.takeGeneric(task, 1); // free as soon as it has stopped
      } else if (NodeLoad.counts(task) && turn.state().priority(task.serviceId()) < priority) {
        lower.add(task);
      }
    }
    lower.sort(
        Comparator.comparingInt((Task t) -> turn.state().priority(t.serviceId()))
            .thenComparingLong(t -> -t.born())
            .thenComparing(Task::id));
    var victims = new ArrayList<Task>();
    for (Task task : lower) {
      if (room.enough()) {
        break;
      }
      room.take(task, 1);
      victims.add(task);
    }
    if (!room.enough()) {
      return null;
    }
    // the worthiest of them first: who need not go stays
    for (int i = victims.size() - 1; i >= 0; i--) {
      room.take(victims.get(i), -1);
      if (room.enough()) {
        victims.remove(i);
      } else {
        room.take(victims.get(i), 1);
      }
    }
    int sum = 0;
    for (Task victim : victims) {
      sum += turn.state().priority(victim.serviceId());
    }
    return new Candidate(seat, victims, sum);
  }

  private static String name(Task task) {
    return task.serviceName() + "." + (task.slot() == 0 ? task.nodeId() : task.slot());
  }

  /// What one node would have left for a demand.
  private static final class Room {
    private final Demand demand;
    private long nanoCpus;
    private long memory;
    private final Map<String, Long> generic = new HashMap<>();

    Room(Seat seat, Demand demand) {
      this.demand = demand;
      nanoCpus = seat.freeNanoCpus();
      memory = seat.freeMemory();
      demand.generic().keySet().forEach(kind -> generic.put(kind, Math.max(0, seat.free(kind))));
    }

    void take(Task task, int sign) {
      Demand of = Demand.of(task);
      nanoCpus += sign * of.nanoCpus();
      memory += sign * of.memory();
      takeGeneric(task, sign);
    }

    void takeGeneric(Task task, int sign) {
      for (GenericResource each : task.genericOrNone()) {
        generic.computeIfPresent(each.kind(), (_, free) -> free + sign * each.amount());
      }
    }

    boolean enough() {
      return (demand.nanoCpus() <= 0 || demand.nanoCpus() <= nanoCpus)
          && (demand.memory() <= 0 || demand.memory() <= memory)
          && demand.generic().entrySet().stream()
              .allMatch(each -> each.getValue() <= generic.getOrDefault(each.getKey(), 0L));
    }
  }
}
