package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.linux.FileNames;
import swarm.linux.Inodes;
import swarm.linux.RootedFiles;

/// One file of a tree, of whatever type, held open while it is looked at. Not for several threads.
final class TreeNode implements AutoCloseable {
  static final int TYPE = 0170000;
  static final int DIRECTORY = 0040000;
  static final int REGULAR = 0100000;
  static final int LINK = 0120000;
  static final int SOCKET = 0140000;

  /// Each level is a held descriptor and a frame of the walker's stack. Paths end at 2,048 levels.
  private static final int MAX_DEPTH = 1_000;

  /// By name: with all of them would come the owner's, for which the host's users are looked up.
  private static final String ATTRIBUTES =
      "unix:mode,uid,gid,nlink,size,rdev,dev,ino,lastModifiedTime";

  private final RootedFiles.Handle handle;
  private final Map<String, Object> attributes;
  private final int depth;

  private TreeNode(RootedFiles.Handle handle, int depth) throws IOException {
    this.handle = handle;
    this.depth = depth;
    this.attributes = Files.readAttributes(handle.path(), ATTRIBUTES);
  }

  /// The file itself at the end of `path`, even a link; nothing where there is none.
  static Optional<TreeNode> find(Path root, String path) throws IOException {
    return of(RootedFiles.findLink(root, path), 0);
  }

  /// A file of a directory, or nothing where it has gone.
  ///
  /// @throws ArchiveException for one that is nested too deep
  Optional<TreeNode> child(String name) throws IOException {
    if (depth == MAX_DEPTH) {
      throw new ArchiveException(
          "'" + FileNames.shown(name) + "' is nested deeper than " + MAX_DEPTH + " folders");
    }
    return of(RootedFiles.findLink(path(), name), depth + 1);
  }

  private static Optional<TreeNode> of(Optional<RootedFiles.Handle> found, int depth)
      throws IOException {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TreeNode(found.get(), depth));
    } catch (IOException | RuntimeException e) {
      found.get().close();
      throw e;
    }
  }

  RootedFiles.Handle handle() {
    return handle;
  }

  /// Names the file itself, without a look-up.
  Path path() {
    return handle.path();
  }

  /// The names in a directory, sorted.
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (var all = Files.newDirectoryStream(path())) {
      for (Path one : all) {
        names.add(FileNames.of(one));
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  int type() {
    return number("mode") & TYPE;
  }

  boolean isDirectory() {
    return type() == DIRECTORY;
  }

  int permissions() {
    return number("mode") & 07777;
  }

  long uid() {
    return Integer.toUnsignedLong(number("uid")); // Java's attribute is negative above 2^31
  }

  long gid() {
    return Integer.toUnsignedLong(number("gid"));
  }

  int links() {
    return number("nlink");
  }

  long size() {
    return attributes.get("size") instanceof Long size ? size : 0;
  }

  long device() {
    return attributes.get("rdev") instanceof Long device ? device : 0;
  }

  int major() {
    return (int) (((device() >>> 8) & 0xfff) | ((device() >>> 32) & 0xfffff000L));
  }

  int minor() {
    return (int) ((device() & 0xff) | ((device() >>> 12) & 0xffffff00L));
  }

  Instant modified() {
    return attributes.get("lastModifiedTime") instanceof FileTime time
        ? time.toInstant()
        : Instant.EPOCH;
  }

  /// Equal for names of one inode.
  Object identity() {
    return List.of(attributes.getOrDefault("dev", 0L), attributes.getOrDefault("ino", 0L));
  }

  /// Whether it is overlayfs's mark of a file that is gone.
  boolean isWhiteout() {
    return type() == Inodes.CHARACTER_DEVICE && device() == 0;
  }

  /// An extended attribute; a link has none that matters.
  Optional<byte[]> attribute(String name) throws IOException {
    return type() == LINK ? Optional.empty() : Inodes.attribute(handle, name);
  }

  private int number(String name) {
    return attributes.get(name) instanceof Integer number ? number : 0;
  }

  @Override
  public void close() {
    handle.close();
  }
}
