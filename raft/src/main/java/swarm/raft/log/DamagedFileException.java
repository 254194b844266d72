package swarm.raft.log;

import java.io.IOException;
import java.nio.file.Path;

/// A file of a member's disk does not hold what was written to it. The member must not start from
/// it: what it promised to the others may be lost. Its data is on the others, or in a backup.
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /// @param what is wrong, as part of a sentence
  public DamagedFileException(Path file, String what) {
    super(file + " is damaged: " + what);
    this.file = file.toString();
  }

  /// The damaged file.
  public Path file() {
    return Path.of(file);
  }
}
