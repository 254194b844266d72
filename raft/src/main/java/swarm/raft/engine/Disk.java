package swarm.raft.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// Flushing to the disk.
final class Disk {
  private Disk() {}

  /// Makes the names in a directory durable.
  static void flushDirectory(Path directory) throws IOException {
    flush(directory);
  }

  /// Makes a file's bytes durable, whoever wrote them.
  static void flush(Path path) throws IOException {
    // On Linux a directory can be opened for reading and flushed like a file, and flushing through
    // a read-only descriptor flushes what others wrote.
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Makes everything below a directory durable.
  static void flushTree(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      flush(path);
    }
  }
}
