package swarm.runtime.archive;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.FileNames;
import swarm.linux.Inodes;
import swarm.linux.LinuxException;
import swarm.linux.RootedFiles;

/// What tars hold of this machine's files that `java.nio.file` can neither make nor read, for
/// commands, whose user need not be root. Links are not followed.
public final class HostFiles {
  private static final int EPERM = 1;
  private static final int EOPNOTSUPP = 95;
  private static final int PRIVATE = 0600;

  /// `struct vfs_cap_data`: its revision is the last byte of its first number.
  private static final int REVISION_AT = 3;

  private static final int REVISION_2 = 2;
  private static final int REVISION_3 = 3;
  private static final int LENGTH_OF_REVISION_2 = 20;

  private HostFiles() {}

  /// Whether an entry is a FIFO or a device.
  public static boolean isSpecial(TarArchiveEntry entry) {
    return entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice();
  }

  /// Makes a FIFO or a device, with permissions that only its owner has.
  ///
  /// @throws FileSystemException also where only root may
  public static void make(Path target, TarArchiveEntry entry) throws FileSystemException {
    int type =
        entry.isFIFO()
            ? Inodes.FIFO
            : entry.isBlockDevice() ? Inodes.BLOCK_DEVICE : Inodes.CHARACTER_DEVICE;
    boolean numbered = type != Inodes.FIFO;
    try {
      Inodes.mknod(
          target,
          type | PRIVATE,
          numbered ? entry.getDevMajor() : 0,
          numbered ? entry.getDevMinor() : 0);
    } catch (LinuxException e) {
      throw failed(
          target, e.errno() == EPERM ? "is a device file, which only root may make here" : "", e);
    }
  }

  /// Sets the time of a file's last change without opening it: a FIFO would wait for a writer.
  public static void setModified(Path file, Instant at) throws IOException {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    try (RootedFiles.Handle held =
        RootedFiles.findLink(folder, FileNames.of(file))
            .orElseThrow(() -> new NoSuchFileException(file.toString()))) {
      Inodes.setModified(held, at);
    } catch (LinuxException e) {
      throw failed(file, "", e);
    }
  }

  /// The capabilities that a program has of itself, as any user namespace takes them.
  public static Optional<byte[]> capability(Path file) throws FileSystemException {
    try {
      return Inodes.attribute(file, TreeTar.CAPABILITY).map(HostFiles::forAll);
    } catch (LinuxException e) {
      if (e.errno() == EOPNOTSUPP) {
        return Optional.empty();
      }
      throw failed(file, "", e);
    }
  }

  /// Without the user namespace that revision 3 names, which is nothing where the file goes.
  private static byte[] forAll(byte[] capability) {
    if (capability.length <= LENGTH_OF_REVISION_2 || capability[REVISION_AT] != REVISION_3) {
      return capability;
    }
    byte[] second = Arrays.copyOf(capability, LENGTH_OF_REVISION_2);
    second[REVISION_AT] = REVISION_2;
    return second;
  }

  /// Sets extended attributes. What only root may set is left out, and what this file system cannot
  /// keep; but where it cannot keep capabilities, that is said.
  public static void setAttributes(Path file, Map<String, byte[]> attributes)
      throws FileSystemException {
    for (Map.Entry<String, byte[]> one : attributes.entrySet()) {
      try {
        Inodes.setAttribute(file, one.getKey(), one.getValue());
      } catch (LinuxException e) {
        boolean capability = one.getKey().equals(TreeTar.CAPABILITY);
        if (e.errno() != EPERM && (capability || e.errno() != EOPNOTSUPP)) {
          throw failed(file, "", e);
        }
      }
    }
  }

  /// @param reason empty for the kernel's
  private static FileSystemException failed(Path file, String reason, LinuxException e) {
    var failed =
        new FileSystemException(
            FileNames.shown(FileNames.whole(file)),
            null,
            reason.isEmpty() ? e.getMessage() : reason);
    failed.initCause(e);
    return failed;
  }
}
