package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Service.UpdateState;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.UpdateConfig;
import swarm.scheduler.place.Dependencies;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

/// Replaces tasks of an old template by tasks of the present one, so many slots at a time, and
/// stops, goes on or goes back when too many of the new ones fail.
final class UpdateSupervisor {
  /// What users are told of one that goes on.
  static final String UPDATING = "update in progress";

  /// What stands before the words of a refusal.
  private static final String DESCRIPTION = " desc = ";

  private UpdateSupervisor() {}

  /// Plans one turn.
  ///
  /// @param slots those that stay
  /// @param complete whether no task had to be made in this turn to have enough of them
  static void plan(
      Turn turn,
      Service service,
      Versions versions,
      Map<String, Slot> slots,
      boolean complete,
      Plan plan) {
    var outdated = new ArrayList<Slot>();
    var current = new ArrayList<Task>();
    var begun = new ArrayList<Task>();
    boolean whole = complete;
    for (Slot slot : slots.values()) {
      if (service.update() == null && slot.tasks().size() < 2) {
        continue; // nothing to replace, and nothing that was: so it is with most of a million slots
      }
      retireReplaced(turn, versions, slot, plan);
      if (outOfReach(turn, service, slot)) {
        continue;
      }
      Optional<Task> made = slot.newest().filter(versions::made);
      List<Task> live = slot.tasks().stream().filter(t -> !t.leaving()).toList();
      if (live.isEmpty() && !slot.wanted().isEmpty()) {
        whole = false; // its task has ended, and another will be made, or is in this very turn
      }
      if (!live.isEmpty() && RestartSupervisor.lost(turn.state(), versions, live.getLast())) {
        whole = false; // it was replaced in this very turn: another would be one too many
        made.ifPresent(begun::add);
        continue;
      }
      Optional<Task> upToDate =
          live.stream()
              .filter(versions::current)
              .filter(t -> !RestartSupervisor.lost(turn.state(), versions, t))
              .reduce((_, last) -> last);
      upToDate.ifPresent(current::add);
      if (upToDate.isEmpty() && !live.isEmpty() && RestartSupervisor.mayTry(versions, slot)) {
        outdated.add(slot); // also where an attempt ended beside the old one: another is to follow
      } else {
        made.ifPresent(begun::add);
      }
    }
    Service.@Nullable UpdateStatus update = service.update();
    if (update == null || update.state().paused()) {
      return;
    }
    UpdateConfig config = service.updateConfig();
    if (!update.state().moving()) {
      // a node that the update left out is back in reach
      replace(
          turn, service, versions, outdated, roomFor(turn, service, update, current, plan), plan);
      return;
    }
    ServiceAdditions additions = ServiceAdditions.of(service.spec());
    Optional<CanaryStage> stage = CanaryStage.of(turn, service, slots);
    if (failedTooOften(service, versions, update, slots, config, stage)) {
      fail(turn, service, update, config, plan);
    } else if (!outdated.isEmpty()) {
      if (!waitsForOthers(turn, service, update, additions, plan)) {
        int room = roomFor(turn, service, update, current, plan);
        goOn(turn, service, update, versions, stage, outdated, begun, room, plan);
      }
    } else if (stage.isPresent() && Boolean.FALSE.equals(update.promoted())) {
      stage
          .get()
          .plan(turn, service, update, begun, 0, plan); // what was not replaced may come back
    } else if (whole) {
      complete(turn, service, update, current, config, plan);
    }
  }

  /// Whether an update must not go on before other services are there, and updated themselves. A
  /// way back waits for nobody: what it depends on may be what is broken.
  private static boolean waitsForOthers(
      Turn turn,
      Service service,
      Service.UpdateStatus update,
      ServiceAdditions additions,
      Plan plan) {
    if (update.state() != UpdateState.UPDATING) {
      return false;
    }
    Optional<Dependencies.Unmet> unmet = Dependencies.unmet(turn.state(), additions);
    if (unmet.isEmpty()) {
      return false;
    }
    plan.waitsFor(service.id(), unmet.get().names());
    plan.waits(service.id(), unmet.get().text(), false);
    say(turn, service, update, "update " + unmet.get().text(), plan);
    return true;
  }

