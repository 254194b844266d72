package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.List;

/// Deletes a tree that somebody else may be changing: every directory is opened by its name in the
/// one above (`openat` with `O_NOFOLLOW`), so that no link that is swapped in is followed.
final class SafeDeletion {
  private SafeDeletion() {}

  /// @param path whose parent is held by a descriptor
  static void delete(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(path);
      return;
    }
    Path parent = path.getParent();
    try (var stream = Files.newDirectoryStream(parent)) {
      if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("this system has no openat");
      }
      deleteFolder(secure, path.getFileName());
    }
  }

  private static void deleteFolder(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    try (SecureDirectoryStream<Path> folder =
        parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> children = new ArrayList<>();
      folder.forEach(child -> children.add(child.getFileName()));
      for (Path child : children) {
        var view =
            folder.getFileAttributeView(
                child, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view.readAttributes().isDirectory()) {
          deleteFolder(folder, child);
        } else {
          folder.deleteFile(child);
        }
      }
    }
    parent.deleteDirectory(name);
  }
}
