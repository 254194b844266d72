package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import swarm.linux.FileNames;
import swarm.linux.RootedFiles;

/// Deletes within a tree that somebody else may have made.
public final class TreeDeletion {
  private TreeDeletion() {}

  /// Deletes what is at the end of a path, with all that is in it: a link itself, not where it
  /// leads. Does nothing where there is nothing.
  public static void delete(Path root, String path) throws IOException {
    String clean = TreePaths.clean(path);
    Optional<RootedFiles.Handle> parent = RootedFiles.findDirectory(root, TreePaths.parent(clean));
    if (parent.isPresent()) {
      try (RootedFiles.Handle held = parent.get()) {
        SafeDeletion.delete(FileNames.in(held.path(), TreePaths.name(clean)));
      }
    }
  }
}
