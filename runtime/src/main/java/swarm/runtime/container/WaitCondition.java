package swarm.runtime.container;

/// What to wait for; the names are Docker's.
public enum WaitCondition {
  /// That it does not run: at once for one that was created, or has ended and will not be
  /// restarted.
  NOT_RUNNING,
  /// The next time that it ends.
  NEXT_EXIT,
  /// That it is removed.
  REMOVED
}
