package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// Writes overlayfs's upper directory as an image's layer (OCI image-spec, "Image Layer Filesystem
/// Changeset"): marks of what is gone become whiteouts. What the upper directory only refers to
/// (metacopy, redirected directories) is taken from the whole view.
public final class LayerTar {
  private static final String WHITEOUT = ".wh.";
  private static final int WHITEOUT_MODE = 0600;
  private static final String OPAQUE = ".wh..wh..opq";

  private final TreeTar tar;

  private LayerTar(OutputStream out, TreeTar.Form form) {
    this.tar = new TreeTar(out, form);
  }

  /// @param upper root of what was written
  /// @param merged root of the view that it is the top of
  /// @param out is flushed at the end, not closed
  /// @return whether there was anything
  public static boolean write(Path upper, Path merged, OutputStream out) throws IOException {
    return write(upper, merged, out, Optional.empty());
  }

  /// As the other.
  ///
  /// @param newest the time of whatever is newer
  public static boolean write(Path upper, Path merged, OutputStream out, Optional<Instant> newest)
      throws IOException {
    var layer = new LayerTar(out, new TreeTar.Form(OptionalInt.empty(), false, newest));
    boolean any;
    try (TreeNode top = root(upper);
        TreeNode whole = root(merged)) {
      any = !top.names().isEmpty();
      layer.content(top, whole, "");
    }
    layer.tar.end();
    return any;
  }

  static TreeNode root(Path path) throws IOException {
    return TreeNode.find(path, "/").orElseThrow(() -> new NoSuchFileException(path.toString()));
  }

  private void content(TreeNode upper, TreeNode merged, String prefix) throws IOException {
    for (String child : upper.names()) {
      Optional<TreeNode> found = upper.child(child);
      if (found.isEmpty()) {
        continue; // gone meanwhile
      }
      try (TreeNode node = found.get()) {
        if (node.isWhiteout()) {
          tar.mark(prefix + WHITEOUT + child, WHITEOUT_MODE, 0, 0);
        } else {
          present(upper, child, node, merged, prefix);
        }
      }
    }
  }

  private void present(TreeNode upper, String child, TreeNode node, TreeNode merged, String prefix)
      throws IOException {
    String name = prefix + child;
    if (!node.isDirectory() && node.attribute(TreeTar.OVERLAY + "metacopy").isEmpty()) {
      tar.add(upper, child, node, name);
      return;
    }
    Optional<TreeNode> found = merged.child(child);
    if (found.isEmpty()) {
      return; // gone meanwhile
    }
    try (TreeNode whole = found.get()) {
      if (!node.isDirectory()) {
        metacopy(node, whole, name);
        return;
      }
      tar.directory(node, name);
      boolean redirected = node.attribute(TreeTar.OVERLAY + "redirect").isPresent();
      if (redirected || isOpaque(node)) {
        tar.mark(name + "/" + OPAQUE, node.permissions() & 0777, node.uid(), node.gid());
      }
      if (redirected) {
        tar.content(whole, name);
      } else {
        content(node, whole, name + "/");
      }
    }
  }

  private void metacopy(TreeNode node, TreeNode whole, String name) throws IOException {
    if (!tar.again(node, name)) {
      try (InputStream in = Files.newInputStream(whole.path())) {
        tar.file(node, name, in, whole.size());
      }
    }
  }

  static boolean isOpaque(TreeNode directory) throws IOException {
    return directory
        .attribute(TreeTar.OVERLAY + "opaque")
        .map(value -> new String(value, StandardCharsets.US_ASCII).equals("y"))
        .orElse(false);
  }
}
