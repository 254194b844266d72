package swarm.runtime.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import swarm.linux.Inodes;
import swarm.linux.LinuxException;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.PaxAttributes;

/// Unpacks one layer's tar into a folder, as overlayfs wants it (OCI image-spec, "Image Layer
/// Filesystem Changeset"): whiteouts become character devices 0/0, opaque folders an attribute.
/// Every parent folder is opened within the layer's root by the kernel (`RESOLVE_IN_ROOT`), so no
/// link in the layer leads outside; the last name of a path is never `.` or `..`, nor followed.
final class LayerExtractor {
  private static final String WHITEOUT = ".wh.";
  private static final String RESERVED = ".wh..wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  /// What overlayfs itself keeps in attributes: a layer could steer it with them.
  private static final String OVERLAY = "trusted.overlay.";

  private static final String CAPABILITY = "security.capability";
  private static final int EPERM = 1;
  private static final int EOPNOTSUPP = 95;

  /// The highest id but one: -1 means "do not change".
  private static final long MAX_ID = 0xffff_fffeL;

  private static final int FILE_TYPE = 0170000;
  private static final int HEADER = 512;

  private final Path root;
  private final ArrayDeque<FolderTime> folderTimes = new ArrayDeque<>();
  private final SortedSet<String> implied = new TreeSet<>();

  private record FolderTime(String path, FileTime time) {}

  LayerExtractor(Path root) {
    this.root = root;
  }

  /// Unpacks an uncompressed tar.
  ///
  /// @param tar one that supports marks
  /// @return the folders that the tar has files in and does not name itself: where a lower layer
  ///   has them, they have its attributes
  /// @throws ImageException for what no layer may have
  SortedSet<String> extract(InputStream tar) throws IOException {
    checkBeginning(tar);
    var attributes = new PaxAttributes(tar);
    var in = new TarArchiveInputStream(attributes, StandardCharsets.UTF_8.name());
    var content = new Content(in);
    for (TarArchiveEntry entry = next(in); entry != null; entry = next(in)) {
      if (!entry.isCheckSumOK()) {
        throw invalid("it is no tar, or a damaged one: a header's checksum is wrong");
      }
      try {
        extract(entry, content, attributes.current());
      } catch (InvalidPathException e) {
        throw invalid(
            "'"
                + entry.getName()
                + "' cannot be a file here ("
                + e.getReason()
                + "); if it is in another script, start the daemon with LC_ALL=C.UTF-8");
      }
    }
    new Content(tar)
        .transferTo(OutputStream.nullOutputStream()); // the digest covers the padding too
    for (FolderTime folder : folderTimes) { // last: writing into a folder changes its time
      Optional<RootedFiles.Handle> found = RootedFiles.findDirectory(root, folder.path());
      if (found.isPresent()) { // it may have been replaced
        try (RootedFiles.Handle handle = found.get()) {
          Files.setLastModifiedTime(handle.path(), folder.time());
        }
      }
    }
    return implied;
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream in) throws IOException {
    try {
      return in.getNextEntry();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /// What cannot be read is the layer's fault; what cannot be written is not.
  private static final class Content extends FilterInputStream {
    Content(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException e) {
        throw damaged(e);
      }
    }
  }

  private static IOException damaged(IOException e) {
    return e instanceof ImageException
        ? e
        : invalid("it is no tar, or a damaged one: " + e.getMessage());
  }

  /// The tar's reader takes what is shorter than one header for an empty archive. Nothing at all is
  /// one: some builders make such layers.
  private static void checkBeginning(InputStream tar) throws IOException {
    if (!tar.markSupported()) {
      throw new IllegalArgumentException("a tar's beginning must be readable twice");
    }
    tar.mark(HEADER);
    int length = new Content(tar).readNBytes(HEADER).length;
    tar.reset();
    if (length > 0 && length < HEADER) {
      throw invalid("it is no tar, but " + length + " bytes of something else");
    }
  }

  private void extract(TarArchiveEntry entry, InputStream content, Map<String, byte[]> attributes)
      throws IOException {
    String path = normalise(entry.getName());
    if (path.isEmpty()) {
      if (entry.isDirectory()) {
        attributes(root, entry, attributes);
      }
      return;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.startsWith(RESERVED) && !name.equals(OPAQUE)) {
      return; // what AUFS kept for itself
    }
    try (RootedFiles.Handle parent = parentOf(path)) {
      if (name.equals(OPAQUE)) {
        Inodes.setAttribute(Path.of(parent.path().toString(), "."), OVERLAY + "opaque", YES);
      } else if (name.startsWith(WHITEOUT)) {
        hide(parent.path(), name.substring(WHITEOUT.length()));
      } else {
        make(parent.path().resolve(name), path, entry, content, attributes);
      }
    }
  }

  /// Hides what lower layers have under a name. What this very layer has there is not meant.
  private static void hide(Path parent, String name) throws IOException {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.startsWith(WHITEOUT)) {
      throw invalid("'" + WHITEOUT + name + "' hides no file");
    }
    Path gone = parent.resolve(name);
    if (Files.isDirectory(gone, LinkOption.NOFOLLOW_LINKS)) {
      Inodes.setAttribute(gone, OVERLAY + "opaque", YES);
    } else if (!Files.exists(gone, LinkOption.NOFOLLOW_LINKS)) {
      Inodes.mknod(gone, Inodes.CHARACTER_DEVICE, 0, 0);
    }
  }

