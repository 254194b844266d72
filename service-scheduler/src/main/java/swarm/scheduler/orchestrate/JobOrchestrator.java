package swarm.scheduler.orchestrate;

import java.util.ArrayList;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// Decides which tasks a job should have. Each of its completions is a slot, 0 to one less than
/// their number, or a node; a slot is done as soon as one attempt has completed, and stays so until
/// the job runs again. What the execution before still has going is removed.
final class JobOrchestrator {
  private JobOrchestrator() {}

  /// Slots of the present execution, by their keys.
  ///
  /// @param done those that completed
  /// @param going those with an attempt that goes on, or will after a delay
  /// @param over those whose attempts ended for good by the restart policy
  private record Standing(Set<String> done, Set<String> going, Set<String> over) {
    boolean has(String key) {
      return done.contains(key) || going.contains(key) || over.contains(key);
    }
  }

  static void plan(Turn turn, Service service, Plan plan) {
    NavigableMap<String, Slot> slots = Slot.of(turn.state(), service);
    removeEarlier(turn, service, slots, plan);
    var present = new Plan(); // of the present execution
    Standing standing = goOn(turn, service, slots, present);
    if (!service.begun()) {
      // it waits for its time
    } else if (service.spec().global()) {
      beginOnNodes(turn, service, slots, standing, present);
    } else {
      beginCompletions(turn, service, slots, standing, present);
    }
    boolean running =
        !standing.going().isEmpty()
            || present.commands().stream().anyMatch(c -> c instanceof Command.CreateTask);
    if (!JobSchedule.plan(turn, service, running, plan)) {
      plan.addAll(present);
    }
    TaskReaper.plan(turn.state(), service, slots, plan);
  }

  /// Whether a task completed in the present execution of its job.
  static boolean done(Service service, Task task) {
    return task.status().state() == TaskState.COMPLETE && present(service, task);
  }

  private static boolean present(Service service, Task task) {
    return service.spec().job() && Objects.equals(task.jobIteration(), service.iteration());
  }

  private static void removeEarlier(
      Turn turn, Service service, NavigableMap<String, Slot> slots, Plan plan) {
    for (Slot slot : slots.values()) {
      for (Task task : slot.tasks()) {
        if (!present(service, task) && !task.status().state().terminal()) {
          ServiceOrchestrator.desire(plan, task, TaskState.REMOVE, turn.now());
        }
      }
    }
  }

  /// Restarts what failed, and says where every slot stands.
  private static Standing goOn(
      Turn turn, Service service, NavigableMap<String, Slot> slots, Plan plan) {
    var standing = new Standing(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    Versions versions = Versions.of(turn, service, slots);
    slots.forEach(
        (key, all) -> {
          Slot slot = present(service, all);
          if (slot.tasks().stream().anyMatch(t -> done(service, t))) {
            standing.done().add(key);
            endOthers(turn, slot, plan);
          } else if (slot.tasks().stream().anyMatch(t -> present(service, t))
              && RestartSupervisor.plan(turn, service, versions, slot, plan)) {
            boolean over = RestartSupervisor.finished(versions, slot);
            (over ? standing.over() : standing.going()).add(key);
          }
        });
    return standing;
  }

  /// The slot with what counts for the present execution: its own attempts, and earlier ones that
  /// are still stopping, which its own wait for.
  private static Slot present(Service service, Slot slot) {
    var tasks = new ArrayList<Task>();
    for (Task task : slot.tasks()) {
      if (present(service, task) || (task.desired().isEnd() && !task.status().state().terminal())) {
        tasks.add(task);
      }
    }
    return new Slot(slot.number(), slot.nodeId(), tasks);
  }

  /// An attempt that was taken for lost may have completed all the same: its successor has nothing
  /// left to do.
  private static void endOthers(Turn turn, Slot slot, Plan plan) {
    for (Task task : slot.wanted()) {
      if (!task.status().state().terminal()) {
        ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
      }
    }
  }

  private static void beginCompletions(
      Turn turn, Service service, NavigableMap<String, Slot> slots, Standing standing, Plan plan) {
    int going = standing.going().size();
    int left = service.spec().completions() - standing.done().size() - going;
    int room = Math.min(service.spec().concurrent() - going, ServiceOrchestrator.MOST_PER_TURN);
    int missing = Math.min(left, room);
    for (int number = 0; missing > 0 && number < service.spec().completions(); number++) {
      String key = Slot.key(number, "");
      if (!standing.has(key)) {
        begin(turn, service, slots.get(key), number, "", plan);
        missing--;
      }
    }
  }

  private static void beginOnNodes(
      Turn turn, Service service, NavigableMap<String, Slot> slots, Standing standing, Plan plan) {
    for (Node node : turn.state().nodes().values()) {
      String key = Slot.key(0, node.id());
      if (node.schedulable() && ServiceOrchestrator.fits(service, node) && !standing.has(key)) {
        begin(turn, service, slots.get(key), 0, node.id(), plan);
      }
    }
  }

  /// The first attempt in a slot. It waits for those of an earlier execution to stop there.
  private static void begin(
      Turn turn, Service service, @Nullable Slot slot, int number, String nodeId, Plan plan) {
    boolean wait =
        slot != null
            && slot.tasks().stream()
                .anyMatch(
                    t ->
                        !t.status().state().terminal()
                            && t.status().state().compareTo(TaskState.ASSIGNED) >= 0
                            && turn.state().node(t.nodeId()).map(Node::alive).orElse(false));
    ServiceOrchestrator.create(
        turn,
        service,
        number,
        nodeId,
        0,
        wait ? TaskState.READY : service.goal(),
        turn.now(),
        null,
        plan);
  }
}
