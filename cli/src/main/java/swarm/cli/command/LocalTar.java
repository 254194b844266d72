package swarm.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import swarm.cli.spec.InvalidValueException;

/// Files of this machine to and from the tars that `cp` sends and gets.
final class LocalTar {
  private static final int BLOCK = 512;
  private static final int PERMISSIONS = 07777;

  private LocalTar() {}

  /// Writes a file, or a directory with what is in it, under `name`.
  ///
  /// @param source whose link, if it is one, is written unless it was resolved before
  static void write(Path source, String name, OutputStream out) throws IOException {
    try (var tar = new TarArchiveOutputStream(out, BLOCK, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      Files.walkFileTree(source, new Writer(source, name, tar));
      tar.finish();
    }
  }

  private static final class Writer extends SimpleFileVisitor<Path> {
    private final Path source;
    private final String name;
    private final TarArchiveOutputStream tar;
    private final Map<Object, String> written = new HashMap<>();

    Writer(Path source, String name, TarArchiveOutputStream tar) {
      this.source = source;
      this.name = name;
      this.tar = tar;
    }

    private String name(Path file) {
      return file.equals(source) ? name : name + "/" + source.relativize(file);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      put(folder, new TarArchiveEntry(name(folder) + "/", TarConstants.LF_DIR));
      tar.closeArchiveEntry();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isOther()) {
        return FileVisitResult.CONTINUE; // sockets and devices are this machine's
      }
      String first =
          attributes.isSymbolicLink() ? null : written.putIfAbsent(key(attributes), name(file));
      if (attributes.isSymbolicLink()) {
        var entry = new TarArchiveEntry(name(file), TarConstants.LF_SYMLINK);
        entry.setLinkName(Files.readSymbolicLink(file).toString());
        put(file, entry);
      } else if (first != null) {
        var entry = new TarArchiveEntry(name(file), TarConstants.LF_LINK);
        entry.setLinkName(first);
        put(file, entry);
      } else {
        var entry = new TarArchiveEntry(name(file), TarConstants.LF_NORMAL);
        try (InputStream in = Files.newInputStream(file)) {
          entry.setSize(attributes.size());
          put(file, entry);
          in.transferTo(tar);
        }
      }
      tar.closeArchiveEntry();
      return FileVisitResult.CONTINUE;
    }

    private static Object key(BasicFileAttributes attributes) {
      Object key = attributes.fileKey();
      return key == null ? new Object() : key;
    }

    private void put(Path file, TarArchiveEntry entry) throws IOException {
      Map<String, Object> seen =
          Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
      entry.setMode(number(seen, "mode") & PERMISSIONS);
      entry.setIds(number(seen, "uid"), number(seen, "gid"));
      entry.setModTime(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS));
      tar.putArchiveEntry(entry);
    }

    private static int number(Map<String, Object> attributes, String name) {
      return attributes.get(name) instanceof Integer number ? number : 0;
    }
  }

  private record FolderTime(Path folder, java.nio.file.attribute.FileTime time) {}

  /// Unpacks a tar. Nothing is written outside of the directory: a name cannot lead there, and no
  /// link in it is followed.
  ///
  /// @param rename gives entries other names
  static void read(InputStream in, Path directory, UnaryOperator<String> rename)
      throws IOException, InvalidValueException {
    Deque<FolderTime> times = new ArrayDeque<>();
    try (var tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = target(directory, rename.apply(entry.getName()));
        checkKind(target, entry, directory);
        make(target, entry, tar, directory, rename);
        if (!entry.isSymbolicLink() && !entry.isLink()) {
          Files.setAttribute(target, "unix:mode", entry.getMode() & PERMISSIONS);
        }
        if (entry.isDirectory()) {
          times.push(new FolderTime(target, entry.getLastModifiedTime()));
        } else if (!entry.isSymbolicLink() && !entry.isLink()) {
          Files.setLastModifiedTime(target, entry.getLastModifiedTime());
        }
      }
    }
    for (FolderTime folder : times) { // last: writing into a folder changes its time
      Files.setLastModifiedTime(folder.folder(), folder.time());
    }
  }

  private static Path target(Path directory, String name) throws InvalidValueException {
    Path target = directory.resolve("./" + name).normalize();
    if (!target.startsWith(directory.normalize())) {
      throw new InvalidValueException("\"" + name + "\" is outside of \"" + directory + "\"");
    }
    for (Path at = target.getParent();
        at != null && !at.equals(directory.normalize()) && at.startsWith(directory.normalize());
        at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        throw new InvalidValueException("\"" + name + "\" is behind the link \"" + at + "\"");
      }
    }
    return target;
  }

  private static void checkKind(Path target, TarArchiveEntry entry, Path directory)
      throws IOException, InvalidValueException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean isFolder = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    if (isFolder && !entry.isDirectory()) {
      throw new InvalidValueException(
          "cannot overwrite directory \"" + target + "\" with non-directory \"" + directory + "\"");
    }
    if (!isFolder && entry.isDirectory()) {
      throw new InvalidValueException(
          "cannot overwrite non-directory \"" + target + "\" with directory \"" + directory + "\"");
    }
    if (!isFolder) {
      Files.delete(target);
    }
  }

  private static void make(
      Path target,
      TarArchiveEntry entry,
      InputStream content,
      Path directory,
      UnaryOperator<String> rename)
      throws IOException, InvalidValueException {
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
    } else if (entry.isLink()) {
      Files.createLink(target, target(directory, rename.apply(entry.getLinkName())));
    } else if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      throw new InvalidValueException(
          "\"" + entry.getName() + "\" is a device file, which is not made on this machine");
    } else {
      Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
