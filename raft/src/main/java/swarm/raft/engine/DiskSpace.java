package swarm.raft.engine;

import java.util.Optional;
import java.util.function.LongSupplier;

/// Whether the disk has room for what the log must be able to write at any time.
///
/// A log that meets the end of the disk in the middle of a write cannot go on; so commands are
/// refused while there is still room for elections, for what is under way, and for finding space
/// again. Thread-safe.
final class DiskSpace {
  private static final long MIB = 1024 * 1024;

  /// @param stop with fewer free bytes no command is taken
  /// @param resume with as many free bytes commands are taken again: more than `stop`, so that a
  ///   disk on the edge does not flap
  record Levels(long stop, long resume) {
    /// 64 MiB, or a tenth of a small disk; half as much again to go on.
    static Levels of(long totalBytes) {
      long stop = Math.min(64 * MIB, totalBytes / 10);
      return new Levels(stop, stop + stop / 2);
    }

    /// Whether it counts as full now.
    boolean full(boolean wasFull, long free) {
      return free < (wasFull ? resume : stop);
    }
  }

  private final Levels levels;
  private final LongSupplier freeBytes;
  private volatile long free;
  private volatile boolean full;

  DiskSpace(Levels levels, LongSupplier freeBytes) {
    this.levels = levels;
    this.freeBytes = freeBytes;
    look();
  }

  /// Looks at the disk.
  ///
  /// @return whether it became full, or stopped being so
  boolean look() {
    boolean before = full;
    free = freeBytes.getAsLong();
    full = levels.full(before, free);
    return full != before;
  }

  /// Whether commands are refused.
  boolean isFull() {
    return full;
  }

  /// Whether what others agreed upon is refused, too: the last quarter of what is left serves
  /// elections.
  boolean isCritical() {
    return full && free < levels.stop() / 4;
  }

  /// Whether so many bytes more leave what must be left.
  boolean hasRoomFor(long bytes) {
    return freeBytes.getAsLong() - bytes >= levels.stop();
  }

  /// Why no command is taken, as a sentence.
  Optional<String> why() {
    return full
        ? Optional.of(
            "the disk of this manager is full: "
                + free
                + " bytes are free, and "
                + levels.resume()
                + " must be before it takes writes again. Make room on it.")
        : Optional.empty();
  }
}
