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

/// A log file held open, with the watch on it.
///
/// @param channel where it is read
/// @param path the name it was opened by
/// @param key its identity, which a rename keeps
/// @param watch tells of changes
record OpenLog(FileChannel channel, Path path, Object key, Inotify.Watch watch)
    implements AutoCloseable {

  /// Opens the file, or nothing where there is none.
  ///
  /// @param onChange called after changes, if `watched`
  static Optional<OpenLog> open(Path path, Inotify inotify, boolean watched, Runnable onChange)
      throws IOException {
    try {
      Inotify.Watch watch = watched ? inotify.watch(path, onChange) : () -> {};
      try {
        Object key = key(path);
        var channel = FileChannel.open(path, StandardOpenOption.READ);
        return Optional.of(new OpenLog(channel, path, key, watch));
      } catch (IOException e) {
        watch.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// Whether another file has taken this one's name.
  boolean replaced() throws IOException {
    try {
      return !key(path).equals(key);
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
