package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.FileNames;
import swarm.linux.Inodes;
import swarm.linux.LinuxException;
import swarm.linux.RootedFiles;

/// Unpacks a tar into a directory of a tree that somebody else may be changing. Names cannot leave
/// the directory but by links, and links cannot leave the tree. What fails takes with it what was
/// newly made. For one tar.
public final class TreeUnpacker {
  /// How a tar is unpacked.
  ///
  /// @param keepKind whether a directory and something else may not take each other's place
  /// @param owner whose all becomes; nobody's: as the tar says
  public record Options(boolean keepKind, Optional<Owner> owner) {}

  /// @param uid of the user
  /// @param gid of the group
  public record Owner(int uid, int gid) {}

  private static final String CAPABILITY = "security.capability";
  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int EOPNOTSUPP = 95;
  public static final long MAX_ID = 0xffff_fffeL;
  private static final int BUFFER = 64 * 1024;
  private static final int DEFAULT_FOLDER_MODE = 0755;

  private final Path root;
  private final String destination;
  private final Options options;
  private final NewFiles made;
  private final ArrayDeque<FolderTime> folderTimes = new ArrayDeque<>();
  private final byte[] buffer = new byte[BUFFER];

  /// The directory that the last entry went into: the next goes there, too, mostly. What an entry
  /// replaces is in that directory, never above it.
  private Optional<Folder> last = Optional.empty();

  private record FolderTime(String path, Instant time) {}

  private record Folder(String path, RootedFiles.Handle handle) {}

  /// @param root of the tree
  /// @param destination clean path of a directory in it, links resolved
  public TreeUnpacker(Path root, String destination, Options options) {
    this.root = root;
    this.destination = destination;
    this.options = options;
    this.made = new NewFiles(root);
  }

  /// Unpacks a tar, and reads on to the end of what it came in: a compressed one's sum is there.
  ///
  /// @param tar plain
  /// @throws ArchiveException for what an archive may not have
  public void unpack(InputStream tar) throws IOException {
    allOrNothing(
        () -> {
          unpackAll(tar, TarSums.NONE);
          var _ = tar.transferTo(OutputStream.nullOutputStream());
        });
  }

  /// Unpacks a tar and leaves what is behind it, as Docker does with contexts of builds.
  ///
  /// @param sums gets to know each entry
  public void unpack(InputStream tar, TarSums sums) throws IOException {
    allOrNothing(() -> unpackAll(tar, sums));
  }

  @FunctionalInterface
  private interface Unpacking {
    void run() throws IOException;
  }

  private void allOrNothing(Unpacking unpacking) throws IOException {
    try {
      unpacking.run();
    } catch (IOException | RuntimeException e) {
      made.discard(e);
      throw e;
    } finally {
      leave();
    }
  }

  private void unpackAll(InputStream tar, TarSums sums) throws IOException {
    TarEntries.each(tar, sums, this::unpack);
    for (FolderTime folder : folderTimes) { // last: writing into a folder changes its time
      Optional<RootedFiles.Handle> found = RootedFiles.findDirectory(root, folder.path());
      if (found.isPresent()) { // it may have been replaced
        try (RootedFiles.Handle handle = found.get()) {
          Inodes.setModified(handle, folder.time());
        }
      }
    }
  }

  private void unpack(TarArchiveEntry entry, InputStream content, Map<String, byte[]> attributes)
      throws IOException {
    checkName(entry.getName());
    String name = TreePaths.clean(entry.getName());
    if (name.equals("/")) {
      return; // the directory itself stays what it is
    }
    String path = TreePaths.clean(destination + name);
    RootedFiles.Handle parent = enter(TreePaths.parent(path));
    Path target = FileNames.in(parent.path(), TreePaths.name(path));
    boolean merges = makeRoom(target, path, entry);
    boolean isNew = !merges;
    if (isNew) {
      made.willMake(path, parent);
    }
    if (entry.isLink()) {
      link(target, entry);
      return; // its inode has its attributes already
    }
    make(target, entry, content, merges);
    try (RootedFiles.Handle own =
        RootedFiles.findLink(parent.path(), TreePaths.name(path))
            .orElseThrow(() -> new NoSuchFileException(path))) {
      apply(own, entry, attributes);
    }
    if (entry.isDirectory()) {
      folderTimes.push(new FolderTime(path, entry.getLastModifiedTime().toInstant()));
    }
  }

  /// The directory that an entry goes into, held until another is entered.
  private RootedFiles.Handle enter(String path) throws IOException {
    if (last.isEmpty() || !last.get().path().equals(path)) {
      leave();
      last = Optional.of(new Folder(path, folder(path)));
    }
    return last.get().handle();
  }

  private void leave() {
    last.ifPresent(folder -> folder.handle().close());
    last = Optional.empty();
  }

