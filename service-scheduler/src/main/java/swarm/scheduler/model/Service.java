package swarm.scheduler.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A declared service and what the cluster derived from it.
///
/// @param spec what the user declared
/// @param previousSpec what was declared before, for a rollback
/// @param previousSpecVersion the [#specVersion] that went with it: tasks that an update did not
///   reach are up to date again after a rollback; 0 where there is no previous spec
/// @param specVersion Raft index at which what tasks are made from last changed: tasks of another
///   one are out of date
/// @param ports the published ports whose numbers are known
/// @param portsAllocated whether these are all of the spec's
/// @param update how the last update goes; null where there was none
/// @param job which execution of a job this is; null for a service whose tasks run on
/// @param rebalance since when its tasks are moved to where there are fewer because a user asked
///   for it; null once that is done
/// @param virtualIps its own address on each of its networks that has one by now; null for none
/// @param auth for its image's registry; null for none
public record Service(
    String id,
    Version version,
    ServiceSpec spec,
    @Nullable ServiceSpec previousSpec,
    long previousSpecVersion,
    long specVersion,
    List<PortConfig> ports,
    boolean portsAllocated,
    @Nullable UpdateStatus update,
    @Nullable JobStatus job,
    @Nullable Instant rebalance,
    @Nullable List<NetworkAddress> virtualIps,
    @Nullable RegistryAuth auth) {

  /// One whose tasks run on.
  public Service(
      String id,
      Version version,
      ServiceSpec spec,
      @Nullable ServiceSpec previousSpec,
      long previousSpecVersion,
      long specVersion,
      List<PortConfig> ports,
      boolean portsAllocated,
      @Nullable UpdateStatus update) {
    this(
        id,
        version,
        spec,
        previousSpec,
        previousSpecVersion,
        specVersion,
        ports,
        portsAllocated,
        update,
        null,
        null,
        null,
        null);
  }

  /// @param iteration counts a job's executions, from 0: each change of its spec begins another,
  ///   or, of one that is scheduled, each time that it is due
  /// @param lastExecution when this one began
  /// @param scheduled null for a job that is not scheduled
  public record JobStatus(long iteration, Instant lastExecution, @Nullable Scheduled scheduled) {
    /// Of one that is not scheduled.
    public JobStatus(long iteration, Instant lastExecution) {
      this(iteration, lastExecution, null);
    }
  }

  /// How far a scheduled job is.
  ///
  /// @param handled what was due up to this time has begun, or was left out
  /// @param begun whether the present execution has begun: a new job waits for its time
  public record Scheduled(Instant handled, boolean begun) {}

  /// Whether its tasks may be made: all but a scheduled job's before its first time.
  public boolean begun() {
    return job == null || job.scheduled() == null || job.scheduled().begun();
  }

  /// Which execution of the job this is; 0 also where an earlier build made it.
  public long iteration() {
    return job == null ? 0 : job.iteration();
  }

  /// What its tasks are told to become: they run on, or are to complete.
  public TaskState goal() {
    return spec.job() ? TaskState.COMPLETE : TaskState.RUNNING;
  }

  /// States of an update, named as the API names them.
  public enum UpdateState {
    UPDATING,
    PAUSED,
    COMPLETED,
    ROLLBACK_STARTED,
    ROLLBACK_PAUSED,
    ROLLBACK_COMPLETED;

    /// Whether tasks are being replaced now.
    public boolean moving() {
      return this == UPDATING || this == ROLLBACK_STARTED;
    }

    /// Whether it waits for a word from the user.
    public boolean paused() {
      return this == PAUSED || this == ROLLBACK_PAUSED;
    }

    /// Whether this is the way back.
    public boolean rollback() {
      return this == ROLLBACK_STARTED || this == ROLLBACK_PAUSED || this == ROLLBACK_COMPLETED;
    }
  }

  /// @param completedAt null until it is over
  /// @param index Raft index at which it began: tasks born since then are its work
  /// @param promoted whether it may go on after its first part; null where it has none
  public record UpdateStatus(
      UpdateState state,
      Instant startedAt,
      @Nullable Instant completedAt,
      String message,
      long index,
      @Nullable Boolean promoted) {
    /// One that has no first part.
    public UpdateStatus(
        UpdateState state,
        Instant startedAt,
        @Nullable Instant completedAt,
        String message,
        long index) {
      this(state, startedAt, completedAt, message, index, null);
    }

    /// This update, in another state.
    public UpdateStatus to(UpdateState next, @Nullable Instant completed, String why) {
      return new UpdateStatus(next, startedAt, completed, why, index, promoted);
    }

    /// This update, still in its first part or past it.
    public UpdateStatus promoted(boolean past, String why) {
      return new UpdateStatus(state, startedAt, completedAt, why, index, past);
    }
  }

  /// The update or rollback configuration that is in force now.
  public UpdateConfig updateConfig() {
    boolean rollback = update != null && update.state().rollback();
    UpdateConfig config = rollback ? spec.rollbackConfig() : spec.updateConfig();
    return config == null ? UpdateConfig.DEFAULT : config;
  }

  /// This service with its ports chosen.
  public Service withPorts(Version newVersion, List<PortConfig> chosen) {
    return copy(newVersion, specVersion, chosen, true, update, job, rebalance, virtualIps);
  }

  /// This service with its own addresses.
  public Service withVirtualIps(@Nullable List<NetworkAddress> addresses) {
    return copy(version, specVersion, ports, portsAllocated, update, job, rebalance, addresses);
  }

  /// Its own address on each of its networks that has one by now.
  public List<NetworkAddress> virtualIpsOrNone() {
    return NonNulls.of(virtualIps);
  }

  /// The networks on which it is to have an address of its own, and has none yet.
  public List<String> lacksVirtualIp() {
    return spec.virtualIpNetworks().stream()
        .filter(id -> virtualIpsOrNone().stream().noneMatch(vip -> vip.networkId().equals(id)))
        .toList();
  }

  /// This service with its update further on.
  public Service withUpdate(Version newVersion, @Nullable UpdateStatus status) {
    return copy(newVersion, specVersion, ports, portsAllocated, status, job, rebalance, virtualIps);
  }

  /// This service with another execution of its job; `index` tells its tasks from earlier ones.
  public Service withJob(long index, JobStatus execution) {
    return copy(version, index, ports, portsAllocated, update, execution, rebalance, virtualIps);
  }

  /// This service, to be balanced anew, or, with null, no more.
  public Service withRebalance(@Nullable Instant since) {
    return copy(version, specVersion, ports, portsAllocated, update, job, since, virtualIps);
  }

  /// This service, its spec and its registry's credentials as they are.
  private Service copy(
      Version newVersion,
      long newSpecVersion,
      List<PortConfig> newPorts,
      boolean allocated,
      @Nullable UpdateStatus newUpdate,
      @Nullable JobStatus newJob,
      @Nullable Instant newRebalance,
      @Nullable List<NetworkAddress> addresses) {
    return new Service(
        id,
        newVersion,
        spec,
        previousSpec,
        previousSpecVersion,
        newSpecVersion,
        newPorts,
        allocated,
        newUpdate,
        newJob,
        newRebalance,
        addresses,
        auth);
  }
}
