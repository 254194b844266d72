package swarm.scheduler.place;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Places PENDING tasks, those of one service and spec together: which nodes are eligible at all is
/// asked once for all of them ([Pool]), and each goes to the first node in the order of the
/// [SpreadTree] that has what it takes. Where none has, the tasks are told why ([Explanation]).
public final class Scheduler {
  /// How often the text that explains why tasks wait may change, as other nodes fill.
  private static final Duration BETWEEN_EXPLANATIONS = Duration.ofSeconds(1);

  /// Tasks of one service that are told in one turn; the others follow after the same time.
  static final int MOST_EXPLAINED = 1_000;

  private final Turn turn;
  private final Plan plan;
  private final Seats seats;
  private final Preemption preemption;

  private Scheduler(Turn turn, Plan plan) {
    this.turn = turn;
    this.plan = plan;
    this.seats = new Seats(turn.state());
    this.preemption = new Preemption(turn, plan);
  }

  /// Why tasks cannot be spread over this; empty where they can.
  public static Optional<String> problemOfSpread(String descriptor) {
    return NodeLabel.parse(descriptor) != null
        ? Optional.empty()
        : Optional.of(
            "placement preference '"
                + Constraint.shown(descriptor)
                + "' cannot be spread over; use node.labels.KEY or engine.labels.KEY");
  }

  /// Plans one turn.
  public static void plan(Turn turn, Plan plan) {
    ClusterState state = turn.state();
    @Nullable Scheduler scheduler = null;
    for (String serviceId : Preemption.order(turn)) {
      List<Task> tasks = state.tasksOfService(serviceId);
      if (tasks.stream().anyMatch(Scheduler::waits)) {
        scheduler = scheduler == null ? new Scheduler(turn, plan) : scheduler;
        if (!scheduler.waitsForOthers(serviceId, tasks)) {
          scheduler.place(serviceId, tasks);
        }
      }
    }
  }

  private static boolean waits(Task task) {
    return task.status().state() == TaskState.PENDING && !task.leaving();
  }

  /// Whether a service must not start before others are there. Its tasks are told.
  private boolean waitsForOthers(String serviceId, List<Task> tasks) {
    @Nullable Service service = turn.state().services().get(serviceId);
    if (service == null) {
      return false;
    }
    ServiceAdditions additions = ServiceAdditions.of(service.spec());
    Optional<Dependencies.Unmet> unmet =
        additions.dependsOn().isEmpty() || Dependencies.started(service, tasks)
            ? Optional.empty()
            : Dependencies.unmet(turn.state(), additions);
    if (unmet.isPresent()) {
      plan.waitsFor(serviceId, unmet.get().names());
      var waiting = new Waiting(serviceId);
      waiting.explain(tasks.stream().filter(Scheduler::waits).toList(), unmet.get().text(), false);
    }
    return unmet.isPresent();
  }

  private void place(String serviceId, List<Task> tasks) {
    int[] own = Group.own(seats, tasks);
    var waiting = new Waiting(serviceId);
    waiting.ousted = Preemption.ousted(tasks);
    for (Group group : Group.of(tasks)) {
      Demand demand = Demand.of(group.first());
      Pool pool = seats.pool(demand.wants());
      if (group.pinned()) {
        placePinned(group, demand, pool, own, waiting);
      } else {
        spread(group, demand, pool, own, group.failures(seats, tasks, turn.now()), waiting);
      }
    }
  }

  private void spread(
      Group group, Demand demand, Pool pool, int[] own, int[] failures, Waiting waiting) {
    var tree = new SpreadTree(pool, seats.all(), own, failures);
    Task any = group.first();
    IntPredicate fits = seat -> !lacks(seats.get(seat), any, demand, own, null);
    for (int i = 0; i < group.tasks().size(); i++) {
      int best = tree.best(fits);
      if (best < 0) {
        List<Task> left = group.tasks().subList(i, group.tasks().size());
        oust(left, seats.all(), demand, pool, own, waiting);
        return;
      }
      assign(group.tasks().get(i), seats.get(best), demand, own);
      tree.placed();
    }
  }

  private void placePinned(Group group, Demand demand, Pool pool, int[] own, Waiting waiting) {
    @Nullable Seat seat = seats.of(group.first().nodeId());
    for (Task task : group.tasks()) {
      if (seat != null
          && pool.filter().passes(seat.node)
          && !lacks(seat, task, demand, own, null)) {
        assign(task, seat, demand, own);
      } else {
        List<Seat> only = seat == null ? List.of() : List.of(seat);
        oust(List.of(task), only, demand, pool, own, waiting);
      }
    }
  }