  /// In the words of Go's archive code, which Docker's users know.
  private void checkName(String name) throws ArchiveException {
    int depth = 0;
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        depth--;
      } else if (!part.isEmpty() && !part.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        throw new ArchiveException("\"" + name + "\" is outside of \"" + destination + "\"");
      }
    }
  }

  /// A directory; what is missing of it is made.
  private RootedFiles.Handle folder(String path) throws IOException {
    Optional<RootedFiles.Handle> found = RootedFiles.findDirectory(root, path);
    if (found.isPresent()) {
      return found.get();
    }
    try (RootedFiles.Handle parent = folder(TreePaths.parent(path))) {
      made.willMake(path, parent);
      Path folder = FileNames.in(parent.path(), TreePaths.name(path));
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new ArchiveException("mkdir " + path + ": not a directory");
      }
      Files.createDirectory(folder);
      try (RootedFiles.Handle own =
          RootedFiles.findLink(parent.path(), TreePaths.name(path))
              .orElseThrow(() -> new NoSuchFileException(path))) {
        Files.setAttribute(own.path(), "unix:mode", DEFAULT_FOLDER_MODE);
        if (options.owner().isPresent()) {
          own(own, options.owner().get());
        }
      }
    }
    return RootedFiles.findDirectory(root, path).orElseThrow(() -> new NoSuchFileException(path));
  }

  /// Takes away what an entry replaces.
  ///
  /// @return whether a directory is there that the entry is merged into
  private boolean makeRoom(Path target, String path, TarArchiveEntry entry) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    boolean isFolder = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    if (options.keepKind() && isFolder != entry.isDirectory()) {
      throw new ArchiveException(
          isFolder
              ? "cannot overwrite directory \""
                  + path
                  + "\" with non-directory \""
                  + destination
                  + "\""
              : "cannot overwrite non-directory \""
                  + path
                  + "\" with directory \""
                  + destination
                  + "\"");
    }
    if (isFolder && entry.isDirectory()) {
      return true;
    }
    SafeDeletion.delete(target);
    return false;
  }

  private void make(Path target, TarArchiveEntry entry, InputStream content, boolean merges)
      throws IOException {
    if (entry.isDirectory()) {
      if (!merges) {
        Files.createDirectory(target);
      }
    } else if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, FileNames.path(entry.getLinkName()));
    } else if (entry.isCharacterDevice()) {
      Inodes.mknod(
          target, Inodes.CHARACTER_DEVICE | 0600, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isBlockDevice()) {
      Inodes.mknod(target, Inodes.BLOCK_DEVICE | 0600, entry.getDevMajor(), entry.getDevMinor());
    } else if (entry.isFIFO()) {
      Inodes.mknod(target, Inodes.FIFO | 0600, 0, 0);
    } else {
      write(target, content);
    }
  }

  /// Zeros become holes, so that a sparse file stays one.
  private void write(Path target, InputStream content) throws IOException {
    try (SeekableByteChannel out =
        Files.newByteChannel(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long length = 0;
      long written = 0;
      for (int n = content.readNBytes(buffer, 0, BUFFER);
          n > 0;
          n = content.readNBytes(buffer, 0, BUFFER)) {
        if (n < BUFFER || !isZero(buffer)) {
          out.position(length);
          ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
          written = length + n;
        }
        length += n;
      }
      if (written < length) {
        out.position(length - 1);
        out.write(ByteBuffer.wrap(new byte[1]));
      }
    }
  }

  private static boolean isZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }

  private void link(Path target, TarArchiveEntry entry) throws IOException {
    String source = TreePaths.clean(destination + "/" + entry.getLinkName());
    boolean within =
        destination.equals("/")
            || source.equals(destination)
            || source.startsWith(destination + "/");
    if (!within) {
      throw new ArchiveException(
          "invalid hardlink \"" + source + "\" -> \"" + entry.getLinkName() + "\"");
    }
    Optional<RootedFiles.Handle> folder = RootedFiles.findDirectory(root, TreePaths.parent(source));
    if (folder.isEmpty()) {
      throw new ArchiveException(
          "link " + entry.getLinkName() + " " + entry.getName() + ": no such file or directory");
    }
    try (RootedFiles.Handle held = folder.get()) {
      Files.createLink(target, FileNames.in(held.path(), TreePaths.name(source)));
    } catch (NoSuchFileException e) {
      throw new ArchiveException(
          "link " + entry.getLinkName() + " " + entry.getName() + ": no such file or directory");
    }
  }

  /// Owner first: changing it clears set-user-id bits and capabilities.
  private void apply(RootedFiles.Handle own, TarArchiveEntry entry, Map<String, byte[]> attributes)
      throws IOException {
    own(
        own,
        options
            .owner()
            .orElse(
                new Owner(id(entry, entry.getLongUserId()), id(entry, entry.getLongGroupId()))));
    if (!entry.isSymbolicLink()) {
      Files.setAttribute(own.path(), "unix:mode", entry.getMode() & 07777);
      for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
        if (!attribute.getKey().startsWith(TreeTar.OVERLAY)) {
          attribute(own, attribute.getKey(), attribute.getValue());
        }
      }
    }
    Inodes.setModified(own, entry.getLastModifiedTime().toInstant());
  }

  private static void own(RootedFiles.Handle held, Owner owner) throws IOException {
    Files.setAttribute(held.path(), "unix:uid", owner.uid());
    Files.setAttribute(held.path(), "unix:gid", owner.gid());
  }

  /// What this file system cannot keep is left out, as Docker does; a capability must not be.
  private static void attribute(RootedFiles.Handle held, String name, byte[] value)
      throws IOException {
    try {
      Inodes.setAttribute(held, name, value);
    } catch (LinuxException e) {
      boolean impossible = e.errno() == EPERM || e.errno() == EACCES || e.errno() == EOPNOTSUPP;
      if (!impossible || name.equals(CAPABILITY)) {
        throw e;
      }
    }
  }

  private static int id(TarArchiveEntry entry, long id) throws ArchiveException {
    if (id < 0 || id > MAX_ID) {
      throw new ArchiveException(
          "'" + entry.getName() + "' belongs to " + id + ": ids end at " + MAX_ID);
    }
    return (int) id;
  }
}
