package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import swarm.linux.Inodes;

/// What Docker tells of a path in a container (`X-Docker-Container-Path-Stat`).
///
/// @param name its last part
/// @param size in bytes
/// @param mode as Go's `os.FileMode` has it
/// @param modified when it was last changed
/// @param target where a link leads in the end; else empty
public record PathStat(String name, long size, long mode, Instant modified, String target) {
  private static final long GO_DIRECTORY = 1L << 31;
  private static final long GO_LINK = 1L << 27;
  private static final long GO_DEVICE = 1L << 26;
  private static final long GO_PIPE = 1L << 25;
  private static final long GO_SOCKET = 1L << 24;
  private static final long GO_SET_UID = 1L << 23;
  private static final long GO_SET_GID = 1L << 22;
  private static final long GO_CHARACTER = 1L << 21;
  private static final long GO_STICKY = 1L << 20;

  /// Looks at what is at the end of `path` in the tree at `root`; nothing where it does not exist.
  public static Optional<PathStat> of(Path root, String path) throws IOException {
    String clean = TreePaths.clean(path);
    boolean asFolder = path.endsWith("/") || path.endsWith("/.");
    Optional<TreeNode> found = TreeNode.find(root, asFolder ? clean + "/." : clean);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (TreeNode node = found.get()) {
      String target = node.type() == TreeNode.LINK ? TreePaths.resolve(root, clean) : "";
      String name = path.endsWith("/.") || path.equals(".") ? "." : TreePaths.name(clean);
      return Optional.of(
          new PathStat(
              name, node.size(), goMode(node.type(), node.permissions()), node.modified(), target));
    }
  }

  /// Whether it is a directory.
  public boolean isDirectory() {
    return (mode & GO_DIRECTORY) != 0;
  }

  static long goMode(int type, int permissions) {
    long mode = permissions & 0777;
    mode |= (permissions & 04000) != 0 ? GO_SET_UID : 0;
    mode |= (permissions & 02000) != 0 ? GO_SET_GID : 0;
    mode |= (permissions & 01000) != 0 ? GO_STICKY : 0;
    return mode
        | switch (type) {
          case TreeNode.DIRECTORY -> GO_DIRECTORY;
          case TreeNode.LINK -> GO_LINK;
          case TreeNode.SOCKET -> GO_SOCKET;
          case Inodes.FIFO -> GO_PIPE;
          case Inodes.BLOCK_DEVICE -> GO_DEVICE;
          case Inodes.CHARACTER_DEVICE -> GO_DEVICE | GO_CHARACTER;
          default -> 0;
        };
  }
}
