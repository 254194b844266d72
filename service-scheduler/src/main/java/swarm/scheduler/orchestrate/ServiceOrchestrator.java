package swarm.scheduler.orchestrate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    Map<String, Slot> slots = Slot.of(turn.state(), service);
    var settled = new TreeMap<String, Slot>();
    slots.forEach(
        (key, slot) -> {
          if (RestartSupervisor.plan(turn, service, slot, plan)) {
            settled.put(key, slot);
          }
        });
    if (service.spec().global()) {
      planGlobal(turn, service, slots, settled, plan);
    } else {
      planReplicas(turn, service, new ArrayList<>(settled.values()), plan);
    }
    UpdateSupervisor.plan(turn, service, slots, plan);
    TaskReaper.plan(turn.state(), slots, plan);
  }

  private static void planReplicas(Turn turn, Service service, List<Slot> settled, Plan plan) {
    int want = service.spec().replicas();
    if (settled.size() > want) {
      settled.sort(leastWorthKeeping(settled));
      for (Slot slot : settled.subList(0, settled.size() - want)) {
        for (Task task : slot.tasks()) {
          desire(plan, task, TaskState.REMOVE, turn.now());
        }
      }
      return;
    }
    int missing = want - settled.size();
    var taken = new HashSet<Integer>();
    settled.forEach(slot -> taken.add(slot.number()));
    for (int number = 1; missing > 0; number++) {
      if (!taken.contains(number)) {
        create(turn, service, number, "", 0, TaskState.RUNNING, turn.now(), plan);
        missing--;
      }
    }
  }

  /// Slots without a running container go first, then those on the node that has most of this
  /// service, then the highest numbers.
  private static Comparator<Slot> leastWorthKeeping(List<Slot> slots) {
    var perNode = new HashMap<String, Integer>();
    for (Slot slot : slots) {
      slot.newest().ifPresent(t -> perNode.merge(t.nodeId(), 1, Integer::sum));
    }
    return Comparator.comparing(Slot::running)
        .thenComparingInt(
            slot -> -slot.newest().map(t -> perNode.getOrDefault(t.nodeId(), 0)).orElse(0))
        .thenComparingInt(slot -> -slot.number());
  }

  private static void planGlobal(
      Turn turn, Service service, Map<String, Slot> slots, Map<String, Slot> settled, Plan plan) {
    List<String> constraints = service.spec().template().constraints();
    for (Node node : turn.state().nodes().values()) {
      boolean fits = !node.spec().drained() && Constraints.allMatch(constraints, node);
      String key = Slot.key(0, node.id());
      Slot slot = slots.get(key);
      if (fits && !settled.containsKey(key) && node.schedulable()) {
        create(turn, service, 0, node.id(), 0, TaskState.RUNNING, turn.now(), plan);
      } else if (!fits && slot != null) {
        for (Task task : slot.wanted()) {
          desire(plan, task, TaskState.SHUTDOWN, turn.now());
        }
      }
    }
  }

  static void create(
      Turn turn,
      Service service,
      int slot,
      String nodeId,
      int attempt,
      TaskState desired,
      Instant startAfter,
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
            turn.now()));
  }

  static void desire(Plan plan, Task task, TaskState state, Instant now) {
    if (task.desired().compareTo(state) < 0) {
      plan.add(new Command.DesireTask(task.id(), state, now));
    }
  }
}
