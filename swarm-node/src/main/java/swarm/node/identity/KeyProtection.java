package swarm.node.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Seals the bytes of key files: AES-256-GCM (NIST SP 800-38D) with a random nonce.
///
/// Layout: `SWARMKEY1` (authenticated), nonce (12 bytes), ciphertext, tag (16 bytes). Files without
/// that beginning are those of versions that sealed nothing: they open as they are. Thread-safe.
public final class KeyProtection {
  private static final byte[] MAGIC = "SWARMKEY1".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final @Nullable SecretKeySpec key;
  private final @Nullable KeyProtection before;

  private KeyProtection(@Nullable SecretKeySpec key, @Nullable KeyProtection before) {
    this.key = key;
    this.before = before;
  }

  /// Leaves everything as it is; opens nothing that is sealed.
  public static KeyProtection none() {
    return new KeyProtection(null, null);
  }

  /// @param key 32 bytes; copied
  public static KeyProtection with(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("A key has " + KEY_BYTES + " bytes, not " + key.length);
    }
    return new KeyProtection(new SecretKeySpec(key, "AES"), null);
  }

  /// This one, which also opens what another sealed before.
  public KeyProtection after(KeyProtection earlier) {
    return new KeyProtection(key, earlier);
  }

  /// Whether bytes are sealed, with whatever key.
  public static boolean isSealed(byte[] stored) {
    return stored.length >= MAGIC.length
        && Arrays.equals(stored, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /// What to store.
  public byte[] seal(byte[] plain) {
    SecretKeySpec sealing = key;
    if (sealing == null) {
      return plain.clone();
    }
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, sealing, nonce).doFinal(plain);
      byte[] all = Arrays.copyOf(MAGIC, MAGIC.length + NONCE_BYTES + sealed.length);
      System.arraycopy(nonce, 0, all, MAGIC.length, NONCE_BYTES);
      System.arraycopy(sealed, 0, all, MAGIC.length + NONCE_BYTES, sealed.length);
      return all;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM does not work on this Java runtime", e);
    }
  }

  /// What was stored.
  ///
  /// @throws IOException where it was sealed with another key, or changed since
  public byte[] open(byte[] stored) throws IOException {
    if (!isSealed(stored)) {
      return stored.clone();
    }
    SecretKeySpec opening = key;
    if (opening == null || stored.length < MAGIC.length + NONCE_BYTES) {
      throw new IOException("it is sealed, and there is no key to open it with");
    }
    byte[] nonce = Arrays.copyOfRange(stored, MAGIC.length, MAGIC.length + NONCE_BYTES);
    int start = MAGIC.length + NONCE_BYTES;
    try {
      return cipher(Cipher.DECRYPT_MODE, opening, nonce)
          .doFinal(stored, start, stored.length - start);
    } catch (GeneralSecurityException e) {
      KeyProtection earlier = before;
      if (earlier != null) {
        return earlier.open(stored);
      }
      throw new IOException("it was sealed with another key, or changed since", e);
    }
  }

  private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(MAGIC);
    return cipher;
  }
}
