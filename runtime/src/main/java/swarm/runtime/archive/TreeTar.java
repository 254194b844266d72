package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.linux.FileNames;
import swarm.linux.Inodes;

/// Writes files of a tree as a tar, with owners, modes, times, extended attributes, hard links and
/// device files; sockets are left out, as nobody could connect to a copy. What goes away meanwhile
/// is left out, too. Not for several threads.
public final class TreeTar {
  /// What overlayfs keeps for itself.
  static final String OVERLAY = "trusted.overlay.";

  static final String CAPABILITY = "security.capability";

  /// What of the files is not written as it is.
  ///
  /// @param mode the permissions of all but links; empty for each one's own
  /// @param loseRights whether programs lose set-user-id, set-group-id and capabilities, as by a
  ///   change of the owner
  /// @param newest the time of whatever is newer; empty for each one's own
  public record Form(OptionalInt mode, boolean loseRights, Optional<Instant> newest) {
    /// All as it is.
    public static final Form EXACT = new Form(OptionalInt.empty(), false, Optional.empty());
  }

  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID_OF_PROGRAMS = 02010;

  private final TarWriter tar;
  private final Form form;
  private final Map<Object, String> written = new HashMap<>();

  /// @param out is flushed at the end, not closed
  public TreeTar(OutputStream out) {
    this(out, Form.EXACT);
  }

  /// As the other, with files changed on their way.
  public TreeTar(OutputStream out, Form form) {
    this.tar = new TarWriter(out);
    this.form = form;
  }

  /// Adds a file, or a directory with all that is in it.
  ///
  /// @param path of it in the tree at `root`; links before its end are followed within the tree
  /// @param name in the tar
  public void add(Path root, String path, String name) throws IOException {
    Optional<TreeNode> found = TreeNode.find(root, path);
    if (found.isEmpty()) {
      throw new NoSuchFileException(path);
    }
    try (TreeNode node = found.get()) {
      if (node.type() == TreeNode.LINK) {
        String parent = TreePaths.parent(path);
        try (TreeNode folder =
            TreeNode.find(root, parent + "/.").orElseThrow(() -> new NoSuchFileException(parent))) {
          add(folder, TreePaths.name(path), node, name);
        }
      } else if (node.isDirectory()) {
        tar.entry(header(node, name.endsWith("/") ? name : name + "/", "", node.size()));
        content(node, name.equals("/") ? "" : name);
      } else {
        add(node, "", node, name);
      }
    }
  }

  /// Adds what is in the directory `root`, which itself is left out.
  public void addContent(Path root) throws IOException {
    try (TreeNode node =
        TreeNode.find(root, "/").orElseThrow(() -> new NoSuchFileException(root.toString()))) {
      for (String child : node.names()) {
        addChild(node, child, child);
      }
    }
  }

  /// Ends the tar.
  public void end() throws IOException {
    tar.end();
  }

  void content(TreeNode directory, String name) throws IOException {
    for (String child : directory.names()) {
      addChild(directory, child, name + "/" + child);
    }
  }

  private void addChild(TreeNode parent, String child, String name) throws IOException {
    Optional<TreeNode> found = parent.child(child);
    if (found.isPresent()) {
      try (TreeNode node = found.get()) {
        add(parent, child, node, name);
      }
    }
  }

  /// @param parent directory of the node, for which the name of a link is needed
  void add(TreeNode parent, String file, TreeNode node, String name) throws IOException {
    switch (node.type()) {
      case TreeNode.DIRECTORY -> {
        tar.entry(header(node, name + "/", "", 0));
        content(node, name);
      }
      case TreeNode.LINK -> link(parent, file, node, name);
      case TreeNode.SOCKET -> {
        // nobody could connect to a copy
      }
      default -> {
        if (!again(node, name)) {
          first(node, name);
        }
      }
    }
  }

  private void link(TreeNode parent, String file, TreeNode node, String name) throws IOException {
    String target;
    try {
      target = FileNames.target(FileNames.in(parent.path(), file));
    } catch (NoSuchFileException | NotLinkException e) {
      return; // gone, or something else by now
    }
    tar.entry(header(node, name, target, 0));
  }

