package swarm.runtime.logs;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// Which part of a log is wanted.
///
/// @param follow whether to wait for more until the container ends
/// @param since only entries at or after this time
/// @param until only entries before this time
/// @param tail at most this many of the last lines that there are at the start
/// @param stdout whether standard output is wanted
/// @param stderr whether standard error is wanted
public record LogQuery(
    boolean follow,
    Optional<Instant> since,
    Optional<Instant> until,
    OptionalInt tail,
    boolean stdout,
    boolean stderr) {
  /// All that is there.
  public static final LogQuery ALL =
      new LogQuery(false, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, true);

  /// All that is there and all that will come.
  public static final LogQuery FOLLOW =
      new LogQuery(true, Optional.empty(), Optional.empty(), OptionalInt.empty(), true, true);
}
