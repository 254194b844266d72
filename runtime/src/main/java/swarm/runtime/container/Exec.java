package swarm.runtime.container;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;
import swarm.runtime.exec.ExecInfo.State;

/// One exec of [Execs], from its making until it is forgotten. Thread-safe.
final class Exec {
  private final ExecConfig config;
  private final boolean probe;
  private ExecInfo info;
  private @Nullable Instant endedAt;

  /// @param probe whether it checks its container's health
  Exec(String id, String containerId, ExecConfig config, boolean probe) {
    this.config = config;
    this.probe = probe;
    this.info = new ExecInfo(id, containerId, config, State.CREATED, 0, 0);
  }

  ExecConfig config() {
    return config;
  }

  boolean probe() {
    return probe;
  }

  synchronized ExecInfo info() {
    return info;
  }

  /// Makes it the caller's to start.
  ///
  /// @throws EngineException CONFLICT where somebody did already
  synchronized void claim() throws EngineException {
    info =
        switch (info.state()) {
          case CREATED -> with(State.RUNNING, 0, 0);
          case RUNNING ->
              throw EngineException.conflict(
                  "Error: Exec command " + info.id() + " is already running");
          case ENDED ->
              throw EngineException.conflict(
                  "Error: Exec command " + info.id() + " has already run");
        };
  }

  synchronized void started(int pid) {
    if (info.state() != State.ENDED) { // its end may be known before its start is
      info = with(State.RUNNING, pid, 0);
    }
  }

  synchronized void ended(int exitCode, Instant at) {
    info = with(State.ENDED, info.pid(), exitCode);
    endedAt = at;
  }

  /// Whether it ended before `limit`.
  synchronized boolean endedBefore(Instant limit) {
    return endedAt != null && endedAt.isBefore(limit);
  }

  private ExecInfo with(State state, int pid, int exitCode) {
    return new ExecInfo(info.id(), info.containerId(), config, state, pid, exitCode);
  }
}
