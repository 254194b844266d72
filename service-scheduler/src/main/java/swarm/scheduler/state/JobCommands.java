package swarm.scheduler.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ReservedLabels;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;

/// Which execution of a job there is. Only whether there is a label counts here, never what it
/// says: managers whose time zones differ must reach the same state.
final class JobCommands {
  private JobCommands() {}

  /// A new job's, which begins at once, or when its time comes.
  static Service.JobStatus first(Command.CreateService c) {
    return new Service.JobStatus(
        0,
        c.at(),
        ServiceAdditions.scheduled(c.spec()) ? new Service.Scheduled(c.at(), false) : null);
  }

  /// Whether a change of a job's spec begins another execution: any does, but that of a scheduled
  /// one waits for its time, unless the user forces it.
  static boolean runsAgain(Service service, ServiceSpec spec) {
    return !ServiceAdditions.scheduled(spec) || forced(service.spec()) != forced(spec);
  }

  private static long forced(ServiceSpec spec) {
    Long times = spec.template().forceUpdate();
    return times == null ? 0 : times;
  }

  /// What a change of the spec makes of it.
  static Service.JobStatus next(Service service, ServiceSpec spec, Instant at) {
    Service.@Nullable JobStatus now = service.job();
    boolean again = now == null || runsAgain(service, spec);
    Service.@Nullable Scheduled known = now == null ? null : now.scheduled();
    Service.@Nullable Scheduled scheduled = null;
    if (ServiceAdditions.scheduled(spec)) {
      boolean same = known != null && times(service.spec()).equals(times(spec));
      scheduled =
          new Service.Scheduled(
              known != null && same ? known.handled() : at, again || service.begun());
    }
    return new Service.JobStatus(
        again ? service.iteration() + 1 : service.iteration(),
        again || now == null ? at : now.lastExecution(),
        scheduled);
  }

  /// What of a spec says when it is due: where that changes, what was due before is not made up
  /// for.
  private static String times(ServiceSpec spec) {
    return spec.labelsOrEmpty().getOrDefault(ReservedLabels.SCHEDULE, "")
        + "/"
        + spec.labelsOrEmpty().getOrDefault(ReservedLabels.SCHEDULE_TIMEZONE, "");
  }

  static CommandResult run(StateBuilder s, Command.RunJob c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return ServiceCommands.noService(c.serviceId());
    }
    Service.JobStatus job = service.job();
    Service.@Nullable Scheduled scheduled = job == null ? null : job.scheduled();
    if (job == null
        || scheduled == null
        || job.iteration() != c.iteration()
        || !scheduled.handled().equals(c.handled())) {
      return new CommandResult.Conflict("what was due then has been decided meanwhile");
    }
    // the version stays: a client that read the service before may still update it
    s.put(
        c.begin()
            ? service.withJob(
                s.index(),
                new Service.JobStatus(
                    job.iteration() + 1, c.at(), new Service.Scheduled(c.due(), true)))
            : service.withJob(
                service.specVersion(),
                new Service.JobStatus(
                    job.iteration(),
                    job.lastExecution(),
                    new Service.Scheduled(c.due(), scheduled.begun()))));
    return CommandApplier.DONE;
  }
}
