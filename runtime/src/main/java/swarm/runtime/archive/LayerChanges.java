package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
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

  /// Who is told of changes, one by one: there may be millions.
  @FunctionalInterface
  public interface Listener {
    void changed(Change change) throws IOException;
  }

  private final Listener listener;

  /// Directories that are other ones only if something in them is, outermost first.
  private final Deque<String> untold = new ArrayDeque<>();

  private LayerChanges(Listener listener) {
    this.listener = listener;
  }

  /// Tells of all: parents before what is in them, by name.
  ///
  /// @param upper root of what was written
  /// @param lower root of the view without it
  public static void tell(Path upper, Path lower, Listener listener) throws IOException {
    try (TreeNode top = LayerTar.root(upper);
        TreeNode below = LayerTar.root(lower)) {
      new LayerChanges(listener).within(top, Optional.of(below), false, "/");
    }
  }

  private void within(TreeNode upper, Optional<TreeNode> lower, boolean opaque, String prefix)
      throws IOException {
    Collection<String> names = upper.names();
    if (opaque && lower.isPresent()) {
      names = new TreeSet<>(names);
      names.addAll(lower.get().names());
    }
    for (String name : names) {
      Optional<TreeNode> now = upper.child(name);
      Optional<TreeNode> before = lower.isPresent() ? lower.get().child(name) : Optional.empty();
      try {
        child(prefix + name, now, before);
      } finally {
        now.ifPresent(TreeNode::close);
        before.ifPresent(TreeNode::close);
      }
    }
  }

  private void child(String path, Optional<TreeNode> now, Optional<TreeNode> before)
      throws IOException {
    if (now.isEmpty() || now.get().isWhiteout()) {
      if (before.isPresent()) {
        told(Kind.DELETED, path);
      }
      return;
    }
    Kind kind = before.isPresent() ? Kind.MODIFIED : Kind.ADDED;
    if (!now.get().isDirectory()) {
      told(kind, path);
      return;
    }
    Optional<TreeNode> below = before.filter(TreeNode::isDirectory);
    if (below.isEmpty() || differs(now.get(), below.get())) {
      told(kind, path);
      within(now.get(), below, LayerTar.isOpaque(now.get()), path + "/");
      return;
    }
    // as Docker tells it, a directory is another one where anything in it is
    untold.addLast(path);
    within(now.get(), below, LayerTar.isOpaque(now.get()), path + "/");
    var _ = untold.pollLast(); // nothing where it was told
  }

  private void told(Kind kind, String path) throws IOException {
    while (!untold.isEmpty()) {
      listener.changed(new Change(Kind.MODIFIED, untold.removeFirst()));
    }
    listener.changed(new Change(kind, path));
  }

  private static boolean differs(TreeNode now, TreeNode before) {
    return now.permissions() != before.permissions()
        || now.uid() != before.uid()
        || now.gid() != before.gid()
        || !now.modified().equals(before.modified());
  }
}
