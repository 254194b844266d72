package swarm.raft.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Keeps the [CommitMark] of a running member, at most once a second. Thread-safe.
final class CommitMarks {
  private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Path directory;
  private final List<Path> folders;
  private final Supplier<CommitMark> applied;
  private CommitMark kept; // guarded by this
  private long keptAt = System.nanoTime() - EVERY_NANOS; // guarded by this

  /// @param directory of the member
  /// @param kept what its disk has of it
  /// @param applied the entry that was applied last. What is applied is committed, and Ratis takes
  ///   no entry for committed here before it is flushed here
  CommitMarks(Path directory, MemberDisk disk, CommitMark kept, Supplier<CommitMark> applied) {
    this.directory = directory;
    this.folders = List.of(disk.current(), disk.snapshots(), disk.root());
    this.kept = kept;
    this.applied = applied;
  }

  /// Writes it down where it has moved and a second is over.
  synchronized void look() throws IOException {
    if (System.nanoTime() - keptAt >= EVERY_NANOS) {
      keep();
    }
  }

  /// Writes it down where it has moved.
  synchronized void keep() throws IOException {
    CommitMark now = applied.get();
    if (now.index() <= kept.index()) {
      return;
    }
    // Ratis flushes what is in its files, and not their names: a power cut must not leave this
    // mark without them.
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        Disk.flushDirectory(folder);
      }
    }
    now.save(directory);
    kept = now;
    keptAt = System.nanoTime();
  }
}