  /// A further name of what was written already.
  boolean again(TreeNode node, String name) throws IOException {
    if (node.links() < 2) {
      return false;
    }
    String first = written.putIfAbsent(node.identity(), name);
    if (first == null) {
      return false;
    }
    tar.entry(
        new TarWriter.Entry(
            name,
            TarWriter.HARD_LINK,
            permissions(node),
            node.uid(),
            node.gid(),
            0,
            modified(node),
            first,
            0,
            0,
            Map.of()));
    return true;
  }

  private void first(TreeNode node, String name) throws IOException {
    if (node.type() != TreeNode.REGULAR) {
      tar.entry(header(node, name, "", 0));
      return;
    }
    try (InputStream in = Files.newInputStream(node.path())) {
      file(node, name, in, node.size());
    }
  }

  /// @param node whose attributes it has
  void file(TreeNode node, String name, InputStream content, long size) throws IOException {
    tar.entry(header(node, name, "", size));
    tar.content(content, size);
  }

  void directory(TreeNode node, String name) throws IOException {
    tar.entry(header(node, name + "/", "", 0));
  }

  /// An empty file that only its name says something with.
  void mark(String name, int mode, long uid, long gid) throws IOException {
    tar.entry(
        new TarWriter.Entry(
            name, TarWriter.FILE, mode, uid, gid, 0, Instant.EPOCH, "", 0, 0, Map.of()));
  }

  private int permissions(TreeNode node) {
    int own = node.permissions();
    if (node.type() != TreeNode.LINK && form.mode().isPresent()) {
      return form.mode().getAsInt();
    }
    if (!form.loseRights() || node.type() != TreeNode.REGULAR) {
      return own;
    }
    boolean program = (own & SET_GROUP_ID_OF_PROGRAMS) == SET_GROUP_ID_OF_PROGRAMS;
    return own & ~SET_USER_ID & (program ? ~02000 : ~0);
  }

  private Instant modified(TreeNode node) {
    Instant own = node.modified();
    return form.newest().filter(newest -> newest.isBefore(own)).orElse(own);
  }

  private TarWriter.Entry header(TreeNode node, String name, String link, long size)
      throws IOException {
    boolean device = node.type() == Inodes.CHARACTER_DEVICE || node.type() == Inodes.BLOCK_DEVICE;
    return new TarWriter.Entry(
        name,
        type(node),
        permissions(node),
        node.uid(),
        node.gid(),
        node.isDirectory() ? 0 : size,
        modified(node),
        link,
        device ? node.major() : 0,
        device ? node.minor() : 0,
        attributes(node));
  }

  static char type(TreeNode node) {
    return switch (node.type()) {
      case TreeNode.DIRECTORY -> TarWriter.DIRECTORY;
      case TreeNode.LINK -> TarWriter.LINK;
      case Inodes.CHARACTER_DEVICE -> TarWriter.CHARACTER;
      case Inodes.BLOCK_DEVICE -> TarWriter.BLOCK_DEVICE;
      case Inodes.FIFO -> TarWriter.FIFO;
      default -> TarWriter.FILE;
    };
  }

  private Map<String, byte[]> attributes(TreeNode node) throws IOException {
    if (node.type() == TreeNode.LINK) {
      return Map.of();
    }
    var all = new LinkedHashMap<String, byte[]>();
    for (String name : Inodes.attributes(node.handle())) {
      if (isKept(name) && !(form.loseRights() && name.equals(CAPABILITY))) {
        node.attribute(name).ifPresent(value -> all.put(name, value));
      }
    }
    return all;
  }

  /// What a security module of this host says of a file is not the file's.
  private static boolean isKept(String name) {
    return name.startsWith("user.")
        || name.equals(CAPABILITY)
        || name.startsWith("system.posix_acl_")
        || (name.startsWith("trusted.") && !name.startsWith(OVERLAY));
  }
}
