package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import swarm.linux.FileNames;

/// Paths within a tree.
public final class TreePaths {
  /// As the kernel counts.
  private static final int MAX_LINKS = 40;

  private TreePaths() {}

  /// An absolute path without `.`, `..`, doubled slashes and a slash at its end: Go's
  /// `filepath.Clean("/" + path)`. Pure.
  public static String clean(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /// As [#clean], without the slash at the beginning: empty for the root. Pure.
  public static String relative(String path) {
    return clean(path).substring(1);
  }

  /// The last part of a clean path; `/` for the root. Pure.
  public static String name(String path) {
    return path.equals("/") ? "/" : path.substring(path.lastIndexOf('/') + 1);
  }

  /// What a clean path's last part is in. Pure.
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  /// Where `path` leads in the tree once every link is followed; what does not exist stays as it is
  /// written.
  ///
  /// @throws EndlessLinkException where links lead to each other
  public static String resolve(Path root, String path) throws IOException {
    return resolve(path, (parent, name) -> link(root, parent, name));
  }

  /// The links of a tree.
  @FunctionalInterface
  interface Links {
    /// Where the link of that name leads; nothing for what is none.
    ///
    /// @param parent clean, links resolved
    Optional<String> of(String parent, String name) throws IOException;
  }

  /// As the other, in a tree of which these are the links.
  static String resolve(String path, Links tree) throws IOException {
    Deque<String> left = new ArrayDeque<>(List.of(path.split("/", -1)));
    Deque<String> done = new ArrayDeque<>();
    int links = 0;
    while (!left.isEmpty()) {
      String part = left.pop();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        done.pollLast();
        continue;
      }
      String parent = "/" + String.join("/", done);
      Optional<String> link = tree.of(parent, part);
      if (link.isEmpty()) {
        done.addLast(part);
        continue;
      }
      if (++links > MAX_LINKS) {
        throw new EndlessLinkException(path);
      }
      if (link.get().startsWith("/")) {
        done.clear();
      }
      String[] parts = link.get().split("/", -1);
      for (int i = parts.length - 1; i >= 0; i--) {
        left.push(parts[i]);
      }
    }
    return "/" + String.join("/", done);
  }

  /// Where a link leads by its own word; nothing for what is none.
  ///
  /// @param path clean; links before its last part are resolved
  public static Optional<String> link(Path root, String path) throws IOException {
    return path.equals("/") ? Optional.empty() : link(root, parent(path), name(path));
  }

  private static Optional<String> link(Path root, String parent, String name) throws IOException {
    Optional<TreeNode> found = TreeNode.find(root, parent + "/.");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (TreeNode folder = found.get()) {
      Path file = FileNames.in(folder.path(), name);
      return Files.isSymbolicLink(file) ? Optional.of(FileNames.target(file)) : Optional.empty();
    } catch (NotLinkException e) {
      return Optional.empty();
    }
  }
}
