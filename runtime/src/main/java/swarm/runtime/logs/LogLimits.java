package swarm.runtime.logs;

/// How much of a log is kept, as Docker's `max-size`, `max-file` and `compress` say.
///
/// @param maxBytes size at which the file is rotated; 0 for never
/// @param maxFiles how many files are kept, the current one included; at least 1
/// @param compress whether rotated files are compressed, but for the newest one
public record LogLimits(long maxBytes, int maxFiles, boolean compress) {
  /// Never rotated.
  public static final LogLimits UNLIMITED = new LogLimits(0, 1, false);
}
