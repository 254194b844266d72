package swarm.chaos.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A host whose clock is wrong: the time of day that its daemon is told, and nothing that only
/// measures how long something takes.
public final class SkewedClock {
  private final Path library;

  private SkewedClock(Path library) {
    this.library = library;
  }

  /// Builds one.
  ///
  /// @param folder for the library
  /// @return empty where this machine has no compiler
  public static Optional<SkewedClock> build(Path folder) throws IOException, InterruptedException {
    return Preload.build("skewed_clock", folder).map(SkewedClock::new);
  }

  /// What the environment of a daemon needs whose clock is ahead by this, or behind where it is
  /// negative; whole seconds.
  public Map<String, String> environment(Duration ahead) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "SWARM_FAULT_CLOCK_SECONDS",
        Long.toString(ahead.toSeconds()));
  }
}
