package swarm.runtime.logs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import swarm.linux.Inotify;

/// The files of one log: the current one, which the monitor writes, and the rotated ones beside it,
/// `NAME.7` or compressed `NAME.7.gz`. Numbers only grow and a file keeps its own, so that a reader
/// knows where it is however often the log is rotated meanwhile: the current file is the one after
/// the last number.
///
/// One thread rotates a log; any may read.
///
/// @param current the current file; missing for moments within a rotation
/// @param scratch a folder of the same file system, for files that are being made
public record LogFiles(Path current, Path scratch) {
  private static final int LINE_BYTES = 16 * 1024;
  private static final Pattern NUMBER = Pattern.compile("\\.(\\d{1,18})(?:\\.gz)?");

  /// The rotated files by number; where one is there both plain and compressed, either.
  public NavigableMap<Long, Path> rotated() throws IOException {
    var found = new TreeMap<Long, Path>();
    String name = current.getFileName().toString();
    Path folder = current.toAbsolutePath().resolveSibling("");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name + ".*")) {
      for (Path file : files) {
        Matcher number = NUMBER.matcher(file.getFileName().toString().substring(name.length()));
        if (number.matches()) {
          found.put(Long.parseLong(number.group(1)), file);
        }
      }
    } catch (NoSuchFileException e) {
      return found; // the container is being removed
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /// The number of the newest rotated file; 0 where there is none.
  long last() throws IOException {
    NavigableMap<Long, Path> files = rotated();
    return files.isEmpty() ? 0 : files.lastKey();
  }

  private Path plain(long number) {
    return current.resolveSibling(current.getFileName() + "." + number);
  }

  private Path packed(long number) {
    return current.resolveSibling(current.getFileName() + "." + number + ".gz");
  }

  /// Gives the current file the next number. The monitor is then to begin a new one.
  public void rotate() throws IOException {
    Files.move(current, plain(last() + 1), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Whether the monitor has begun a file since the last rotation, and writes to no other.
  public boolean begun() {
    return Files.exists(current);
  }

  /// Deletes what is too old. The newest rotated file keeps its number, if not its content.
  ///
  /// Files may be larger than their limit, as they are looked at now and then: the oldest ones pay
  /// for that.
  public void prune(LogLimits limits) throws IOException {
    NavigableMap<Long, Path> all = rotated();
    if (all.isEmpty()) {
      return;
    }
    pruneByNumber(all, limits.maxFiles());
    if (limits.maxBytes() > 0) {
      pruneBySize((limits.maxFiles() + 1.0) * limits.maxBytes()); // the current one has its share
    }
  }

  /// Has the log keep to its limits after the end of its monitor, which may have written much
  /// before anybody looked. Does nothing where there is no log, or no limit.
  public void cut(LogLimits limits) throws IOException {
    if (limits.maxBytes() <= 0 || !begun() || Files.size(current) <= limits.maxBytes()) {
      return;
    }
    rotate();
    Files.createFile(current); // readers go on to it, and the next monitor
    pruneByNumber(rotated(), limits.maxFiles() + 1); // the current one takes no room
    pruneBySize((double) limits.maxFiles() * limits.maxBytes());
  }

  private void pruneByNumber(NavigableMap<Long, Path> all, int files) throws IOException {
    long last = all.lastKey();
    for (long number : all.headMap(last - files + 2, false).keySet()) {
      if (number < last) {
        Files.deleteIfExists(plain(number));
        Files.deleteIfExists(packed(number));
      } else if (Files.exists(plain(last)) && Files.size(plain(last)) > 0) {
        // a new file: who reads the old one reads it to its end
        Path empty = Files.createTempFile(scratch, "empty", "");
        Files.move(empty, plain(last), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private void pruneBySize(double room) throws IOException {
    double left = room;
    for (long number : rotated().descendingKeySet()) {
      if (!Files.exists(plain(number))) {
        continue; // compressed files are counted, not measured
      }
      long size = Files.size(plain(number));
      if (size > left) {
        keepEnd(number, size - (long) left);
      }
      left = Math.max(0, left - size);
    }
  }

  // Who reads the old file reads it to its end.
  private void keepEnd(long number, long from) throws IOException {
    Path copy = Files.createTempFile(scratch, "log", "");
    try (FileChannel source = FileChannel.open(plain(number), StandardOpenOption.READ);
        FileChannel target = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      long position = lineStart(source, from);
      while (position < source.size()) {
        position += source.transferTo(position, source.size() - position, target);
      }
    }
    Files.setLastModifiedTime(copy, Files.getLastModifiedTime(plain(number)));
    Files.move(copy, plain(number), StandardCopyOption.ATOMIC_MOVE);
  }

  private static long lineStart(FileChannel file, long from) throws IOException {
    var buffer = ByteBuffer.allocate(LINE_BYTES);
    for (long at = from; at < file.size(); at += buffer.position()) {
      buffer.clear();
      int count = file.read(buffer, at);
      for (int i = 0; i < count; i++) {
        if (buffer.get(i) == '\n') {
          return at + i + 1;
        }
      }
    }
    return file.size();
  }

  /// The oldest rotated file that is to be compressed; the newest one is not: whoever follows is
  /// about to read it.
  public Optional<Long> uncompressed() throws IOException {
    NavigableMap<Long, Path> all = rotated();
    return all.isEmpty()
        ? Optional.empty()
        : all.headMap(all.lastKey(), false).keySet().stream()
            .filter(number -> Files.exists(plain(number)))
            .findFirst();
  }

  /// Writes a compressed copy of a rotated file, which [#replace] puts in its place.
  ///
  /// @return nothing where the file was deleted meanwhile
  public Optional<Path> compress(long number) throws IOException {
    Path copy = Files.createTempFile(scratch, "log", ".gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(copy), 64 * 1024)) {
      Files.copy(plain(number), out);
    } catch (NoSuchFileException e) {
      Files.delete(copy);
      return Optional.empty();
    } catch (IOException e) {
      Files.delete(copy);
      throw e;
    }
    return Optional.of(copy);
  }

  /// Puts a compressed copy in its place.
  public void replace(long number, Path copy) throws IOException {
    try {
      FileTime written = Files.getLastModifiedTime(plain(number));
      Files.setLastModifiedTime(copy, written);
      Files.move(copy, packed(number), StandardCopyOption.ATOMIC_MOVE);
      Files.delete(plain(number));
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(copy); // pruned meanwhile
    }
  }

  /// Opens the current file.
  ///
  /// @return nothing where there is none at the moment
  Optional<OpenLog> open(Inotify inotify, boolean watched, Runnable onChange) throws IOException {
    while (true) {
      long before = last();
      Optional<OpenLog> opened = OpenLog.open(current, before + 1, inotify, watched, onChange);
      if (opened.isEmpty() || last() == before) {
        return opened;
      }
      opened.get().close(); // rotated just now: which one it is is not sure
    }
  }

  /// Opens a rotated file.
  ///
  /// @return nothing where it was deleted
  Optional<OpenLog> open(long number) throws IOException {
    Optional<OpenLog> opened = OpenLog.open(plain(number), number);
    if (opened.isPresent()) {
      return opened;
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed(number)))) {
      return Optional.of(OpenLog.of(unpacked(in), packed(number), number));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  // A file without a name, which is gone when it is closed, or when the daemon is killed.
  private FileChannel unpacked(InputStream in) throws IOException {
    Path copy = Files.createTempFile(scratch, "log", "");
    try {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return FileChannel.open(copy, StandardOpenOption.READ);
    } finally {
      Files.delete(copy);
    }
  }
}
