package swarm.runtime.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import swarm.linux.FileNames;

/// The tree that a tar makes, told by its headers: what unpacking it and looking would show,
/// without making a file. Only of plain tars: directories, files and symbolic links, each name
/// once, nothing through a link, nothing that could not be made. Not for several threads until it
/// is read; then for any, as only [#remove] changes it.
public final class TarTree {
  private static final int MOST_ENTRIES = 100_000;
  private static final int DEEPEST = 200;
  private static final int LONGEST_NAME = 255;

  /// Bytes: far from what the kernel refuses.
  private static final int LONGEST_PATH = 2_000;

  /// Bytes, as far as that can be told: 100,000 files whose names are not unusually long.
  private static final long LARGEST = 48 * 1024 * 1024;

  /// Of what it takes to remember a file, and the sum of its content, without names.
  private static final int EACH = 250;

  private static final int MAX_TEXT = 64 * 1024;
  private static final int BUFFER = 64 * 1024;

  private enum Kind {
    FILE,
    FOLDER,
    LINK
  }

  private static final class Node {
    private final Kind kind;
    private final String target;
    private final Map<String, Node> children;
    private boolean named;

    /// @param target of a link; else empty
    /// @param named by an entry of its own, not made for what is in it
    Node(Kind kind, String target, Map<String, Node> children, boolean named) {
      this.kind = kind;
      this.target = target;
      this.children = children;
      this.named = named;
    }

    static Node folder(boolean named) {
      return new Node(Kind.FOLDER, "", new TreeMap<>(), named);
    }
  }

  private final Node root = Node.folder(false);
  private final Map<String, byte[]> texts = new HashMap<>();
  private final byte[] buffer = new byte[BUFFER];
  private int entries;
  private long size;

  private TarTree() {}

  /// Reads an uncompressed tar.
  ///
  /// @param copy gets all that is read
  /// @param sums gets to know each entry; of no use where nothing is returned
  /// @return nothing where only unpacking shows what it makes
  public static Optional<TarTree> read(InputStream tar, OutputStream copy, TarSums sums)
      throws IOException {
    var tree = new TarTree();
    var copied = new Copied(tar, copy);
    try {
      TarEntries.each(copied, sums, tree::add);
      return Optional.of(tree);
    } catch (NotPlain _) {
      copied.transferTo(OutputStream.nullOutputStream());
      return Optional.empty();
    }
  }

  /// Ends the reading of headers: what is not plain is looked at only while it is unpacked, which
  /// stops at the first entry that cannot be made.
  private static final class NotPlain extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /// Passes on what it reads to somebody else, too.
  private static final class Copied extends FilterInputStream {
    private final OutputStream copy;

    Copied(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      if (n > 0) {
        copy.write(target, offset, n);
      }
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      byte[] skipped = new byte[Math.clamp(n, 0, BUFFER)];
      return skipped.length == 0 ? 0 : Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  private void add(TarArchiveEntry entry, InputStream content, Map<String, byte[]> attributes)
      throws IOException {
    if (!attributes.isEmpty() || !isPlain(entry) || !put(entry)) {
      throw new NotPlain();
    }
    if (isText(entry)) {
      texts.put(TreePaths.clean(entry.getName()), content.readAllBytes());
      return;
    }
    int n = content.read(buffer);
    while (n >= 0) {
      n = content.read(buffer);
    }
  }

  private static boolean isPlain(TarArchiveEntry entry) {
    boolean kind =
        entry.isDirectory()
            || entry.isSymbolicLink()
            || entry.getLinkFlag() == TarConstants.LF_NORMAL
            || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
    return kind
        && !entry.isLink()
        && isLength(entry.getName(), LONGEST_PATH)
        && (!entry.isSymbolicLink() || isLength(entry.getLinkName(), LONGEST_PATH))
        && !entry.isSparse()
        && isId(entry.getLongUserId())
        && isId(entry.getLongGroupId());
  }

  private static boolean isLength(String name, int most) {
    return !name.isEmpty() && name.indexOf('\0') < 0 && FileNames.bytes(name).length <= most;
  }

  private static boolean isId(long id) {
    return id >= 0 && id <= TreeUnpacker.MAX_ID;
  }

  /// @return whether it has a place that nothing else has
  private boolean put(TarArchiveEntry entry) {
    List<String> parts = new ArrayList<>();
    for (String part : entry.getName().split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..") || !isLength(part, LONGEST_NAME)) {
        return false;
      }
      parts.add(part);
    }
    entries++;
    size += entry.getName().length() + entry.getLinkName().length();
    if (entries > MOST_ENTRIES || parts.size() > DEEPEST) {
      return false;
    }
    if (parts.isEmpty()) {
      return name(root, entry);
    }
    Node at = root;
    for (String folder : parts.subList(0, parts.size() - 1)) {
      @Nullable Node next = at.children.get(folder);
      if (next == null) {
        next = Node.folder(false);
        add(at, folder, next);
      }
      if (next.kind != Kind.FOLDER) {
        return false;
      }
      at = next;
    }
    String name = parts.getLast();
    @Nullable Node there = at.children.get(name);
    if (there != null) {
      return name(there, entry);
    }
    add(at, name, node(entry));
    return size <= LARGEST;
  }

