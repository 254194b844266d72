package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The paths of a tree. No link is followed.
public final class TreeWalk {
  private TreeWalk() {}

  /// A file or directory with all that is in it, each directory before its content, by name.
  ///
  /// @param path clean, links resolved
  /// @return clean paths; nothing where there is no such file
  public static List<String> paths(Path root, String path) throws IOException {
    var all = new ArrayList<String>();
    Optional<TreeNode> found = TreeNode.find(root, path);
    if (found.isPresent()) {
      try (TreeNode node = found.get()) {
        add(node, path, all);
      }
    }
    return all;
  }

  private static void add(TreeNode node, String path, List<String> all) throws IOException {
    all.add(path);
    if (!node.isDirectory()) {
      return;
    }
    for (String name : node.names()) {
      Optional<TreeNode> child = node.child(name);
      if (child.isPresent()) {
        try (TreeNode held = child.get()) {
          add(held, TreePaths.clean(path + "/" + name), all);
        }
      }
    }
  }
}
