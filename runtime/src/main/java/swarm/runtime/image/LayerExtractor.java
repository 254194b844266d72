package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import swarm.linux.Inodes;
import swarm.linux.RootedFiles;

/// Unpacks one layer's tar into a folder, as overlayfs wants it (OCI image-spec, "Image Layer
/// Filesystem Changeset"): whiteouts become character devices 0/0, opaque folders an attribute.
/// Every parent folder is opened within the layer's root by the kernel (`RESOLVE_IN_ROOT`), so no
/// link in the layer leads outside.
final class LayerExtractor {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String XATTR = "SCHILY.xattr.";
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  private final Path root;
  private final ArrayDeque<FolderTime> folderTimes = new ArrayDeque<>();

  private record FolderTime(String path, FileTime time) {}

  LayerExtractor(Path root) {
    this.root = root;
  }

  /// Unpacks an uncompressed tar.
  void extract(InputStream tar) throws IOException {
    var in = new TarArchiveInputStream(tar, StandardCharsets.UTF_8.name());
    for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      extract(entry, in);
    }
    tar.transferTo(java.io.OutputStream.nullOutputStream()); // the digest covers the padding too
    for (FolderTime folder : folderTimes) { // last: writing into a folder changes its time
      try (RootedFiles.Handle handle = parentOf(folder.path() + "/x")) {
        Files.setLastModifiedTime(handle.path(), folder.time());
      }
    }
  }

  private void extract(TarArchiveEntry entry, InputStream content) throws IOException {
    String path = normalise(entry.getName());
    if (path.isEmpty()) {
      if (entry.isDirectory()) {
        attributes(root, entry);
      }
      return;
    }
    try (RootedFiles.Handle parent = parentOf(path)) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.equals(OPAQUE)) {
        Inodes.setAttribute(Path.of(parent.path().toString(), "."), "trusted.overlay.opaque", YES);
        return;
      }
      if (name.startsWith(WHITEOUT)) {
        Path gone = parent.path().resolve(name.substring(WHITEOUT.length()));
        clear(gone);
        Inodes.mknod(gone, Inodes.CHARACTER_DEVICE, 0, 0);
        return;
      }
      make(parent.path().resolve(name), path, entry, content);
    }
  }

  private void make(Path target, String path, TarArchiveEntry entry, InputStream content)
      throws IOException {
    if (entry.isDirectory()) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        clear(target);
        Files.createDirectory(target);
      }
      folderTimes.push(new FolderTime(path, entry.getLastModifiedTime()));
      attributes(target, entry);
      return;
    }
    clear(target);
    if (entry.isLink()) {
      link(target, normalise(entry.getLinkName()));
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
    attributes(target, entry);
  }

  private void link(Path target, String source) throws IOException {
    try (RootedFiles.Handle parent = parentOf(source)) {
      Path from = parent.path().resolve(source.substring(source.lastIndexOf('/') + 1));
      Files.createLink(target, from);
    }
  }

  /// Owner first: changing it clears set-user-id bits and capabilities.
  private static void attributes(Path target, TarArchiveEntry entry) throws IOException {
    Files.setAttribute(
        target, "unix:uid", Math.toIntExact(entry.getLongUserId()), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(
        target, "unix:gid", Math.toIntExact(entry.getLongGroupId()), LinkOption.NOFOLLOW_LINKS);
    if (!entry.isSymbolicLink()) {
      Files.setAttribute(target, "unix:mode", entry.getMode() & 07777, LinkOption.NOFOLLOW_LINKS);
      if (!entry.isDirectory()) {
        Files.setLastModifiedTime(target, entry.getLastModifiedTime());
      }
    }
    for (Map.Entry<String, String> header : entry.getExtraPaxHeaders().entrySet()) {
      if (header.getKey().startsWith(XATTR)) {
        Inodes.setAttribute(
            target,
            header.getKey().substring(XATTR.length()),
            header.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
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
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the layer puts '" + path + "' below something that is not a folder");
      }
    }
    return RootedFiles.findDirectory(root, parent)
        .orElseThrow(() -> new IOException("cannot open " + parent + " in the layer"));
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
