package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What overlayfs's upper directory changes of what is below it: `docker diff`.
public final class LayerChanges {
  /// One path, and what became of it.
  public record Change(Kind kind, String path) {}

  /// With Docker's numbers.
  public enum Kind {
    /// Its content or attributes are others.
    MODIFIED(0),
    /// It is new.
    ADDED(1),
    /// It is gone.
    DELETED(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /// As the API has it.
    public int number() {
      return number;
    }
  }

  private LayerChanges() {}

  /// @param upper root of what was written
  /// @param lower root of the view without it
  /// @return parents before what is in them, by name
  public static List<Change> of(Path upper, Path lower) throws IOException {
    List<Change> all = new ArrayList<>();
    try (TreeNode top = LayerTar.root(upper);
        TreeNode below = LayerTar.root(lower)) {
      within(top, Optional.of(below), false, "/", all);
    }
    return all;
  }

  private static void within(
      TreeNode upper, Optional<TreeNode> lower, boolean opaque, String prefix, List<Change> all)
      throws IOException {
    var names = new TreeSet<>(upper.names());
    if (opaque && lower.isPresent()) {
      names.addAll(lower.get().names());
    }
    for (String name : names) {
      Optional<TreeNode> now = upper.child(name);
      Optional<TreeNode> before = lower.isPresent() ? lower.get().child(name) : Optional.empty();
      try {
        child(prefix + name, now, before, all);
      } finally {
        now.ifPresent(TreeNode::close);
        before.ifPresent(TreeNode::close);
      }
    }
  }

  private static void child(
      String path, Optional<TreeNode> now, Optional<TreeNode> before, List<Change> all)
      throws IOException {
    if (now.isEmpty() || now.get().isWhiteout()) {
      if (before.isPresent()) {
        all.add(new Change(Kind.DELETED, path));
      }
      return;
    }
    Kind kind = before.isPresent() ? Kind.MODIFIED : Kind.ADDED;
    if (!now.get().isDirectory()) {
      all.add(new Change(kind, path));
      return;
    }
    Optional<TreeNode> below = before.filter(TreeNode::isDirectory);
    List<Change> within = new ArrayList<>();
    within(now.get(), below, LayerTar.isOpaque(now.get()), path + "/", within);
    // as Docker tells it, a directory is another one where anything in it is
    if (below.isEmpty() || !within.isEmpty() || differs(now.get(), below.get())) {
      all.add(new Change(kind, path));
    }
    all.addAll(within);
  }

  private static boolean differs(TreeNode now, TreeNode before) {
    return now.permissions() != before.permissions()
        || now.uid() != before.uid()
        || now.gid() != before.gid()
        || !now.modified().equals(before.modified());
  }
}
