package swarm.scheduler.orchestrate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.place.Constraints;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// Decides which tasks every service of a turn should have, and ends those that it should not.
public final class ServiceOrchestrator {
  /// New replicas of one service in one turn: a turn's memory stays bounded whatever a user asks
  /// for. The others follow in the next turns.
  static final int MOST_PER_TURN = 1_000;

  private ServiceOrchestrator() {}

  /// Plans one turn. Tasks that are created are NEW; the allocator and the scheduler take them on.
  public static void plan(Turn turn, Plan plan) {
    for (String id : turn.services()) {
      turn.state()
          .service(id)
          .ifPresentOrElse(
              service -> planService(turn, service, plan), () -> planGone(turn, id, plan));
    }
  }

  /// The tasks of a service that was removed: forgotten as soon as they are over.
  private static void planGone(Turn turn, String serviceId, Plan plan) {
    for (Task task : turn.state().tasksOfService(serviceId)) {
      if (task.status().state().terminal()) {
        plan.add(new Command.RemoveTask(task.id()));
      }
    }
  }

  private static void planService(Turn turn, Service service, Plan plan) {
    if (service.spec().job()) {
      JobOrchestrator.plan(turn, service, plan);
      return;
    }
    NavigableMap<String, Slot> slots = Slot.of(turn.state(), service);
    Versions versions = Versions.of(turn, service, slots);
    // What each slot would do if it stays: one that goes needs no replacement.
    var staying = new TreeMap<String, Plan>();
    var settled = new ArrayList<Slot>(slots.size()); // in their order
    slots.forEach(
        (key, slot) -> {
          if (RestartSupervisor.steady(turn, versions, slot)) {
            settled.add(slot);
            return;
          }
          var own = new Plan();
          if (RestartSupervisor.plan(turn, service, versions, slot, own)) {
            settled.add(slot);
          }
          staying.put(key, own);
        });
    List<Slot> leaving =
        service.spec().global() ? unfit(turn, service, slots) : surplus(service, settled);
    NavigableMap<String, Slot> kept = leaving.isEmpty() ? slots : new TreeMap<>(slots);
    var goes = new HashSet<String>();
    for (Slot slot : leaving) {
      dismiss(turn, service, slot, plan);
      String key = slot.key();
      staying.remove(key);
      kept.remove(key);
      goes.add(key);
    }
    if (!goes.isEmpty()) {
      settled.removeIf(slot -> goes.contains(slot.key()));
    }
    staying.values().forEach(plan::addAll);
    boolean complete =
        service.spec().global()
            ? planGlobal(turn, service, versions, kept, settled, plan)
            : planReplicas(turn, service, versions, kept, settled, plan);
    UpdateSupervisor.plan(turn, service, versions, kept, complete, plan);
    Rebalancer.plan(turn, service, versions, kept, plan);
    TaskReaper.plan(turn.state(), service, slots, plan);
  }

  private static void dismiss(Turn turn, Service service, Slot slot, Plan plan) {
    for (Task task : service.spec().global() ? slot.wanted() : slot.tasks()) {
      desire(
          plan, task, service.spec().global() ? TaskState.SHUTDOWN : TaskState.REMOVE, turn.now());
    }
  }

  /// The slots of a replicated service above the number that is wanted: those without a running
  /// container go first, then from the nodes that have most of them, then the highest numbers.
  private static List<Slot> surplus(Service service, List<Slot> settled) {
    int excess = settled.size() - service.spec().replicas();
    if (excess <= 0) {
      return List.of();
    }
    var worthiest = new ArrayList<>(settled);
    worthiest.sort(
        Comparator.comparing((Slot slot) -> !slot.running()).thenComparingInt(Slot::number));
    // which of its node's slots each is, the worthiest first: a node's second goes before any first
    var onNode = new HashMap<String, Integer>();
    var rank = new HashMap<Integer, Integer>();
    for (Slot slot : worthiest) {
      String node = slot.newest().map(Task::nodeId).orElse("");
      rank.put(slot.number(), onNode.merge(node, 1, Integer::sum));
    }
    worthiest.sort(
        Comparator.comparing((Slot slot) -> !slot.running())
            .thenComparing(slot -> rank.getOrDefault(slot.number(), 0))
            .thenComparingInt(Slot::number));
    return worthiest.subList(service.spec().replicas(), worthiest.size());
  }

  /// The slots of a global service on nodes where it may not be.
  private static List<Slot> unfit(Turn turn, Service service, NavigableMap<String, Slot> slots) {
    return slots.values().stream()
        .filter(
            slot ->
                turn.state().node(slot.nodeId()).filter(node -> !fits(service, node)).isPresent())
        .toList();
  }

  static boolean fits(Service service, Node node) {
    return !node.spec().drained()
        && Constraints.allMatch(service.spec().template().constraints(), node);
  }

  /// @return whether nothing was missing
  private static boolean planReplicas(
      Turn turn,
      Service service,
      Versions versions,
      NavigableMap<String, Slot> kept,
      List<Slot> settled,
      Plan plan) {
    var taken = new BitSet();
    settled.forEach(slot -> taken.set(slot.number()));
    int missing = service.spec().replicas() - taken.cardinality();
    int room = MOST_PER_TURN;
    for (int number = 1; missing > 0 && room > 0; number++) {
      if (!taken.get(number)) {
        Slot slot = kept.get(Slot.key(number, ""));
        boolean wait = slot != null && slot.givesWay(turn.state());
        TaskState desired = wait ? TaskState.READY : TaskState.RUNNING;
        create(turn, service, number, "", 0, desired, turn.now(), versions.like(slot), plan);
        missing--;
        room--;
      }
    }
    return room == MOST_PER_TURN;
  }

  /// @return whether nothing was missing
  private static boolean planGlobal(
      Turn turn,
      Service service,
      Versions versions,
      Map<String, Slot> kept,
      List<Slot> settled,
      Plan plan) {
    var served = new HashSet<String>();
    settled.forEach(slot -> served.add(slot.nodeId()));
    boolean complete = true;
    for (Node node : turn.state().nodes().values()) {
      if (!node.schedulable() || !fits(service, node) || served.contains(node.id())) {
        continue;
      }
      // where the last one is still stopping, its successor waits for it: it is on the same node
      Slot slot = kept.get(Slot.key(0, node.id()));
      boolean wait = slot != null && slot.occupiedByLeaving(turn.state());
      create(
          turn,
          service,
          0,
          node.id(),
          0,
          wait ? TaskState.READY : TaskState.RUNNING,
          turn.now(),
          versions.like(slot),
          plan);
      complete = false;
    }
    return complete;
  }

  /// @param like the id of the task that this one is made as; null for the present spec
  static void create(
      Turn turn,
      Service service,
      int slot,
      String nodeId,
      int attempt,
      TaskState desired,
      Instant startAfter,
      @Nullable String like,
      Plan plan) {
    plan.add(
        new Command.CreateTask(
            turn.ids().next(),
            service.id(),
            slot,
            nodeId,
            attempt,
            desired,
            startAfter,
            turn.now(),
            like));
  }

  static void desire(Plan plan, Task task, TaskState state, Instant now) {
    if (task.desired().compareTo(state) < 0) {
      plan.add(new Command.DesireTask(task.id(), state, now));
    }
  }
}
