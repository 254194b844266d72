package swarm.runtime.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.Inodes;
import swarm.linux.LinuxException;

/// Gives an unpacked file what its entry in a layer's tar says: owner, mode, time, extended
/// attributes.
final class EntryAttributes {
  /// What overlayfs itself keeps in attributes: a layer could steer it with them.
  static final String OVERLAY = "trusted.overlay.";

  private static final String CAPABILITY = "security.capability";
  private static final int EPERM = 1;
  private static final int EOPNOTSUPP = 95;
  private static final Set<Integer> FULL = Set.of(28, 122); // ENOSPC, EDQUOT
  private static final int SHOWN_CHARACTERS = 80;

  /// The highest id but one: -1 means "do not change".
  private static final long MAX_ID = 0xffff_fffeL;

  private EntryAttributes() {}

  /// Owner first: changing it clears set-user-id bits and capabilities.
  static void set(Path target, TarArchiveEntry entry, Map<String, byte[]> attributes)
      throws IOException {
    Files.setAttribute(
        target, "unix:uid", id(entry, entry.getLongUserId()), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(
        target, "unix:gid", id(entry, entry.getLongGroupId()), LinkOption.NOFOLLOW_LINKS);
    if (!entry.isSymbolicLink()) {
      // followed, as it cannot be a link: otherwise Java opens the file, and a FIFO would block
      Files.setAttribute(target, "unix:mode", entry.getMode() & 07777);
      if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.setLastModifiedTime(target, entry.getLastModifiedTime());
      }
    }
    for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
      if (!attribute.getKey().startsWith(OVERLAY)) {
        attribute(target, entry.getName(), attribute.getKey(), attribute.getValue());
      }
    }
  }

  /// What this file system cannot keep is left out, as Docker does; a capability must not be.
  private static void attribute(Path target, String file, String name, byte[] value)
      throws IOException {
    try {
      Inodes.setAttribute(target, name, value);
    } catch (LinuxException e) {
      boolean impossible = e.errno() == EPERM || e.errno() == EOPNOTSUPP;
      if (!impossible || name.equals(CAPABILITY)) {
        throw FULL.contains(e.errno()) ? e : refused(file, name, e);
      }
    }
  }

  private static ImageException refused(String file, String name, LinuxException why) {
    return LayerTarReader.invalid(
        "'"
            + file
            + "' has an extended attribute that cannot be kept here, "
            + name.substring(0, Math.min(name.length(), SHOWN_CHARACTERS))
            + ": "
            + why.getMessage());
  }

  private static int id(TarArchiveEntry entry, long id) throws ImageException {
    if (id < 0 || id > MAX_ID) {
      throw LayerTarReader.invalid(
          "'" + entry.getName() + "' belongs to " + id + ": ids end at " + MAX_ID);
    }
    return (int) id;
  }
}
