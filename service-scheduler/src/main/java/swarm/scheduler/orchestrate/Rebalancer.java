package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.place.Balance;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// Moves the tasks of a replicated service to where there are fewer, one at a time, and only while
/// all that it should have runs. The new task runs before the old one is stopped
/// ([UpdateSupervisor]), so that there are never less than declared.
final class Rebalancer {
  /// How long all tasks have run before the next one is moved.
  static final Duration BETWEEN_MOVES = Duration.ofSeconds(10);

  /// How long after a move that failed the next one is tried.
  static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private Rebalancer() {}

  /// Plans one turn.
  ///
  /// @param slots those that stay
  static void plan(
      Turn turn, Service service, Versions versions, Map<String, Slot> slots, Plan plan) {
    @Nullable Instant asked = service.rebalance();
    boolean auto = ServiceAdditions.of(service.spec()).rebalance();
    if ((asked == null && !auto) || service.spec().global()) {
      return;
    }
    boolean moving = giveUp(turn, versions, slots, plan);
    Service.@Nullable UpdateStatus update = service.update();
    if (moving || (update != null && (update.state().moving() || update.state().paused()))) {
      return;
    }
    Optional<List<Task>> live = converged(turn, service, versions, slots);
    if (live.isEmpty()) {
      return; // it is looked at again when its tasks change
    }
    Optional<Instant> wait = notBefore(slots, turn.now());
    if (wait.isPresent()) {
      plan.wakeAt(service.id(), wait.get());
      return;
    }
    Optional<Balance.Move> move =
        Balance.next(
            turn.state(),
            service,
            turn.state().tasksOfService(service.id()),
            live.get(),
            turn.now());
    if (move.isPresent()) {
      Task from = move.get().task();
      ServiceOrchestrator.create(
          turn,
          service,
          from.slot(),
          move.get().nodeId(),
          0,
          TaskState.RUNNING,
          turn.now(),
          null,
          plan);
    } else if (asked != null) {
      plan.add(new Command.EndRebalance(service.id(), asked));
    }
    if (auto) {
      plan.waits(service.id(), "balanced", false); // until another node comes
    }
  }

  /// A move that found no place after all, because something else took it, is not waited for. What
  /// stands beside a task that is not up to date or does not run is an update's or a restart's, and
  /// theirs to end: ended here, it would be replaced at once, and ended again.
  ///
  /// @return whether a move goes on
  private static boolean giveUp(Turn turn, Versions versions, Map<String, Slot> slots, Plan plan) {
    boolean moving = false;
    for (Slot slot : slots.values()) {
      if (slot.tasks().size() < 2) {
        continue; // most slots
      }
      List<Task> wanted = slot.wanted();
      if (wanted.size() < 2) {
        continue;
      }
      moving = true;
      if (!serves(wanted.getFirst(), versions)) {
        continue;
      }
      for (Task task : wanted.subList(1, wanted.size())) {
        if (task.status().state() == TaskState.PENDING && !task.status().error().isEmpty()) {
          ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
        }
      }
    }
    return moving;
  }

  /// When the next task may be moved; empty for now.
  private static Optional<Instant> notBefore(Map<String, Slot> slots, Instant now) {
    for (Slot slot : slots.values()) {
      Task newest = slot.tasks().getLast();
      @Nullable Instant ran = newest.runningSince();
      @Nullable Instant ended = newest.endedAt();
      Optional<Instant> wait = Optional.empty();
      if (ended != null) {
        wait = Delay.end(ended, AFTER_FAILURE, now); // the one before it runs on
      } else if (ran != null) {
        wait = Delay.end(ran, BETWEEN_MOVES, now);
      }
      if (wait.isPresent()) {
        return wait;
      }
    }
    return Optional.empty();
  }

  /// The tasks of a service that has all it should, up to date and running; empty for another.
  private static Optional<List<Task>> converged(
      Turn turn, Service service, Versions versions, Map<String, Slot> slots) {
    var live = new ArrayList<Task>();
    for (Slot slot : slots.values()) {
      List<Task> wanted = slot.wanted();
      if (wanted.size() != 1) {
        return Optional.empty();
      }
      Task task = wanted.getFirst();
      if (!serves(task, versions) || RestartSupervisor.lost(turn.state(), versions, task)) {
        return Optional.empty();
      }
      live.add(task);
    }
    return live.size() == service.spec().replicas() ? Optional.of(live) : Optional.empty();
  }

  private static boolean serves(Task task, Versions versions) {
    return task.status().state() == TaskState.RUNNING && versions.current(task);
  }
}
