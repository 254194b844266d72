package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/// How much a container has written.
final class WrittenFiles {
  private WrittenFiles() {}

  /// The sizes of all files of a writable layer, one with several names counted once. What is
  /// deleted meanwhile does not count.
  static long bytes(Path layer) throws IOException {
    if (!Files.isDirectory(layer)) {
      return 0;
    }
    var sum =
        new Object() {
          long bytes;
        };
    Set<Object> counted = new HashSet<>();
    Files.walkFileTree(
        layer,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Object inode = attributes.fileKey();
            if (attributes.size() > 0 && inode != null && counted.add(inode)) {
              sum.bytes += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            if (e == null || e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return sum.bytes;
  }
}
