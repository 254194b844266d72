package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.FileNames;
import swarm.linux.Inodes;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.snapshot.OverlayMounts;

/// Unpacks one layer's tar into a folder, as overlayfs wants it (OCI image-spec, "Image Layer
/// Filesystem Changeset"): whiteouts become character devices 0/0, opaque folders an attribute.
/// Every parent folder is opened within the layer's root by the kernel (`RESOLVE_IN_ROOT`), so no
/// link in the layer leads outside; the last name of a path is never `.` or `..`, nor followed.
final class LayerExtractor {
  private static final String WHITEOUT = ".wh.";
  private static final String RESERVED = ".wh..wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  private static final String OPAQUE_ATTRIBUTE = EntryAttributes.OVERLAY + "opaque";
  private static final int FILE_TYPE = 0170000;

  private final Path root;
  private final ArrayDeque<FolderTime> folderTimes = new ArrayDeque<>();
  private final SortedSet<String> implied = new TreeSet<>();

  private record FolderTime(String path, FileTime time) {}

  /// ENAMETOOLONG, as the C library words it.
  private static final String TOO_LONG = "File name too long";

  private static final int SHOWN_CHARACTERS = 80;

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
    var in = new LayerTarReader(tar);
    for (TarArchiveEntry entry = in.next(); entry != null; entry = in.next()) {
      try {
        extract(entry, in);
      } catch (IOException e) {
        throw named(e, entry.getName());
      } catch (InvalidPathException e) {
        throw LayerTarReader.invalid(
            "'"
                + entry.getName()
                + "' cannot be a file here ("
                + e.getReason()
                + "); if it is in another script, start the daemon with LC_ALL=C.UTF-8");
      }
    }
    in.drain();
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

  /// A name that the kernel does not take is the layer's fault; everything else is not.
  private static IOException named(IOException e, String name) {
    if (!String.valueOf(e.getMessage()).contains(TOO_LONG)) {
      return e;
    }
    return LayerTarReader.invalid(
        "'"
            + name.substring(0, Math.min(name.length(), SHOWN_CHARACTERS))
            + (name.length() > SHOWN_CHARACTERS ? "...'" : "'")
            + " is too long: a name may have 255 bytes, a whole path 4,095");
  }

  private void extract(TarArchiveEntry entry, LayerTarReader in) throws IOException {
    String path = TreePaths.relative(entry.getName());
    if (path.isEmpty()) {
      if (entry.isDirectory()) {
        EntryAttributes.set(root, entry, in.attributes());
      }
      return;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.startsWith(RESERVED) && !name.equals(OPAQUE)) {
      return; // what AUFS kept for itself
    }
    try (RootedFiles.Handle parent = parentOf(path)) {
      if (name.equals(OPAQUE)) {
        Inodes.setAttribute(Path.of(parent.path().toString(), "."), OPAQUE_ATTRIBUTE, YES);
      } else if (name.startsWith(WHITEOUT)) {
        hide(parent.path(), name.substring(WHITEOUT.length()));
      } else {
        make(FileNames.in(parent.path(), name), path, entry, in);
      }
    }
  }

  /// Hides what lower layers have under a name. What this very layer has there is not meant.
  private static void hide(Path parent, String name) throws IOException {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.startsWith(WHITEOUT)) {
      throw LayerTarReader.invalid("'" + WHITEOUT + name + "' hides no file");
    }
    Path gone = FileNames.in(parent, name);
    if (Files.isDirectory(gone, LinkOption.NOFOLLOW_LINKS)) {
      Inodes.setAttribute(gone, OPAQUE_ATTRIBUTE, YES);
    } else if (!Files.exists(gone, LinkOption.NOFOLLOW_LINKS)) {
      Inodes.mknod(gone, Inodes.CHARACTER_DEVICE, 0, 0);
    }
  }

  private void make(Path target, String path, TarArchiveEntry entry, LayerTarReader in)
      throws IOException {
    if (entry.isDirectory()) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        folder(target);
      }
      implied.remove(path);
      folderTimes.push(new FolderTime(path, entry.getLastModifiedTime()));
      EntryAttributes.set(target, entry, in.attributes());
      return;
    }
    OverlayMounts.deleteTree(target); // what the layer replaces within itself
    if (entry.isLink()) {
      link(target, path, TreePaths.relative(entry.getLinkName()));
      return; // its inode has its attributes already
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, FileNames.path(entry.getLinkName()));
    } else if (entry.isCharacterDevice()) {
      Inodes.mknod(target, Inodes.CHARACTER_DEVICE, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isBlockDevice()) {
      Inodes.mknod(target, Inodes.BLOCK_DEVICE, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isFIFO()) {
      Inodes.mknod(target, Inodes.FIFO, 0, 0);
    } else {
      Files.copy(in.content(), target);
    }
    EntryAttributes.set(target, entry, in.attributes());
  }

  /// Makes a folder in place of anything else. One in place of a whiteout hides what lower layers
  /// have in theirs.
  private static void folder(Path target) throws IOException {
    boolean hides = isWhiteout(target);
    OverlayMounts.deleteTree(target);
    Files.createDirectory(target);
    if (hides) {
      Inodes.setAttribute(target, OPAQUE_ATTRIBUTE, YES);
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
      throw LayerTarReader.invalid("'" + path + "' is a hard link to the root folder");
    }
    try (RootedFiles.Handle parent = parentOf(source)) {
      Path from = FileNames.in(parent.path(), source.substring(source.lastIndexOf('/') + 1));
      if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
        throw LayerTarReader.invalid(
            "'" + path + "' is a hard link to the folder '" + source + "'");
      }
      Files.createLink(target, from);
    } catch (NoSuchFileException _) {
      throw LayerTarReader.invalid(
          "'" + path + "' is a hard link to '" + source + "', which the layer does not have");
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
      Path folder = FileNames.in(grandparent.path(), parent.substring(parent.lastIndexOf('/') + 1));
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !isWhiteout(folder)) {
        throw LayerTarReader.invalid("'" + path + "' is below something that is not a folder");
      }
      folder(folder);
      Files.setAttribute(folder, "unix:mode", 0755);
      implied.add(parent);
    }
    return RootedFiles.findDirectory(root, parent)
        .orElseThrow(() -> new IOException("cannot open " + parent + " in the layer"));
  }
}
