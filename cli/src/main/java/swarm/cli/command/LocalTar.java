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
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import swarm.cli.spec.InvalidValueException;
import swarm.linux.FileNames;
import swarm.runtime.archive.HostFiles;
import swarm.runtime.archive.PaxAttributes;

/// Files of this machine to and from the tars that `cp` sends and gets.
final class LocalTar {
  private static final int PERMISSIONS = 07777;

  private LocalTar() {}

  /// Writes a file, or a directory with what is in it, under `name`, and closes the stream.
  ///
  /// @param source whose link, if it is one, is written unless it was resolved before
  static void write(Path source, String name, OutputStream out) throws IOException {
    var files = new LocalFiles(out, false);
    Files.walkFileTree(source, new Writer(name, files));
    files.end();
    out.close();
  }

  private static final class Writer extends SimpleFileVisitor<Path> {
    private final LocalFiles files;
    private final Deque<String> above = new ArrayDeque<>();
    private final String name;

    Writer(String name, LocalFiles files) {
      this.files = files;
      this.name = name;
    }

    private String name(Path file) {
      return above.isEmpty() ? name : above.getLast() + "/" + FileNames.of(file);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      String name = name(folder);
      files.add(folder, name);
      above.addLast(name);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException error)
        throws IOException {
      above.removeLast();
      return super.postVisitDirectory(folder, error);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      files.add(file, name(file));
      return FileVisitResult.CONTINUE;
    }
  }

  private record FolderTime(Path folder, java.nio.file.attribute.FileTime time) {}

  /// Unpacks a tar. Nothing is written outside of the directory: a name cannot lead there, and no
  /// link in it is followed.
  ///
  /// @param rename gives entries other names
  static void read(InputStream in, Path into, UnaryOperator<String> rename)
      throws IOException, InvalidValueException {
    Path directory = into.toRealPath();
    Deque<FolderTime> times = new ArrayDeque<>();
    var names = new PaxAttributes(in);
    try (var tar = new TarArchiveInputStream(names, StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.mend(entry);
        Path target = target(directory, rename.apply(entry.getName()));
        checkKind(target, entry, directory);
        make(target, entry, tar, directory, rename);
        if (entry.isLink()) {
          continue; // its inode has all of it already
        }
        if (!names.current().isEmpty()) {
          HostFiles.setAttributes(target, names.current());
        }
        if (!entry.isSymbolicLink()) {
          Files.setAttribute(target, "unix:mode", entry.getMode() & PERMISSIONS);
        }
        if (entry.isDirectory()) {
          times.push(new FolderTime(target, entry.getLastModifiedTime()));
        } else {
          setModified(target, entry);
        }
      }
    }
    for (FolderTime folder : times) { // last: writing into a folder changes its time
      Files.setLastModifiedTime(folder.folder(), folder.time());
    }
  }

  private static void setModified(Path target, TarArchiveEntry entry) throws IOException {
    if (entry.isSymbolicLink() || HostFiles.isSpecial(entry)) {
      HostFiles.setModified(target, entry.getLastModifiedTime().toInstant());
    } else {
      Files.setLastModifiedTime(target, entry.getLastModifiedTime());
    }
  }

  private static Path target(Path directory, String name) throws InvalidValueException {
    Path target = directory.resolve(FileNames.path("./" + name)).normalize();
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
      Files.createSymbolicLink(target, FileNames.path(entry.getLinkName()));
    } else if (HostFiles.isSpecial(entry)) {
      HostFiles.make(target, entry);
    } else {
      Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
