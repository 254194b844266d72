package swarm.runtime.container;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import swarm.runtime.health.Health;
import swarm.runtime.logs.LogSource;

/// A container as it was at one moment. Immutable; a later moment is another record.
///
/// @param id 64 hexadecimal digits
/// @param name unique, without a leading slash
/// @param config what it was made from
/// @param createdAt when it was made
/// @param startedAt when it last started; null for never
/// @param finishedAt when it last ended; null for never
/// @param state where it is in its life
/// @param pid host number of its first process; 0 where there is none
/// @param exitCode of the last run; 0 before
/// @param oomKilled whether the last run ended for lack of memory
/// @param error why the last start failed; else empty
/// @param restartCount restarts by its policy since a user last started it
/// @param stoppedByUser whether a user stopped it, so that its policy leaves it alone
/// @param endedWithHost whether the engine ended its last run because the host went down: nobody
///   wanted that end, whatever the exit code
/// @param logPath its log file, in conmon's format
/// @param netnsPath its network namespace as a path; empty where it has none of its own or does not
///   run
/// @param health what its probes found; of the last run where it does not run
public record Container(
    String id,
    String name,
    ContainerConfig config,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    ContainerState state,
    int pid,
    int exitCode,
    boolean oomKilled,
    String error,
    int restartCount,
    boolean stoppedByUser,
    boolean endedWithHost,
    String logPath,
    String netnsPath,
    Health health) {

  // A component that is missing in a file of an older version is null here.
  public Container {
    health = health == null ? Health.NONE : health;
  }

  /// The first 12 digits of the id.
  public String shortId() {
    return id.substring(0, 12);
  }

  static Container created(
      String id, String name, ContainerConfig config, Instant at, String logPath) {
    return new Container(
        id,
        name,
        config,
        at,
        null,
        null,
        ContainerState.CREATED,
        0,
        0,
        false,
        "",
        0,
        false,
        false,
        logPath,
        "",
        Health.NONE);
  }

  Container withState(ContainerState next) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        startedAt,
        finishedAt,
        next,
        pid,
        exitCode,
        oomKilled,
        error,
        restartCount,
        stoppedByUser,
        endedWithHost,
        logPath,
        netnsPath,
        health);
  }

  Container withName(String next) {
    return new Container(
        id,
        next,
        config,
        createdAt,
        startedAt,
        finishedAt,
        state,
        pid,
        exitCode,
        oomKilled,
        error,
        restartCount,
        stoppedByUser,
        endedWithHost,
        logPath,
        netnsPath,
        health);
  }

  Container withConfig(ContainerConfig next) {
    return new Container(
        id,
        name,
        next,
        createdAt,
        startedAt,
        finishedAt,
        state,
        pid,
        exitCode,
        oomKilled,
        error,
        restartCount,
        stoppedByUser,
        endedWithHost,
        logPath,
        netnsPath,
        health);
  }

  Container withHealth(Health next) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        startedAt,
        finishedAt,
        state,
        pid,
        exitCode,
        oomKilled,
        error,
        restartCount,
        stoppedByUser,
        endedWithHost,
        logPath,
        netnsPath,
        next);
  }

  Container withStoppedByUser(boolean next) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        startedAt,
        finishedAt,
        state,
        pid,
        exitCode,
        oomKilled,
        error,
        restartCount,
        next,
        endedWithHost,
        logPath,
        netnsPath,
        health);
  }

  Container running(Instant at, int firstPid, int restarts, String netns) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        at,
        finishedAt,
        ContainerState.RUNNING,
        firstPid,
        0,
        false,
        "",
        restarts,
        false,
        false,
        logPath,
        netns,
        config.health().probes() ? health.begun() : Health.NONE);
  }

  Container startFailed(String why, int code) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        startedAt,
        finishedAt,
        startedAt == null ? ContainerState.CREATED : ContainerState.EXITED,
        0,
        code,
        false,
        why,
        restartCount,
        stoppedByUser,
        endedWithHost,
        logPath,
        "",
        health);
  }

  /// @param withHost whether the engine ended it, as the host goes down
  Container ended(ExitStatus status, ContainerState next, boolean withHost) {
    return new Container(
        id,
        name,
        config,
        createdAt,
        startedAt,
        status.at(),
        next,
        0,
        status.code(),
        status.oomKilled(),
        "",
        restartCount,
        stoppedByUser,
        withHost,
        logPath,
        "",
        health.stopped());
  }

  /// Whose log it is, for what its log driver tells of it.
  ///
  /// @param imageName as the user named the image
  public LogSource logSource(String imageName) {
    return new LogSource(id, name, config.imageId(), imageName, config.labels(), config.env());
  }
}
