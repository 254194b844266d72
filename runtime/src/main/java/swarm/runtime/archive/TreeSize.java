package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the files of a tree take, as Docker's overlay2 counts: bytes of all but folders, a file
/// with several names counted once. What goes away meanwhile does not count, nor what lies deeper
/// than a path can be long (PATH_MAX, 4,096 bytes): whoever writes in a container must not be able
/// to spoil the sums of others.
public final class TreeSize extends SimpleFileVisitor<Path> {
  private final Set<Object> seen = new HashSet<>();
  private long bytes;

  private TreeSize() {}

  /// Walks the whole tree.
  ///
  /// @return bytes; 0 where there is no such folder
  public static long of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    var counter = new TreeSize();
    Files.walkFileTree(folder, counter);
    return counter.bytes;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    Object inode = attributes.fileKey();
    if (attributes.size() > 0 && inode != null && seen.add(inode)) {
      bytes += attributes.size();
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    return outOfReach(failure);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
      throws IOException {
    return failure == null ? FileVisitResult.CONTINUE : outOfReach(failure);
  }

  private static FileVisitResult outOfReach(IOException failure) throws IOException {
    boolean tooDeep =
        failure instanceof FileSystemException f && "File name too long".equals(f.getReason());
    if (tooDeep || failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }
}
