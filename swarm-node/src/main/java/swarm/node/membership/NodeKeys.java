package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.KeyProtection;
import swarm.node.identity.UnlockKey;
import swarm.raft.log.DamagedFileException;

/// The key that seals the key files of this node, and the one small file that has it: in the clear
/// (the file's mode protects it), or sealed with the operator's unlock key.
///
/// So locking, unlocking for good and another unlock key each replace one small file, at once:
/// there is no moment in which some keys can be opened with the old unlock key and some with the
/// new one. Thread-safe.
final class NodeKeys {
  private static final String NAME = "keys.lock";
  private static final int BYTES = 32;

  private final Path folder;
  private final byte[] key;
  private @Nullable UnlockKey unlockKey; // guarded by this

  private NodeKeys(Path folder, byte[] key, @Nullable UnlockKey unlockKey) {
    this.folder = folder;
    this.key = key;
    this.unlockKey = unlockKey;
  }

  /// New ones, not locked.
  static NodeKeys create(Path folder) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    var keys = new NodeKeys(folder, key, null);
    keys.save(null);
    return keys;
  }

  /// Those that are there; empty where none are: an earlier version had none.
  ///
  /// @throws DamagedFileException where the file is not as it was written
  static Optional<NodeKeys> load(Path folder) throws IOException {
    byte[] stored = read(folder);
    if (stored.length == 0) {
      return Optional.empty();
    }
    if (KeyProtection.isSealed(stored)) {
      throw new IOException("the keys of this node are locked");
    }
    return Optional.of(new NodeKeys(folder, stored, null));
  }

  /// Whether an operator must give the unlock key first.
  static boolean locked(Path folder) throws IOException {
    return KeyProtection.isSealed(read(folder));
  }

  /// Those that are there and locked.
  ///
  /// @return empty where it is not the key
  static Optional<NodeKeys> unlock(Path folder, UnlockKey unlockKey) throws IOException {
    byte[] stored = read(folder);
    try {
      byte[] key = unlockKey.protection().open(stored);
      return key.length == BYTES
          ? Optional.of(new NodeKeys(folder, key, unlockKey))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // the file is whole, its checksum says so
    }
  }

  private static byte[] read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return new byte[0];
    }
    byte[] all = Files.readAllBytes(file);
    byte[] stored = Arrays.copyOf(all, Math.max(0, all.length - 9));
    if (!Arrays.equals(all, withChecksum(stored)) || stored.length < BYTES) {
      throw new DamagedFileException(file, "its contents and its checksum do not agree");
    }
    return stored;
  }

  private static byte[] withChecksum(byte[] stored) {
    var crc = new CRC32C();
    crc.update(stored);
    String text = HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
    byte[] all = Arrays.copyOf(stored, stored.length + 9);
    for (int i = 0; i < text.length(); i++) {
      all[stored.length + i] = (byte) text.charAt(i);
    }
    return all;
  }

  /// Seals this node's other key files.
  KeyProtection protection() {
    return KeyProtection.with(key);
  }

  /// Locks with a key, or no longer (null); writes only where that is a change.
  synchronized boolean lockWith(@Nullable UnlockKey next) throws IOException {
    if (Objects.equals(next, unlockKey)) {
      return false;
    }
    save(next);
    unlockKey = next;
    return true;
  }

  private void save(@Nullable UnlockKey sealing) throws IOException {
    byte[] stored = sealing == null ? key : sealing.protection().seal(key);
    Folders.replace(folder.resolve(NAME), withChecksum(stored));
  }
}
