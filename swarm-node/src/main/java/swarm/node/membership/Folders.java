package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/// Folders with all that is in them.
final class Folders {
  private Folders() {}

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
