package swarm.raft.seal;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce per message.
///
/// Layout: format (1 byte, `0x01`), key id (1 byte), nonce (12 bytes), ciphertext, tag (16 bytes).
/// Format and key id are authenticated. Thread-safe.
///
/// With random nonces one key may seal at most 2^32 messages (SP 800-38D section 8.3): rotate
/// before that; 100 messages a second reach it after 16 months.
public final class AesGcmSeal implements Seal {
  /// Bytes that sealing adds to a message.
  public static final int OVERHEAD = 30;

  private static final byte FORMAT = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int HEADER_BYTES = 2;
  private static final int TAG_BYTES = 16;
  private static final int MAX_IDLE = 4;

  private final Map<Integer, SecretKeySpec> keys;
  private final SecretKeySpec sealing;
  private final int sealingId;
  private final SecureRandom random = new SecureRandom();

  /// Ciphers that nobody uses now: finding one among the providers takes longer than sealing a
  /// small entry with it.
  private final Queue<Cipher> idle = new ArrayBlockingQueue<>(MAX_IDLE);

  private AesGcmSeal(int sealingId, Map<Integer, SecretKeySpec> keys, SecretKeySpec sealing) {
    this.sealingId = sealingId;
    this.keys = keys;
    this.sealing = sealing;
  }

  /// A seal with one key, under key id 0.
  ///
  /// @param key 32 random bytes; copied
  public static AesGcmSeal of(byte[] key) {
    return of(0, Map.of(0, key));
  }

  /// A seal that seals with one key and still opens what older ones sealed.
  ///
  /// @param sealingId the key to seal with, one of `keys`
  /// @param keys 32 random bytes each, by key id (0 to 255); an id is never given to another key
  public static AesGcmSeal of(int sealingId, Map<Integer, byte[]> keys) {
    Map<Integer, SecretKeySpec> specs = new TreeMap<>();
    keys.forEach((id, key) -> specs.put(checkId(id), spec(key)));
    SecretKeySpec sealing = specs.get(sealingId);
    if (sealing == null) {
      throw new IllegalArgumentException(
          "There is no key with id " + sealingId + " to seal with, only " + specs.keySet() + ".");
    }
    return new AesGcmSeal(sealingId, specs, sealing);
  }

  private static int checkId(int id) {
    if (id < 0 || id > 255) {
      throw new IllegalArgumentException("A key id is 0 to 255, not " + id + ".");
    }
    return id;
  }

  private static SecretKeySpec spec(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "An AES-256 key has " + KEY_BYTES + " bytes, not " + key.length + ".");
    }
    return new SecretKeySpec(key, "AES");
  }

  @Override
  public byte[] seal(byte[] plain) {
    byte[] sealed = new byte[HEADER_BYTES + NONCE_BYTES + plain.length + TAG_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    sealed[0] = FORMAT;
    sealed[1] = (byte) sealingId;
    System.arraycopy(nonce, 0, sealed, HEADER_BYTES, NONCE_BYTES);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, sealing, nonce, sealed);
      cipher.doFinal(plain, 0, plain.length, sealed, HEADER_BYTES + NONCE_BYTES);
      idle.offer(cipher);
    } catch (GeneralSecurityException e) {
      // Every Java platform has AES/GCM, and the sizes are ours.
      throw new IllegalStateException("AES-256-GCM does not work on this Java runtime.", e);
    }
    return sealed;
  }

  @Override
  public byte[] open(byte[] sealed) throws GeneralSecurityException {
    if (sealed.length < OVERHEAD) {
      throw new AEADBadTagException(
          "Sealed bytes are at least " + OVERHEAD + " long, these " + sealed.length + ".");
    }
    if (sealed[0] != FORMAT) {
      throw new AEADBadTagException(
          "Sealed with format " + sealed[0] + "; this version knows only " + FORMAT + ".");
    }
    int id = Byte.toUnsignedInt(sealed[1]);
    @Nullable SecretKeySpec key = keys.get(id);
    if (key == null) {
      throw new AEADBadTagException(
          "Sealed with key " + id + ", but only the keys " + keys.keySet() + " are known here.");
    }
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(sealed, HEADER_BYTES, nonce, 0, NONCE_BYTES);
    int start = HEADER_BYTES + NONCE_BYTES;
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, sealed);
    byte[] plain = cipher.doFinal(sealed, start, sealed.length - start);
    idle.offer(cipher);
    return plain;
  }

  /// One that is nobody else's until it is put back.
  private Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] header)
      throws GeneralSecurityException {
    @Nullable Cipher used = idle.poll();
    Cipher cipher = used != null ? used : Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
    cipher.updateAAD(header, 0, HEADER_BYTES);
    return cipher;
  }
}
