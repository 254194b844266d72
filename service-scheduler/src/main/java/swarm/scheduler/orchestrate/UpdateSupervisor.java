package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Service.UpdateState;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.UpdateConfig;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// Replaces tasks of an old template by tasks of the present one, so many slots at a time, and
/// stops, goes on or goes back when too many of the new ones fail.
final class UpdateSupervisor {
  private UpdateSupervisor() {}

  static void plan(Turn turn, Service service, Map<String, Slot> slots, Plan plan) {
    Service.@Nullable UpdateStatus update = service.update();
    var outdated = new ArrayList<Slot>();
    var current = new ArrayList<Task>();
    for (Slot slot : slots.values()) {
      retireReplaced(turn, service, slot, plan);
      // a slot whose node is lost was replaced in this very turn
      Optional<Task> newest =
          slot.newest().filter(t -> !t.leaving() && !RestartSupervisor.lost(turn.state(), t));
      if (newest.isPresent() && newest.get().specVersion() == service.specVersion()) {
        current.add(newest.get());
      } else if (newest.isPresent()) {
        outdated.add(slot);
      }
    }
    if (update == null || !update.state().moving()) {
      return;
    }
    UpdateConfig config = service.updateConfig();
    if (failedTooOften(service, slots, config)) {
      fail(turn, service, update, config, plan);
      return;
    }
    if (outdated.isEmpty()) {
      complete(turn, service, update, current, config, plan);
      return;
    }
    replace(turn, service, outdated, roomFor(turn, service, current, config, plan), plan);
  }

  /// With start-first, the old attempt goes once the new one runs.
  private static void retireReplaced(Turn turn, Service service, Slot slot, Plan plan) {
    List<Task> live = slot.tasks().stream().filter(t -> !t.leaving()).toList();
    if (live.size() < 2) {
      return;
    }
    boolean replaced =
        live.stream()
            .anyMatch(
                t ->
                    t.specVersion() == service.specVersion()
                        && t.status().state() == TaskState.RUNNING);
    if (replaced) {
      for (Task task : live) {
        if (task.specVersion() != service.specVersion()) {
          ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
        }
      }
    }
  }

  /// How many more slots may be replaced now: those on their way, or whose delay is not over,
  /// count.
  private static int roomFor(
      Turn turn, Service service, List<Task> current, UpdateConfig config, Plan plan) {
    int busy = 0;
    for (Task task : current) {
      if (task.status().state() != TaskState.RUNNING) {
        busy++;
      } else if (startedInThisUpdate(service, task)) {
        Instant free = task.status().at().plus(config.delayOrZero());
        if (free.isAfter(turn.now())) {
          busy++;
          plan.wakeAt(service.id(), free);
        }
      }
    }
    return Math.max(0, config.slotsAtOnce() - busy);
  }

  private static boolean startedInThisUpdate(Service service, Task task) {
    return service.update() != null
        && !task.version().createdAt().isBefore(service.update().startedAt());
  }

  private static void replace(
      Turn turn, Service service, List<Slot> outdated, int room, Plan plan) {
    boolean startFirst = service.updateConfig().startFirst();
    for (Slot slot : outdated.subList(0, Math.min(room, outdated.size()))) {
      if (!startFirst) {
        for (Task task : slot.wanted()) {
          ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
        }
      }
      ServiceOrchestrator.create(
          turn,
          service,
          slot.number(),
          slot.nodeId(),
          0,
          startFirst ? TaskState.RUNNING : TaskState.READY,
          turn.now(),
          plan);
    }
  }

  private static boolean failedTooOften(
      Service service, Map<String, Slot> slots, UpdateConfig config) {
    if (slots.isEmpty() || "continue".equals(config.failureAction())) {
      return false;
    }
    long failed =
        slots.values().stream()
            .filter(slot -> slot.tasks().stream().anyMatch(t -> failedEarly(service, t, config)))
            .count();
    double allowed = config.maxFailureRatio() == null ? 0 : config.maxFailureRatio();
    return failed > 0 && (double) failed / slots.size() > allowed;
  }

  private static boolean failedEarly(Service service, Task task, UpdateConfig config) {
    boolean failed =
        task.status().state() == TaskState.FAILED || task.status().state() == TaskState.REJECTED;
    return failed
        && task.specVersion() == service.specVersion()
        && task.attempt() == 0
        && Duration.between(task.version().createdAt(), task.status().at())
                .compareTo(config.monitorOrDefault().plusSeconds(60))
            < 0;
  }

  private static void fail(
      Turn turn, Service service, Service.UpdateStatus update, UpdateConfig config, Plan plan) {
    boolean back = update.state().rollback();
    if (!back && "rollback".equals(config.failureAction()) && service.previousSpec() != null) {
      plan.add(
          new Command.UpdateService(
              service.id(), service.version().index(), service.spec(), true, turn.now()));
      return;
    }
    plan.add(
        status(
            service,
            back ? UpdateState.ROLLBACK_PAUSED : UpdateState.PAUSED,
            update,
            null,
            (back ? "rollback" : "update")
                + " paused due to failure or early termination of a task",
            turn.now()));
  }

  private static void complete(
      Turn turn,
      Service service,
      Service.UpdateStatus update,
      List<Task> current,
      UpdateConfig config,
      Plan plan) {
    for (Task task : current) {
      if (task.status().state() != TaskState.RUNNING) {
        return;
      }
      Instant watched = task.status().at().plus(config.monitorOrDefault());
      if (startedInThisUpdate(service, task) && watched.isAfter(turn.now())) {
        plan.wakeAt(service.id(), watched);
        return;
      }
    }
    boolean back = update.state().rollback();
    plan.add(
        status(
            service,
            back ? UpdateState.ROLLBACK_COMPLETED : UpdateState.COMPLETED,
            update,
            turn.now(),
            back ? "rollback completed" : "update completed",
            turn.now()));
  }

  private static Command status(
      Service service,
      UpdateState state,
      Service.UpdateStatus update,
      @Nullable Instant completedAt,
      String message,
      Instant now) {
    return new Command.SetUpdateStatus(
        service.id(),
        service.specVersion(),
        new Service.UpdateStatus(state, update.startedAt(), completedAt, message),
        now);
  }
}
