package swarm.runtime.container;

/// When a log file is rotated, as Docker's `max-size` and `max-file` say.
///
/// @param maxBytes size at which the file is rotated; 0 for never
/// @param maxFiles how many files are kept, the current one included; at least 1, at most 2 are
///   kept
public record LogLimits(long maxBytes, int maxFiles) {
  /// Never rotated.
  public static final LogLimits UNLIMITED = new LogLimits(0, 1);
}
