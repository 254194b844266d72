package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.FileNames;
import swarm.linux.Inodes;

/// What a file is, as one number: name, mode, owner, extended attributes and content, but not its
/// time (Docker's tarsum, version 1, which the history of its images shows). Not for several
/// threads.
public final class TarSums {
  /// Remembers nothing.
  public static final TarSums NONE = new TarSums(false);

  private static final int BUFFER = 64 * 1024;

  private final boolean counts;
  private final Map<String, String> sums = new HashMap<>();
  private final Set<String> links = new HashSet<>();
  private final Set<String> doubtful = new HashSet<>();
  private boolean throughLinks;
  private final MessageDigest sha;
  private boolean within;
  private String name = "";

  /// With nothing in it yet.
  public TarSums() {
    this(true);
  }

  private TarSums(boolean counts) {
    this.counts = counts;
    this.sha = counts ? Sha256.create(Sha256.MUCH) : Sha256.create(); // a context is much
  }

  /// The sum of an entry, by its clean path without a slash before it.
  public Optional<String> of(String path) {
    return Optional.ofNullable(sums.get(path));
  }

  /// Whether a file may be another than its sum says: what comes twice is known by the first, a
  /// second name of a file has no content in a tar, and what comes through a link may replace any.
  public boolean isDoubtful(String path) {
    return throughLinks || doubtful.contains(path);
  }

  private void doubt(TarArchiveEntry entry) {
    if (entry.isLink() || sums.containsKey(name)) {
      doubtful.add(name);
    }
    if (entry.isSymbolicLink()) {
      links.add(name);
    }
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      throughLinks |= links.contains(name.substring(0, slash));
    }
  }

  /// An entry begins.
  ///
  /// @return its content, to be read instead
  InputStream watch(TarArchiveEntry entry, Map<String, byte[]> attributes, InputStream content) {
    if (!counts) {
      return content;
    }
    if (within) {
      sha.reset(); // it was given up
    }
    within = true;
    name = TreePaths.relative(entry.getName());
    doubt(entry);
    new Header(
            entry.getName(),
            entry.getMode(),
            entry.getLongUserId(),
            entry.getLongGroupId(),
            entry.getSize(),
            type(entry),
            entry.getLinkName(),
            entry.getDevMajor(),
            entry.getDevMinor(),
            attributes)
        .addTo(sha);
    return new DigestInputStream(content, sha);
  }

  /// An entry ends.
  void end() {
    if (within) {
      sums.putIfAbsent(name, HexFormat.of().formatHex(sha.digest()));
      within = false;
    }
  }

  /// Zero is what the oldest tars have for a file.
  private static char type(TarArchiveEntry entry) {
    char type = (char) entry.getLinkFlag();
    return type != 0 ? type : entry.getName().endsWith("/") ? '5' : '0';
  }

  /// What there is of a file beside its content, as a tar's header has it.
  private record Header(
      String name,
      int mode,
      long uid,
      long gid,
      long size,
      char type,
      String link,
      int major,
      int minor,
      Map<String, byte[]> attributes) {
    void addTo(MessageDigest sha) {
      text(sha, "name" + name);
      text(sha, "mode" + mode);
      text(sha, "uid" + uid);
      text(sha, "gid" + gid);
      text(sha, "size" + size);
      text(sha, "typeflag" + type);
      text(sha, "linkname" + link);
      text(sha, "uname");
      text(sha, "gname");
      text(sha, "devmajor" + major);
      text(sha, "devminor" + minor);
      new TreeMap<>(attributes)
          .forEach(
              (key, value) -> {
                text(sha, key);
                sha.update(value);
              });
    }

    private static void text(MessageDigest sha, String text) {
      sha.update(FileNames.bytes(text));
    }
  }

  /// The sum of a file in a tree, where no tar told it.
  ///
  /// @param path clean, links resolved
  /// @return nothing where there is no such file
  public static Optional<String> of(Path root, String path) throws IOException {
    Optional<TreeNode> found = TreeNode.find(root, path);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (TreeNode node = found.get()) {
      MessageDigest sha = Sha256.create(node.size());
      boolean regular = node.type() == TreeNode.REGULAR;
      boolean device = node.type() == Inodes.CHARACTER_DEVICE || node.type() == Inodes.BLOCK_DEVICE;
      var attributes = new HashMap<String, byte[]>();
      node.attribute(TreeTar.CAPABILITY)
          .ifPresent(value -> attributes.put(TreeTar.CAPABILITY, value));
      new Header(
              TreePaths.relative(path) + (node.isDirectory() ? "/" : ""),
              node.type() | node.permissions(),
              node.uid(),
              node.gid(),
              regular ? node.size() : 0,
              TreeTar.type(node),
              "",
              device ? node.major() : 0,
              device ? node.minor() : 0,
              attributes)
          .addTo(sha);
      if (regular) {
        content(node, sha);
      }
      return Optional.of(HexFormat.of().formatHex(sha.digest()));
    }
  }

  private static void content(TreeNode node, MessageDigest sha) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(node.path())) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
    }
  }
}