  private void make(
      Path target,
      String path,
      TarArchiveEntry entry,
      InputStream content,
      Map<String, byte[]> attributes)
      throws IOException {
    if (entry.isDirectory()) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        folder(target);
      }
      implied.remove(path);
      folderTimes.push(new FolderTime(path, entry.getLastModifiedTime()));
      attributes(target, entry, attributes);
      return;
    }
    clear(target);
    if (entry.isLink()) {
      link(target, path, normalise(entry.getLinkName()));
      return; // its inode has its attributes already
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isCharacterDevice()) {
      Inodes.mknod(target, Inodes.CHARACTER_DEVICE, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isBlockDevice()) {
      Inodes.mknod(target, Inodes.BLOCK_DEVICE, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isFIFO()) {
      Inodes.mknod(target, Inodes.FIFO, 0, 0);
    } else {
      Files.copy(content, target);
    }
    attributes(target, entry, attributes);
  }

  /// Makes a folder in place of anything else. One in place of a whiteout hides what lower layers
  /// have in theirs.
  private static void folder(Path target) throws IOException {
    boolean hides = isWhiteout(target);
    clear(target);
    Files.createDirectory(target);
    if (hides) {
      Inodes.setAttribute(target, OVERLAY + "opaque", YES);
    }
  }

  private static boolean isWhiteout(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Map<String, Object> seen =
        Files.readAttributes(path, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
    return seen.get("mode") instanceof Integer mode
        && (mode & FILE_TYPE) == Inodes.CHARACTER_DEVICE
        && Long.valueOf(0).equals(seen.get("rdev"));
  }

  private void link(Path target, String path, String source) throws IOException {
    if (source.isEmpty()) {
      throw invalid("'" + path + "' is a hard link to the root folder");
    }
    try (RootedFiles.Handle parent = parentOf(source)) {
      Path from = parent.path().resolve(source.substring(source.lastIndexOf('/') + 1));
      if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
        throw invalid("'" + path + "' is a hard link to the folder '" + source + "'");
      }
      Files.createLink(target, from);
    } catch (NoSuchFileException _) {
      throw invalid(
          "'" + path + "' is a hard link to '" + source + "', which the layer does not have");
    }
  }

  /// Owner first: changing it clears set-user-id bits and capabilities.
  private static void attributes(Path target, TarArchiveEntry entry, Map<String, byte[]> attributes)
      throws IOException {
    Files.setAttribute(
        target, "unix:uid", id(entry, entry.getLongUserId()), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(
        target, "unix:gid", id(entry, entry.getLongGroupId()), LinkOption.NOFOLLOW_LINKS);
    if (!entry.isSymbolicLink()) {
      // followed, as it cannot be a link: otherwise Java opens the file, and a FIFO would block
      Files.setAttribute(target, "unix:mode", entry.getMode() & 07777);
      if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.setLastModifiedTime(target, entry.getLastModifiedTime());
      }
    }
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      if (!attribute.getKey().startsWith(OVERLAY)) {
        attribute(target, attribute.getKey(), attribute.getValue());
      }
    }
  }

  /// What this file system cannot keep is left out, as Docker does; a capability must not be.
  private static void attribute(Path target, String name, byte[] value) throws IOException {
    try {
      Inodes.setAttribute(target, name, value);
    } catch (LinuxException e) {
      boolean impossible = e.errno() == EPERM || e.errno() == EOPNOTSUPP;
      if (!impossible || name.equals(CAPABILITY)) {
        throw e;
      }
    }
  }

  private static int id(TarArchiveEntry entry, long id) throws ImageException {
    if (id < 0 || id > MAX_ID) {
      throw invalid("'" + entry.getName() + "' belongs to " + id + ": ids end at " + MAX_ID);
    }
    return (int) id;
  }

  /// Opens the folder that `path` is in, making those that the layer omitted.
  private RootedFiles.Handle parentOf(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    String parent = slash < 0 ? "." : path.substring(0, slash);
    var found = RootedFiles.findDirectory(root, parent);
    if (found.isPresent()) {
      return found.get();
    }
    try (RootedFiles.Handle grandparent = parentOf(parent)) {
      Path folder = grandparent.path().resolve(parent.substring(parent.lastIndexOf('/') + 1));
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !isWhiteout(folder)) {
        throw invalid("'" + path + "' is below something that is not a folder");
      }
      folder(folder);
      Files.setAttribute(folder, "unix:mode", 0755);
      implied.add(parent);
    }
    return RootedFiles.findDirectory(root, parent)
        .orElseThrow(() -> new IOException("cannot open " + parent + " in the layer"));
  }

  private static ImageException invalid(String what) {
    return new ImageException(ImageException.Kind.INVALID, "the layer cannot be used: " + what);
  }

  /// A path without leading slashes, `.` and `..`: the kernel confines the rest.
  static String normalise(String name) {
    var parts = new ArrayList<String>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /// Removes what a layer replaces within itself.
  private static void clear(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      deleteTree(target);
    }
  }

  /// Deletes a folder with all that is in it, following no link.
  static void deleteTree(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(folder);
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  static void moveInPlace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
