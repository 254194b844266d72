package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import swarm.node.identity.KeyProtection;
import swarm.raft.log.DamagedFileException;

/// The key that the cluster's log and snapshots are encrypted with. Entries travel between managers
/// as they are stored, so all managers have one key: the first makes it, the others get it when
/// they join.
final class SealKeyFile {
  private static final int BYTES = 32;

  private SealKeyFile() {}

  static byte[] create(Path folder, KeyProtection protection) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    save(folder, key, protection);
    return key;
  }

  static boolean exists(Path folder) {
    return Files.exists(file(folder));
  }

  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(file(folder));
  }

  static byte[] read(Path folder, KeyProtection protection) throws IOException {
    Path file = file(folder);
    byte[] key;
    try {
      key = protection.open(Files.readAllBytes(file));
    } catch (java.nio.file.NoSuchFileException e) {
      throw new DamagedFileException(file, "it is gone");
    } catch (IOException e) {
      throw new DamagedFileException(file, String.valueOf(e.getMessage()));
    }
    if (key.length != BYTES) {
      throw new DamagedFileException(file, "it holds no key of " + BYTES + " bytes");
    }
    return key;
  }

  static void save(Path folder, byte[] key, KeyProtection protection) throws IOException {
    Folders.replace(file(folder), protection.seal(key));
  }

  private static Path file(Path folder) {
    return folder.resolve("seal.key");
  }
}