  /// Places tasks that no node has room for where others of lower priority are, which give way;
  /// what is left after that is told why it waits.
  private void oust(
      List<Task> tasks, List<Seat> among, Demand demand, Pool pool, int[] own, Waiting waiting) {
    Predicate<Seat> fits =
        seat -> pool.filter().passes(seat.node) && apart(seat, tasks.getFirst(), demand, own);
    int at = 0;
    String why = "";
    while (at < tasks.size() && why.isEmpty()) {
      Task task = tasks.get(at);
      Optional<Preemption.Found> found = preemption.find(task, demand, among, fits);
      @Nullable Seat seat = found.map(Preemption.Found::seat).orElse(null);
      why = found.map(Preemption.Found::why).orElse("");
      if (seat == null) {
        break;
      }
      assign(task, seat, demand, own);
      at++;
    }
    if (at < tasks.size()) {
      List<Task> left = tasks.subList(at, tasks.size());
      Explanation lacking = explain(among, left.getFirst(), demand, pool, own);
      waiting.explain(left, lacking.text() + why, lacking.roomHelps());
    }
  }

  /// Whether a node has what a task asks beside resources.
  private static boolean apart(Seat seat, Task task, Demand demand, int[] own) {
    return !(demand.publishes() && seat.takenPort(task) != null)
        && !(demand.mostPerNode() > 0 && own[seat.index] >= demand.mostPerNode());
  }

  private void assign(Task task, Seat seat, Demand demand, int[] own) {
    own[seat.index]++;
    plan.add(
        new Command.AssignTask(task.id(), seat.node.id(), seat.place(task, demand), turn.now()));
  }

  private static Explanation explain(
      List<Seat> among, Task task, Demand demand, Pool pool, int[] own) {
    var why = new Explanation();
    for (Seat seat : among) {
      if (!pool.filter().explain(seat.node, why)) {
        var _ = lacks(seat, task, demand, own, why);
      }
    }
    return why;
  }

  /// Whether a node lacks something that tasks which were placed before may have taken.
  ///
  /// @param why is told, where it is given
  static boolean lacks(Seat seat, Task task, Demand demand, int[] own, @Nullable Explanation why) {
    // never added up: what a user reserves may be near the largest number
    if (demand.nanoCpus() > 0 && demand.nanoCpus() > seat.freeNanoCpus()) {
      if (why != null) {
        why.lacksNanoCpus(seat.freeNanoCpus(), demand.nanoCpus());
      }
      return true;
    }
    if (demand.memory() > 0 && demand.memory() > seat.freeMemory()) {
      if (why != null) {
        why.lacksMemory(seat.freeMemory(), demand.memory());
      }
      return true;
    }
    for (Map.Entry<String, Long> each : demand.generic().entrySet()) {
      long free = seat.free(each.getKey());
      if (each.getValue() > free) {
        if (why != null) {
          why.lacksGeneric(each.getKey(), free, each.getValue());
        }
        return true;
      }
    }
    @Nullable PortConfig taken = demand.publishes() ? seat.takenPort(task) : null;
    if (taken != null) {
      if (why != null) {
        why.portTaken(taken);
      }
      return true;
    }
    if (demand.mostPerNode() > 0 && own[seat.index] >= demand.mostPerNode()) {
      if (why != null) {
        why.maxReplicas(demand.mostPerNode());
      }
      return true;
    }
    return false;
  }

  /// What the waiting tasks of one service are told.
  private final class Waiting {
    private final String serviceId;
    private int told;

    /// By slot, what took the place of the attempt before.
    private Map<String, String> ousted = Map.of();

    Waiting(String serviceId) {
      this.serviceId = serviceId;
    }

    /// @param roomHelps as [Plan#waits] has it
    void explain(List<Task> tasks, String text, boolean roomHelps) {
      plan.waits(serviceId, text, roomHelps);
      for (Task task : tasks) {
        String by = ousted.isEmpty() ? null : ousted.get(Preemption.slot(task));
        String all = by == null ? text : text + "; preempted by " + by;
        if (!all.equals(task.status().error())) {
          tell(task, all);
        }
      }
    }

    /// What is said first is said at once; another text comes no sooner than a while after it.
    private void tell(Task task, String text) {
      Instant now = turn.now();
      Instant next = task.status().at().plus(BETWEEN_EXPLANATIONS);
      boolean first = task.status().error().isEmpty();
      // one that was told in the future was so by a leader whose clock was ahead
      boolean due = first || !next.isAfter(now) || task.status().at().isAfter(now);
      if (due && told < MOST_EXPLAINED) {
        told++;
        plan.add(new Command.ExplainTask(task.id(), text, now));
      } else {
        plan.wakeAt(serviceId, due ? now.plus(BETWEEN_EXPLANATIONS) : next);
      }
    }
  }
}