  private static void goOn(
      Turn turn,
      Service service,
      Service.UpdateStatus update,
      Versions versions,
      Optional<CanaryStage> stage,
      List<Slot> outdated,
      List<Task> begun,
      int room,
      Plan plan) {
    if (stage.isPresent()) {
      int left = Math.max(0, stage.get().first() - begun.size());
      List<Slot> inOrder = CanaryStage.inOrder(versions, outdated);
      replace(turn, service, versions, inOrder, Math.min(room, left), plan);
      stage.get().plan(turn, service, update, begun, outdated.size(), plan);
      return;
    }
    replace(turn, service, versions, outdated, room, plan);
    if (update.state() == UpdateState.UPDATING) {
      say(turn, service, update, UPDATING, plan);
    }
  }

  private static void say(
      Turn turn, Service service, Service.UpdateStatus update, String message, Plan plan) {
    if (!message.equals(update.message())) {
      plan.add(status(service, update.state(), update, null, message, turn.now()));
    }
  }

  /// Whether a global service's slot is on a node that takes no tasks now: what runs there runs on,
  /// and the update does not wait for it.
  static boolean outOfReach(Turn turn, Service service, Slot slot) {
    return service.spec().global()
        && turn.state().node(slot.nodeId()).filter(Node::schedulable).isEmpty();
  }

  /// With start-first, or where a task is moved, the old attempt goes once the new one runs.
  private static void retireReplaced(Turn turn, Versions versions, Slot slot, Plan plan) {
    List<Task> live = slot.tasks().stream().filter(t -> !t.leaving()).toList();
    if (live.size() < 2) {
      return;
    }
    Optional<Task> replacement =
        live.stream()
            .filter(versions::current)
            .filter(t -> t.status().state() == TaskState.RUNNING)
            .filter(t -> !RestartSupervisor.lost(turn.state(), versions, t))
            .reduce((_, last) -> last);
    if (replacement.isPresent()) {
      int place = live.indexOf(replacement.get()); // in the order of the slot: of one age, by id
      for (int i = 0; i < live.size(); i++) {
        if (i < place || !versions.current(live.get(i))) {
          ServiceOrchestrator.desire(plan, live.get(i), TaskState.SHUTDOWN, turn.now());
        }
      }
    }
  }

  /// How many more slots may be replaced now: those on their way, or whose delay is not over,
  /// count.
  private static int roomFor(
      Turn turn, Service service, Service.UpdateStatus update, List<Task> current, Plan plan) {
    UpdateConfig config = service.updateConfig();
    int busy = 0;
    for (Task task : current) {
      if (task.runningSince() == null) {
        busy++;
      } else if (task.born() >= update.index()) {
        Optional<Instant> free = Delay.end(task.runningSince(), config.delayOrZero(), turn.now());
        if (free.isPresent()) {
          busy++;
          plan.wakeAt(service.id(), free.get());
        }
      }
    }
    return Math.max(0, config.slotsAtOnce() - busy);
  }

  private static void replace(
      Turn turn, Service service, Versions versions, List<Slot> outdated, int room, Plan plan) {
    boolean startFirst = service.updateConfig().startFirst();
    for (Slot slot : outdated.subList(0, Math.min(room, outdated.size()))) {
      if (!startFirst) {
        for (Task task : slot.wanted()) {
          ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
        }
      }
      // an earlier try of this update may have ended: its successor keeps to the restart delay
      Optional<Task> tried = slot.newest().filter(t -> versions.current(t) && t.leaving());
      Optional<Instant> wait =
          tried.flatMap(t -> RestartSupervisor.restartAt(service, versions, t, turn.now()));
      ServiceOrchestrator.create(
          turn,
          service,
          slot.number(),
          slot.nodeId(),
          tried.map(t -> t.attempt() + 1).orElse(0),
          startFirst && wait.isEmpty() ? TaskState.RUNNING : TaskState.READY,
          wait.orElse(turn.now()),
          null,
          plan);
    }
  }

