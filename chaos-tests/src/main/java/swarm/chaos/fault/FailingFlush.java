package swarm.chaos.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A disk whose flushes fail with EIO while it is told to.
public final class FailingFlush {
  private final Path library;
  private final Path flag;

  private FailingFlush(Path library, Path flag) {
    this.library = library;
    this.flag = flag;
  }

  /// Builds one.
  ///
  /// @param folder for the library and for the file that switches the fault
  /// @return empty where this machine has no compiler
  public static Optional<FailingFlush> build(Path folder) throws IOException, InterruptedException {
    Path flag = folder.resolve("flush-fails").toAbsolutePath();
    return Preload.build("failing_flush", folder).map(library -> new FailingFlush(library, flag));
  }

  /// What a daemon's environment needs so that it can be hit.
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "SWARM_FAULT_FLUSH", flag.toString());
  }

  /// From now on flushes fail.
  public void begin() throws IOException {
    Files.writeString(flag, "");
  }

  /// From now on they succeed.
  public void end() throws IOException {
    Files.deleteIfExists(flag);
  }
}
