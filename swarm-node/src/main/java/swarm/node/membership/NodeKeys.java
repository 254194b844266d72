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
/// new one.
///
/// Locking with another unlock key also makes another key for the files: the one before lay in the
/// clear, or was locked with what somebody may know by now. As long as files are sealed with that
/// one ([#outdated]) both are in this file, the newer first. Thread-safe.
final class NodeKeys {
  private static final String NAME = "keys.lock";
  private static final int BYTES = 32;

  private final Path folder;
  private byte[] keys; // guarded by this; one, or the present one and the one before
  private @Nullable UnlockKey unlockKey; // guarded by this

  private NodeKeys(Path folder, byte[] keys, @Nullable UnlockKey unlockKey) {
    this.folder = folder;
    this.keys = keys;
    this.unlockKey = unlockKey;
  }

  /// New ones, not locked.
  static NodeKeys create(Path folder) throws IOException {
    var keys = new NodeKeys(folder, random(), null);
    keys.save(keys.keys, null);
    return keys;
  }

  private static byte[] random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static boolean whole(byte[] keys) {
    return keys.length == BYTES || keys.length == 2 * BYTES;
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
    if (!whole(stored)) {
      throw new DamagedFileException(folder.resolve(NAME), "it holds no keys of this version");
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
      byte[] keys = unlockKey.protection().open(stored);
      return whole(keys) ? Optional.of(new NodeKeys(folder, keys, unlockKey)) : Optional.empty();
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

  /// Seals this node's other key files, and opens them also where they are sealed with the key
  /// before.
  synchronized KeyProtection protection() {
    KeyProtection present = KeyProtection.with(Arrays.copyOf(keys, BYTES));
    return outdated()
        ? present.after(KeyProtection.with(Arrays.copyOfRange(keys, BYTES, 2 * BYTES)))
        : present;
  }

  /// Locks with a key, or no longer (null); writes only where that is a change. Another key makes
  /// what is on the disk [#outdated].
  synchronized boolean lockWith(@Nullable UnlockKey next) throws IOException {
    if (Objects.equals(next, unlockKey)) {
      return false;
    }
    byte[] after = next == null || outdated() ? keys : renewed();
    save(after, next);
    keys = after;
    unlockKey = next;
    return true;
  }

  private byte[] renewed() {
    byte[] both = Arrays.copyOf(random(), 2 * BYTES);
    System.arraycopy(keys, 0, both, BYTES, BYTES);
    return both;
  }

  /// Whether files may be sealed with the key before: they are to be written again.
  synchronized boolean outdated() {
    return keys.length > BYTES;
  }

  /// All files have been written again: the key before goes.
  synchronized void forgetOutdated() throws IOException {
    byte[] present = Arrays.copyOf(keys, BYTES);
    save(present, unlockKey);
    keys = present;
  }

  private void save(byte[] these, @Nullable UnlockKey sealing) throws IOException {
    byte[] stored = sealing == null ? these : sealing.protection().seal(these);
    Folders.replace(folder.resolve(NAME), withChecksum(stored));
  }
}
