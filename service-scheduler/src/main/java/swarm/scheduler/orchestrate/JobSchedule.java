package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Schedule;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Command;

/// Begins a scheduled job when it is due. What was due while nobody looked is made up for once, if
/// it is not too late.
final class JobSchedule {
  /// A time that lies further in the future than clocks differ was written by a wrong one.
  private static final Duration MOST_AHEAD = Duration.ofHours(1);

  private JobSchedule() {}

  /// Plans one turn.
  ///
  /// @param running whether the present execution goes on
  /// @return whether the job begins anew, so that there is nothing else to plan for it now
  static boolean plan(Turn turn, Service service, boolean running, Plan plan) {
    Service.@Nullable JobStatus job = service.job();
    Service.@Nullable Scheduled scheduled = job == null ? null : job.scheduled();
    @Nullable Schedule schedule = ServiceAdditions.of(service.spec()).schedule();
    if (job == null || scheduled == null || schedule == null) {
      return false; // not scheduled, or nobody can read when
    }
    Instant handled = scheduled.handled();
    if (handled.isAfter(turn.now().plus(MOST_AHEAD))) {
      // written by a leader whose clock was ahead: it would not run until then
      plan.add(decide(turn, service, job, handled, turn.now(), false));
      return false;
    }
    Optional<Instant> due = schedule.due(handled, turn.now());
    if (due.isEmpty()) {
      schedule.next(handled).ifPresent(at -> plan.wakeAt(service.id(), at));
      return false;
    }
    boolean waits = running && schedule.overlap() == Schedule.Overlap.QUEUE;
    if (waits) {
      return false; // it is looked at again when the present one is over
    }
    boolean begin =
        running
            ? schedule.overlap() == Schedule.Overlap.REPLACE
            : inTime(turn, service, due.get(), schedule.deadline());
    plan.add(decide(turn, service, job, handled, due.get(), begin));
    return begin;
  }

  private static Command decide(
      Turn turn,
      Service service,
      Service.JobStatus job,
      Instant handled,
      Instant due,
      boolean begin) {
    return new Command.RunJob(service.id(), job.iteration(), handled, due, begin, turn.now());
  }

  /// A run that had to wait for the one before is late from that one's end on only.
  private static boolean inTime(Turn turn, Service service, Instant due, Duration deadline) {
    Instant since = due;
    for (Task task : turn.state().tasksOfService(service.id())) {
      @Nullable Instant ended = task.endedAt();
      if (ended != null
          && Objects.equals(task.jobIteration(), service.iteration())
          && ended.isAfter(since)) {
        since = ended;
      }
    }
    return !since.plus(deadline).isBefore(turn.now());
  }
}
