package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Service.UpdateState;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceAdditions.Canary;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// The first part of an update, which must prove itself before the rest follows.
///
/// @param first how many slots are replaced in it
/// @param all of how many
record CanaryStage(Canary canary, int first, int all) {

  /// The stage that a service's update is in, or paused in; empty where it has none, or is past it.
  /// A way back has none. Whether there is one is decided when the update begins: fewer slots, or
  /// nodes in reach, do not end it.
  ///
  /// @param slots all of the service's
  static Optional<CanaryStage> of(Turn turn, Service service, Map<String, Slot> slots) {
    Service.@Nullable UpdateStatus update = service.update();
    if (update == null
        || (update.state() != UpdateState.UPDATING && update.state() != UpdateState.PAUSED)
        || Boolean.TRUE.equals(update.promoted())) {
      return Optional.empty();
    }
    @Nullable Canary canary = ServiceAdditions.of(service.spec()).canary();
    if (canary == null) {
      return Optional.empty();
    }
    int all = all(turn, service, slots);
    int first = canary.of(all);
    boolean holds = Boolean.FALSE.equals(update.promoted());
    if (first >= all && !holds) {
      return Optional.empty();
    }
    return Optional.of(new CanaryStage(canary, Math.min(first, all), all));
  }

  /// How many slots the service is to have, of a global one on nodes that take tasks.
  private static int all(Turn turn, Service service, Map<String, Slot> slots) {
    return service.spec().global()
        ? (int)
            slots.values().stream()
                .filter(slot -> !UpdateSupervisor.outOfReach(turn, service, slot))
                .count()
        : service.spec().replicas();
  }

  /// How long a task of it is watched at least: one that ends before that has failed.
  Duration watched(Duration monitor) {
    return canary.window().compareTo(monitor) > 0 ? canary.window() : monitor;
  }

  /// Which of these are replaced first: those where it was tried, which are the first part, then
  /// those where another one was that nobody approved of, then those where nothing runs, which lose
  /// nothing.
  static List<Slot> inOrder(Versions versions, List<Slot> outdated) {
    return outdated.stream()
        .sorted(
            Comparator.comparing((Slot slot) -> slot.newest().filter(versions::made).isEmpty())
                .thenComparing(slot -> slot.newest().filter(versions::abandoned).isEmpty())
                .thenComparing(Slot::running))
        .toList();
  }

  /// Says how far it is, and lets the update go on once it may.
  ///
  /// @param begun the newest attempts of those slots that have any from the new spec
  /// @param left how many slots are still to be replaced, in it or after it; where the others are
  ///   as the new spec wants them already, it has fewer
  void plan(
      Turn turn,
      Service service,
      Service.UpdateStatus update,
      List<Task> begun,
      int left,
      Plan plan) {
    int part = Math.min(first, begun.size() + left);
    boolean none = part == 0; // the service was scaled to nothing, or all are as they should be
    if (!none && (begun.size() < part || begun.stream().anyMatch(t -> !runs(t)))) {
      say(turn, service, update, "canary: replacing " + part + " of " + all + " tasks", plan);
      return;
    }
    String done = "canary: " + part + " of " + all + " tasks replaced; ";
    String name = service.spec().nameOrEmpty();
    if (canary.manual() && !none) {
      String how =
          "'swarm service promote "
              + name
              + "' goes on, 'swarm service rollback "
              + name
              + "' back";
      say(turn, service, update, done + how, plan);
    } else if (!none && watching(turn, service, begun, plan)) {
      String window = canary.window().toString().substring(2).toLowerCase(Locale.ROOT);
      say(turn, service, update, done + "goes on once they have run for " + window, plan);
    } else {
      plan.add(
          new Command.SetUpdateStatus(
              service.id(),
              service.specVersion(),
              update.promoted(true, UpdateSupervisor.UPDATING),
              turn.now()));
    }
  }

  private static boolean runs(Task task) {
    boolean goesOn = !task.leaving() || task.status().state() == TaskState.COMPLETE;
    return task.runningSince() != null && goesOn;
  }

  private boolean watching(Turn turn, Service service, List<Task> begun, Plan plan) {
    for (Task task : begun) {
      @Nullable Instant since = task.runningSince();
      Optional<Instant> end =
          since == null ? Optional.empty() : Delay.end(since, canary.window(), turn.now());
      if (end.isPresent()) {
        plan.wakeAt(service.id(), end.get());
        return true;
      }
    }
    return false;
  }

  private static void say(
      Turn turn, Service service, Service.UpdateStatus update, String message, Plan plan) {
    if (!message.equals(update.message()) || update.promoted() == null) {
      plan.add(
          new Command.SetUpdateStatus(
              service.id(), service.specVersion(), update.promoted(false, message), turn.now()));
    }
  }
}
