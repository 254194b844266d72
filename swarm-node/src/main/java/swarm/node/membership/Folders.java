package swarm.node.membership;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import swarm.linux.PrivateFolders;

/// Folders with all that is in them.
final class Folders {
  private Folders() {}

  private static final String UNFINISHED = "unfinished";

  /// Marks what is being made in a folder as good for nothing, until [#finished].
  static void begin(Path folder) throws IOException {
    PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY);
    Files.write(folder.resolve(UNFINISHED), new byte[0]);
    flush(folder);
  }

  /// Whether a crash came between [#begin] and [#finished].
  static boolean unfinished(Path folder) {
    return Files.exists(folder.resolve(UNFINISHED));
  }

  /// Takes the mark away: not even a power cut brings it back.
  static void finished(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(UNFINISHED));
    flush(folder);
  }

  /// Puts a private file in the place of another one: durably, and at once.
  static void replace(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(fresh, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    flush(file.resolveSibling("."));
  }

  private static void flush(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Deletes one at once: whoever starts after a crash in the middle of it finds all or nothing.
  static void discard(Path folder) throws IOException {
    finishDiscard(folder);
    if (Files.exists(folder)) {
      Files.move(folder, discarded(folder), StandardCopyOption.ATOMIC_MOVE);
      finishDiscard(folder);
    }
  }

  /// Removes what a crash left of a [#discard].
  static void finishDiscard(Path folder) throws IOException {
    delete(discarded(folder));
  }

  private static Path discarded(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".discarded");
  }

  /// Whether it is there, and not empty.
  static boolean holdsAnything(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isPresent();
    }
  }

  /// Deletes one, where it is there.
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
