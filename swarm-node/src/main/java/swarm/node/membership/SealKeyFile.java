package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// The key that the cluster's log and snapshots are encrypted with. Entries travel between managers
/// as they are stored, so all managers have one key: the first makes it, the others get it when
/// they join.
final class SealKeyFile {
  private static final int BYTES = 32;

  private SealKeyFile() {}

  static byte[] create(Path folder) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    save(folder, key);
    return key;
  }

  static boolean exists(Path folder) {
    return Files.exists(file(folder));
  }

  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(file(folder));
  }

  static byte[] read(Path folder) throws IOException {
    return Files.readAllBytes(file(folder));
  }

  static void save(Path folder, byte[] key) throws IOException {
    Path file = file(folder);
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, key, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  private static Path file(Path folder) {
    return folder.resolve("seal.key");
  }
}
