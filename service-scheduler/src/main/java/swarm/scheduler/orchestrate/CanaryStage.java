package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Service.UpdateState;
import swarm.scheduler.model.ServiceAdditions.Canary;
import swarm.scheduler.model.Task;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// The first part of an update, which must prove itself before the rest follows.
///
/// @param first how many slots are replaced in it
/// @param all of how many
record CanaryStage(Canary canary, int first, int all) {

  /// The stage that an update is in; empty where it has none, or is past it. A way back has none.
  static Optional<CanaryStage> of(@Nullable Canary canary, Service.UpdateStatus update, int all) {
    if (canary == null
        || update.state() != UpdateState.UPDATING
        || Boolean.TRUE.equals(update.promoted())) {
      return Optional.empty();
    }
    int first = canary.of(all);
    return first >= all ? Optional.empty() : Optional.of(new CanaryStage(canary, first, all));
  }

  /// How long a task of it is watched at least: one that ends before that has failed.
  Duration watched(Duration monitor) {
    return canary.window().compareTo(monitor) > 0 ? canary.window() : monitor;
  }

  /// Says how far it is, and lets the update go on once it may.
  ///
  /// @param current the tasks that are up to date
  void plan(
      Turn turn, Service service, Service.UpdateStatus update, List<Task> current, Plan plan) {
    if (current.size() < first || current.stream().anyMatch(t -> t.runningSince() == null)) {
      say(turn, service, update, "canary: replacing " + first + " of " + all + " tasks", plan);
      return;
    }
    String done = "canary: " + first + " of " + all + " tasks replaced; ";
    String name = service.spec().nameOrEmpty();
    if (canary.manual()) {
      String how =
          "'swarm service promote "
              + name
              + "' goes on, 'swarm service rollback "
              + name
              + "' back";
      say(turn, service, update, done + how, plan);
    } else if (watching(turn, service, current, plan)) {
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

  private boolean watching(Turn turn, Service service, List<Task> current, Plan plan) {
    for (Task task : current) {
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
