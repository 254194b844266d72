package swarm.node.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A key that the log and its snapshots are sealed with.
///
/// @param id 0 to 255, stored with all that it seals; later keys have higher ones
/// @param key 32 random bytes
/// @param made when, by the clock of the manager that made it; [Instant#EPOCH] where nobody knows
/// @param index the last entry of the log that its maker had applied then
/// @param lock which unlock key the managers were locked with when it was made ([#lockOf]); empty
///   for none, or where nobody knows
public record SealKey(int id, byte[] key, Instant made, long index, String lock) {
  /// Of an AES-256 key.
  static final int BYTES = 32;

  static final int LAST_ID = 255;

  private static final int LOCK_BYTES = 16;

  public SealKey {
    if (id < 0 || id > LAST_ID || key.length != BYTES) {
      throw new IllegalArgumentException(
          "A key has an id of 0 to 255 and 32 bytes, not " + id + " and " + key.length + ".");
    }
  }

  /// Names an unlock key without telling it: the beginning of its SHA-256. It has 256 random bits,
  /// so that nobody finds it by trying.
  ///
  /// @param unlockKey its text; null where managers are not locked
  static String lockOf(@Nullable String unlockKey) {
    if (unlockKey == null) {
      return "";
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(unlockKey.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, LOCK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /// Whether both are the same key, whatever else is known of them.
  boolean same(SealKey other) {
    return id == other.id && MessageDigest.isEqual(key, other.key);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SealKey o
        && same(o)
        && made.equals(o.made)
        && index == o.index
        && lock.equals(o.lock);
  }

  @Override
  public int hashCode() {
    return 31 * id + Arrays.hashCode(key);
  }

  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "SealKey[" + id + "]";
  }
}
