package swarm.network.gossip;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// Encrypts packets (AES-256-GCM) with keys that the cluster's members share. Each process derives
/// a key of its own from the shared one and a random salt (HKDF, RFC 5869) and counts its nonces,
/// so that none is ever used twice however many members send. Confined to one thread.
///
/// A datagram: key id (4 bytes), salt (16), nonce (8), ciphertext and tag.
public final class PacketSeal {
  /// What a datagram is longer than its packet.
  public static final int OVERHEAD = 4 + 16 + 8 + 16;

  /// The longest datagram.
  public static final int MAX_DATAGRAM = PacketCodec.MAX_BYTES + OVERHEAD;

  private static final int SALT = 16;
  private static final int HEADER = 4 + SALT + 8;
  private static final int KEY_BYTES = 32;
  private static final byte[] INFO =
      "swarm gossip packet".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /// Derived keys that are kept: of genuine senders only.
  private static final int MOST_DERIVED = 4_096;

  /// A key that the cluster shares.
  ///
  /// @param id what packets name it by; rises with each new key
  /// @param bytes 32 random bytes
  /// @param sends whether packets are sealed with it; the others only open what comes
  public record Key(int id, byte[] bytes, boolean sends) {
    public Key {
      if (bytes.length != KEY_BYTES) {
        throw new IllegalArgumentException(
            "a key of " + bytes.length + " bytes; it must have " + KEY_BYTES);
      }
    }

    /// Never the key: this may reach a log.
    @Override
    public String toString() {
      return "Key[" + id + (sends ? ", sends]" : "]");
    }
  }

  private record Derived(int id, long saltHigh, long saltLow) {
    static Derived of(int id, byte[] salt) {
      ByteBuffer bytes = ByteBuffer.wrap(salt);
      return new Derived(id, bytes.getLong(), bytes.getLong());
    }
  }

  private final byte[] salt = new byte[SALT];
  private final Map<Derived, SecretKey> derived =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Derived, SecretKey> eldest) {
          return size() > MOST_DERIVED;
        }
      };
  private final Cipher cipher;
  private final KDF kdf;
  private Map<Integer, Key> keys = Map.of();
  private @Nullable Key own;
  private long nonce;

  public PacketSeal(SecureRandom random) {
    random.nextBytes(salt);
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
      kdf = KDF.getInstance("HKDF-SHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM and HKDF", e);
    }
  }

  /// Takes these keys instead of those before.
  public void use(List<Key> now) {
    var all = new LinkedHashMap<Integer, Key>();
    own = null;
    for (Key key : now) {
      all.put(key.id(), key);
      if (key.sends()) {
        own = key;
      }
    }
    for (Key key : now) {
      Key before = keys.get(key.id());
      if (before != null && !Arrays.equals(before.bytes(), key.bytes())) {
        derived.keySet().removeIf(d -> d.id() == key.id());
      }
    }
    derived.keySet().removeIf(d -> !all.containsKey(d.id()));
    keys = all;
  }

  /// The datagram for a packet; empty while there is no key.
  public Optional<byte[]> seal(byte[] packet) {
    Key key = own;
    if (key == null) {
      return Optional.empty();
    }
    ByteBuffer out = ByteBuffer.allocate(packet.length + OVERHEAD);
    out.putInt(key.id()).put(salt).putLong(nonce++);
    try {
      SecretKey secret = derive(key, salt, true);
      cipher.init(Cipher.ENCRYPT_MODE, secret, parameters(out.array()));
      cipher.updateAAD(out.array(), 0, HEADER);
      cipher.doFinal(packet, 0, packet.length, out.array(), HEADER);
      return Optional.of(out.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing with a good key cannot fail", e);
    }
  }

  /// The packet of a datagram; empty for whatever was not sealed with one of the keys.
  public Optional<byte[]> open(byte[] datagram) {
    if (datagram.length < OVERHEAD || datagram.length > MAX_DATAGRAM) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(datagram);
    Key key = keys.get(in.getInt());
    if (key == null) {
      return Optional.empty();
    }
    byte[] theirs = Arrays.copyOfRange(datagram, 4, 4 + SALT);
    try {
      SecretKey secret = derive(key, theirs, false);
      cipher.init(Cipher.DECRYPT_MODE, secret, parameters(datagram));
      cipher.updateAAD(datagram, 0, HEADER);
      byte[] packet = cipher.doFinal(datagram, HEADER, datagram.length - HEADER);
      derived.put(Derived.of(key.id(), theirs), secret); // only now: strangers fill no memory
      return Optional.of(packet);
    } catch (GeneralSecurityException _) {
      return Optional.empty(); // not genuine
    }
  }

  private static GCMParameterSpec parameters(byte[] datagram) {
    byte[] iv = new byte[12];
    System.arraycopy(datagram, 4 + SALT, iv, 4, 8);
    return new GCMParameterSpec(128, iv);
  }

  private SecretKey derive(Key key, byte[] with, boolean keep)
      throws InvalidAlgorithmParameterException, NoSuchAlgorithmException {
    var name = Derived.of(key.id(), with);
    SecretKey known = derived.get(name);
    if (known != null) {
      return known;
    }
    SecretKey secret =
        kdf.deriveKey(
            "AES",
            HKDFParameterSpec.ofExtract()
                .addIKM(key.bytes())
                .addSalt(with)
                .thenExpand(INFO, KEY_BYTES));
    if (keep) {
      derived.put(name, secret);
    }
    return secret;
  }
}
