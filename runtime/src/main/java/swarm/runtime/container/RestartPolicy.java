package swarm.runtime.container;

/// When the engine starts a container again by itself.
///
/// @param kind which rule
/// @param maximumRetries for ON_FAILURE: how often at most; 0 for no limit
public record RestartPolicy(Kind kind, int maximumRetries) {
  /// Never.
  public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);

  /// Docker's four rules.
  public enum Kind {
    /// Never.
    NO,
    /// When it ends, and when the daemon starts.
    ALWAYS,
    /// As ALWAYS, but not after a user stopped it.
    UNLESS_STOPPED,
    /// When it ends with an exit code other than 0.
    ON_FAILURE
  }

  /// Whether a container that ended is started again.
  ///
  /// @param exitCode its exit code
  /// @param restarts how often it was restarted since a user last started it
  /// @param stoppedByUser whether a user stopped it
  public boolean restarts(int exitCode, int restarts, boolean stoppedByUser) {
    return !stoppedByUser
        && switch (kind) {
          case NO -> false;
          case ALWAYS, UNLESS_STOPPED -> true;
          case ON_FAILURE -> exitCode != 0 && (maximumRetries == 0 || restarts < maximumRetries);
        };
  }

  /// Whether a container that is not running is started when the daemon starts.
  public boolean startsWithDaemon(int exitCode, int restarts, boolean stoppedByUser) {
    return switch (kind) {
      case ALWAYS -> true;
      case NO, UNLESS_STOPPED, ON_FAILURE -> restarts(exitCode, restarts, stoppedByUser);
    };
  }
}
