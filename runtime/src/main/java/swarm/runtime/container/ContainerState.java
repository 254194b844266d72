package swarm.runtime.container;

/// Where a container is in its life; the names are Docker's.
public enum ContainerState {
  /// Never started, or its start failed.
  CREATED,
  /// Its first process runs.
  RUNNING,
  /// Its processes are frozen.
  PAUSED,
  /// It ended and will be started again by its restart policy.
  RESTARTING,
  /// Its first process ended.
  EXITED,
  /// Its removal failed half-way; only removing it again makes sense.
  DEAD;

  /// Whether there are processes.
  public boolean isLive() {
    return this == RUNNING || this == PAUSED;
  }
}