  private static boolean failedTooOften(
      Service service,
      Versions versions,
      Service.UpdateStatus update,
      Map<String, Slot> slots,
      UpdateConfig config,
      Optional<CanaryStage> stage) {
    if (slots.isEmpty() || "continue".equals(config.failureAction())) {
      return false;
    }
    Duration monitor = config.monitorOrDefault();
    Duration watched = stage.map(part -> part.watched(monitor)).orElse(monitor);
    int of = stage.map(CanaryStage::first).orElse(slots.size());
    long failed =
        slots.values().stream()
            .filter(
                slot ->
                    slot.tasks().stream()
                        .anyMatch(
                            t ->
                                t.born() >= update.index()
                                    && versions.made(t)
                                    && endedEarly(service, t, watched)))
            .count();
    double allowed = config.maxFailureRatio() == null ? 0 : config.maxFailureRatio();
    return failed > 0 && (double) failed / of > allowed;
  }

  /// Whether a task ended by itself before it ran as long as an update watches it. One that
  /// completed did so early only where the policy would have it run on.
  private static boolean endedEarly(Service service, Task task, Duration watched) {
    boolean early =
        switch (task.status().state()) {
          case FAILED, REJECTED -> true;
          case COMPLETE -> service.spec().template().restart().wants(TaskState.COMPLETE);
          case NEW,
              ALLOCATED,
              PENDING,
              ASSIGNED,
              ACCEPTED,
              PREPARING,
              READY,
              STARTING,
              RUNNING,
              SHUTDOWN,
              REMOVE,
              ORPHANED ->
              false;
        };
    if (!early || task.endedAt() == null) {
      return false;
    }
    return task.runningSince() == null
        || Duration.between(task.runningSince(), task.endedAt()).compareTo(watched) < 0;
  }

  private static void fail(
      Turn turn, Service service, Service.UpdateStatus update, UpdateConfig config, Plan plan) {
    boolean back = update.state().rollback();
    var way =
        new Command.UpdateService(
            service.id(), service.version().index(), service.spec(), true, turn.now());
    boolean wanted =
        !back && service.previousSpec() != null && "rollback".equals(config.failureAction());
    Optional<String> obstacle = wanted ? obstacle(turn, way) : Optional.empty();
    if (wanted && obstacle.isEmpty()) {
      plan.add(way);
      return;
    }
    plan.add(
        status(
            service,
            back ? UpdateState.ROLLBACK_PAUSED : UpdateState.PAUSED,
            update,
            null,
            (back ? "rollback" : "update")
                + " paused due to failure or early termination of a task"
                + obstacle.map(it -> "; no way back: " + it).orElse(""),
            turn.now()));
  }

  /// Why the state would refuse the way back: a secret, a config or a network of it is gone, or a
  /// port of it is another service's by now. Planned all the same, it would be planned for ever.
  private static Optional<String> obstacle(Turn turn, Command way) {
    ClusterState state = turn.state();
    String why =
        switch (CommandApplier.apply(state, state.index() + 1, way).result()) {
          case CommandResult.Done _ -> "";
          case CommandResult.NotFound(String message) -> message;
          case CommandResult.Conflict(String message) -> message;
          case CommandResult.Refused(String message) -> message;
        };
    int words = why.indexOf(DESCRIPTION);
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(words < 0 ? why : why.substring(words + DESCRIPTION.length()));
  }

  private static void complete(
      Turn turn,
      Service service,
      Service.UpdateStatus update,
      List<Task> current,
      UpdateConfig config,
      Plan plan) {
    for (Task task : current) {
      if (task.runningSince() == null) {
        return;
      }
      Optional<Instant> watched =
          task.born() < update.index()
              ? Optional.empty()
              : Delay.end(task.runningSince(), config.monitorOrDefault(), turn.now());
      if (watched.isPresent()) {
        plan.wakeAt(service.id(), watched.get());
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
        service.id(), service.specVersion(), update.to(state, completedAt, message), now);
  }
}
