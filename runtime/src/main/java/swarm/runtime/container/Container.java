package swarm.runtime.container;

import java.time.Instant;
import java.util.function.Consumer;
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
    return with(draft -> draft.state = next);
  }

  Container withName(String next) {
    return with(draft -> draft.name = next);
  }

  Container withConfig(ContainerConfig next) {
    return with(draft -> draft.config = next);
  }

  Container withHealth(Health next) {
    return with(draft -> draft.health = next);
  }

  Container withStoppedByUser(boolean next) {
    return with(draft -> draft.stoppedByUser = next);
  }

  Container running(Instant at, int firstPid, int restarts, String netns) {
    return with(
        draft -> {
          draft.state = ContainerState.RUNNING;
          draft.startedAt = at;
          draft.pid = firstPid;
          draft.exitCode = 0;
          draft.oomKilled = false;
          draft.error = "";
          draft.restartCount = restarts;
          draft.stoppedByUser = false;
          draft.endedWithHost = false;
          draft.netnsPath = netns;
          draft.health = config.health().probes() ? health.begun() : Health.NONE;
        });
  }

  Container startFailed(String why, int code) {
    return with(
        draft -> {
          draft.state = startedAt == null ? ContainerState.CREATED : ContainerState.EXITED;
          draft.pid = 0;
          draft.exitCode = code;
          draft.oomKilled = false;
          draft.error = why;
          draft.netnsPath = "";
        });
  }

  /// @param withHost whether the engine ended it, as the host goes down
  Container ended(ExitStatus status, ContainerState next, boolean withHost) {
    return with(
        draft -> {
          draft.state = next;
          draft.finishedAt = status.at();
          draft.pid = 0;
          draft.exitCode = status.code();
          draft.oomKilled = status.oomKilled();
          draft.endedWithHost = withHost;
          draft.error = "";
          draft.netnsPath = "";
          draft.health = health.stopped();
        });
  }

  private Container with(Consumer<Draft> change) {
    var draft = new Draft();
    change.accept(draft);
    return draft.finished();
  }

  /// What may change in a container's life, so that a change names only what it changes.
  private final class Draft {
    private String name = Container.this.name;
    private ContainerConfig config = Container.this.config;
    private @Nullable Instant startedAt = Container.this.startedAt;
    private @Nullable Instant finishedAt = Container.this.finishedAt;
    private ContainerState state = Container.this.state;
    private int pid = Container.this.pid;
    private int exitCode = Container.this.exitCode;
    private boolean oomKilled = Container.this.oomKilled;
    private String error = Container.this.error;
    private int restartCount = Container.this.restartCount;
    private boolean stoppedByUser = Container.this.stoppedByUser;
    private boolean endedWithHost = Container.this.endedWithHost;
    private String netnsPath = Container.this.netnsPath;
    private Health health = Container.this.health;

    private Container finished() {
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
          health);
    }
  }

  /// Whose log it is, for what its log driver tells of it.
  ///
  /// @param imageName as the user named the image
  public LogSource logSource(String imageName) {
    return new LogSource(
        id, name, config.imageId(), imageName, config.labels(), config.process().env());
  }
}
