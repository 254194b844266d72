package swarm.node.identity;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// What an operator unlocks a manager with after its restart. Text: `SWMKEY-1-` and 32 bytes in
/// base64 without padding, as Docker's. Immutable.
public final class UnlockKey {
  private static final String PREFIX = "SWMKEY-1-";
  private static final int BYTES = 32;

  private final byte[] bytes;

  private UnlockKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A new one.
  public static UnlockKey random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new UnlockKey(bytes);
  }

  /// Reads what [#text] gave; empty where it is of another form.
  public static Optional<UnlockKey> parse(String text) {
    String stripped = text.strip();
    if (!stripped.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(stripped.substring(PREFIX.length()));
      return bytes.length == BYTES ? Optional.of(new UnlockKey(bytes)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// For operators on managers only.
  public String text() {
    return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  /// What it locks and unlocks.
  public KeyProtection protection() {
    return KeyProtection.with(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnlockKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "UnlockKey[]";
  }
}
