package swarm.runtime.logs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import swarm.linux.Inotify;
import swarm.linux.LinuxException;

/// A log file held open, with the watch on it.
///
/// @param channel where it is read
/// @param path the name it was opened by
/// @param number the one it has, or will have when it is rotated
/// @param key its identity, which a rename keeps
/// @param watch tells of changes
record OpenLog(FileChannel channel, Path path, long number, Object key, Inotify.Watch watch)
    implements AutoCloseable {
  private static final int ENOENT = 2;

  /// Opens the file, or nothing where there is none.
  ///
  /// @param onChange called after changes, if `watched`
  static Optional<OpenLog> open(
      Path path, long number, Inotify inotify, boolean watched, Runnable onChange)
      throws IOException {
    try {
      Inotify.Watch watch = watched ? watch(path, inotify, onChange) : () -> {};
      try {
        Object key = key(path);
        var channel = FileChannel.open(path, StandardOpenOption.READ);
        return Optional.of(new OpenLog(channel, path, number, key, watch));
      } catch (IOException e) {
        watch.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Inotify.Watch watch(Path path, Inotify inotify, Runnable onChange)
      throws IOException {
    try {
      return inotify.watch(path, onChange);
    } catch (LinuxException e) {
      if (e.errno() == ENOENT) {
        throw new NoSuchFileException(path.toString());
      }
      throw e;
    }
  }

  /// Opens a file that does not change any more, or nothing where there is none.
  static Optional<OpenLog> open(Path path, long number) throws IOException {
    try {
      return Optional.of(of(FileChannel.open(path, StandardOpenOption.READ), path, number));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  static OpenLog of(FileChannel channel, Path path, long number) {
    return new OpenLog(channel, path, number, channel, () -> {});
  }

  /// Whether it has still the name it was opened by.
  boolean inPlace() throws IOException {
    try {
      return key(path).equals(key);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Object key(Path path) throws IOException {
    return java.util.Objects.requireNonNull(
        Files.readAttributes(path, BasicFileAttributes.class).fileKey(), "no inode numbers here");
  }

  @Override
  public void close() throws IOException {
    watch.close();
    channel.close();
  }
}
