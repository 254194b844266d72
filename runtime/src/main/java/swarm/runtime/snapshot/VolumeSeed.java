package swarm.runtime.snapshot;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.linux.Inodes;
import swarm.linux.RootedFiles;

/// Gives a new volume the content that the image has at its place, as Docker does: a database's
/// volume starts with the right owner and files.
public final class VolumeSeed {
  private static final String CAPABILITY = "security.capability";

  private VolumeSeed() {}

  /// Copies what `rootfs` has at `target` into an empty directory, with owners, modes and times.
  ///
  /// @return whether `rootfs` has a directory there
  public static boolean copyUp(Path rootfs, String target, Path volume) throws IOException {
    var found = RootedFiles.findDirectory(rootfs, target);
    if (found.isEmpty()) {
      return false;
    }
    try (var directory = found.get()) {
      // `/.`, as the name of a descriptor is itself a link
      Path source = Path.of(directory.path().toString(), ".");
      Files.walkFileTree(source, new Copier(source, volume));
    }
    return true;
  }

  private static final class Copier extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;
    private final Map<Object, Path> copied = new HashMap<>();

    Copier(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    private Path target(Path source) {
      return to.resolve(from.relativize(source));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      Path target = target(directory);
      if (!directory.equals(from)) {
        Files.createDirectory(target);
      }
      copyAttribute(directory, target, "unix:uid");
      copyAttribute(directory, target, "unix:gid");
      copyAttribute(directory, target, "unix:mode");
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.setLastModifiedTime(target(directory), Files.getLastModifiedTime(directory));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Path target = target(file);
      if (attributes.isOther()) {
        // Sockets and device files belong to processes and to /dev.
        return FileVisitResult.CONTINUE;
      }
      Path first = copied.putIfAbsent(attributes.fileKey(), target);
      if (first != null) {
        Files.createLink(target, first);
        return FileVisitResult.CONTINUE;
      }
      Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      copyAttribute(file, target, "unix:uid");
      copyAttribute(file, target, "unix:gid");
      if (!attributes.isSymbolicLink()) {
        // A change of owner took set-user-id bits away.
        copyAttribute(file, target, "unix:mode");
        Optional<byte[]> capability = Inodes.attribute(file, CAPABILITY);
        if (capability.isPresent()) {
          Inodes.setAttribute(target, CAPABILITY, capability.get());
        }
      }
      return FileVisitResult.CONTINUE;
    }

    private static void copyAttribute(Path from, Path to, String name) throws IOException {
      Files.setAttribute(
          to,
          name,
          Files.getAttribute(from, name, LinkOption.NOFOLLOW_LINKS),
          LinkOption.NOFOLLOW_LINKS);
    }
  }
}
