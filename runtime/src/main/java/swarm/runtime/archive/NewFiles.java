package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import swarm.linux.FileNames;
import swarm.linux.RootedFiles;

/// What an unpacking newly made, so that it can be taken away where it fails: a full disk gets back
/// what was taken. Only the topmost of each new tree is remembered. Not for several threads.
final class NewFiles {
  private final Path root;
  private final Deque<String> newest = new ArrayDeque<>();
  private final Set<String> folders = new HashSet<>();

  NewFiles(Path root) {
    this.root = root;
  }

  /// Something is about to be made at `path`, where there is nothing, or nothing any more.
  void willMake(String path, RootedFiles.Handle parent) {
    if (folders.contains(TreePaths.parent(path))) {
      folders.add(path);
      return;
    }
    if (!Files.exists(
        FileNames.in(parent.path(), TreePaths.name(path)), LinkOption.NOFOLLOW_LINKS)) {
      newest.push(path);
      folders.add(path);
    }
  }

  /// Takes all of it away.
  ///
  /// @param cause gets what fails, as suppressed
  void discard(Exception cause) {
    for (String path : newest) {
      try {
        Optional<RootedFiles.Handle> parent =
            RootedFiles.findDirectory(root, TreePaths.parent(path));
        if (parent.isPresent()) {
          try (RootedFiles.Handle held = parent.get()) {
            SafeDeletion.delete(FileNames.in(held.path(), TreePaths.name(path)));
          }
        }
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
