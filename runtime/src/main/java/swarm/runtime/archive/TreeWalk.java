package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of a tree. No link is followed.
public final class TreeWalk {
  private TreeWalk() {}

  /// @param path clean
  /// @param link whether it is a symbolic link; all that is above it is none
  public record Found(String path, boolean link) {}

  /// A file or directory with all that is in it, each directory before its content, by name.
  ///
  /// @param path clean, links resolved
  /// @return nothing where there is no such file
  public static List<Found> all(Path root, String path) throws IOException {
    var all = new ArrayList<Found>();
    Optional<TreeNode> found = TreeNode.find(root, path);
    if (found.isPresent()) {
      try (TreeNode node = found.get()) {
        add(node, path, all);
      }
    }
    return all;
  }

  private static void add(TreeNode node, String path, List<Found> all) throws IOException {
    all.add(new Found(path, node.type() == TreeNode.LINK));
    if (!node.isDirectory()) {
      return;
    }
    for (String name : node.names()) {
      Optional<TreeNode> child = node.child(name);
      if (child.isPresent()) {
        try (TreeNode held = child.get()) {
          add(held, path.equals("/") ? "/" + name : path + "/" + name, all);
        }
      }
    }
  }
}
