package swarm.runtime.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Told of each [CrashPoint] that the work comes by. Nothing happens there ([#NONE]) but where a
/// test started the daemon. Thread-safe.
@FunctionalInterface
public interface CrashPoints {
  /// For all but tests.
  CrashPoints NONE = _ -> {};

  /// The work has come to this point.
  void reached(CrashPoint point);

  /// Ends this process without any clean-up, as `kill -9` does, at the point whose name the file
  /// has. The file is read each time: one daemon serves for one point after the other.
  ///
  /// @param file may be missing: nothing happens then
  static CrashPoints namedIn(Path file) {
    Logger log = LoggerFactory.getLogger(CrashPoints.class);
    log.warn(
        "TEST ONLY: this daemon dies at the crash point that {} names, one of {}",
        file,
        Arrays.toString(CrashPoint.values()));
    return point -> {
      if (names(file, point)) {
        log.warn("TEST ONLY: crash point {} is reached, the daemon dies", point);
        Runtime.getRuntime().halt(137);
      }
    };
  }

  private static boolean names(Path file, CrashPoint point) {
    try {
      return Files.exists(file) && Files.readString(file).strip().equals(point.name());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the file of the crash point cannot be read", e);
    }
  }
}