  /// One that was made for what is in it.
  private static boolean name(Node folder, TarArchiveEntry entry) {
    boolean again = folder.named;
    folder.named = true;
    return !again && entry.isDirectory();
  }

  private void add(Node folder, String name, Node child) {
    folder.children.put(name, child);
    size += EACH + name.length();
  }

  private static Node node(TarArchiveEntry entry) {
    if (entry.isDirectory()) {
      return Node.folder(true);
    }
    return entry.isSymbolicLink()
        ? new Node(Kind.LINK, entry.getLinkName(), Map.of(), true)
        : new Node(Kind.FILE, "", Map.of(), true);
  }

  /// What a build reads itself, mostly.
  private static boolean isText(TarArchiveEntry entry) {
    String path = TreePaths.clean(entry.getName());
    return !entry.isDirectory()
        && !entry.isSymbolicLink()
        && entry.getSize() <= MAX_TEXT
        && (path.equals("/.dockerignore") || path.equalsIgnoreCase("/Dockerfile"));
  }

  private Optional<Node> find(String path) {
    Node at = root;
    for (String part : path.split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      @Nullable Node next = at.children.get(part);
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }

  /// As [TreePaths#resolve].
  public String resolve(String path) throws IOException {
    return TreePaths.resolve(path, (parent, name) -> link(parent + "/" + name));
  }

  /// Where the link at a path leads by its own word; nothing for what is none.
  ///
  /// @param path clean; links before its last part are resolved
  public Optional<String> link(String path) {
    return find(path).filter(node -> node.kind == Kind.LINK).map(node -> node.target);
  }

  /// Whether there is a directory, or something else; nothing where there is neither.
  ///
  /// @param path clean, links resolved
  public Optional<Boolean> isDirectory(String path) {
    return find(path).filter(node -> node.kind != Kind.LINK).map(node -> node.kind == Kind.FOLDER);
  }

  /// As [TreeWalk#all].
  public List<TreeWalk.Found> all(String path) {
    var all = new ArrayList<TreeWalk.Found>();
    find(path).ifPresent(node -> add(node, path, all));
    return all;
  }

  private static void add(Node node, String path, List<TreeWalk.Found> all) {
    all.add(new TreeWalk.Found(path, node.kind == Kind.LINK));
    node.children.forEach(
        (name, child) -> add(child, path.equals("/") ? "/" + name : path + "/" + name, all));
  }

  /// The content of a small file at the root that is called as those that builds read.
  ///
  /// @param path clean, links resolved
  public Optional<byte[]> text(String path) {
    return Optional.ofNullable(texts.get(path)).map(byte[]::clone);
  }

  /// Takes a file out.
  ///
  /// @param path clean; links before its last part are followed
  /// @throws EndlessLinkException where they lead in a circle
  public void remove(String path) throws IOException {
    String parent = resolve(TreePaths.parent(path));
    String name = TreePaths.name(path);
    find(parent)
        .filter(folder -> folder.kind == Kind.FOLDER)
        .ifPresent(folder -> folder.children.remove(name));
    texts.remove(parent.equals("/") ? "/" + name : parent + "/" + name);
  }
}
