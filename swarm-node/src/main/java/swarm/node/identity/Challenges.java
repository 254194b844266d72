package swarm.node.identity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Challenges that prove of what is signed with them that it was made just now, for this manager.
/// None is remembered: strangers ask for them. Thread-safe.
public final class Challenges {
  static final Duration FRESH = Duration.ofMinutes(1);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int HEAD = Long.BYTES + 16;
  private static final int LENGTH = HEAD + 32;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;

  public Challenges(Clock clock) {
    this.clock = clock;
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /// A new one.
  public byte[] next() {
    byte[] head = new byte[HEAD];
    random.nextBytes(head);
    ByteBuffer.wrap(head).putLong(clock.millis());
    return ByteBuffer.allocate(LENGTH).put(head).put(mac(head)).array();
  }

  /// Whether it is one of this object's, and not older than a minute.
  public boolean fresh(byte[] challenge) {
    if (challenge.length != LENGTH) {
      return false;
    }
    byte[] head = Arrays.copyOf(challenge, HEAD);
    if (!MessageDigest.isEqual(mac(head), Arrays.copyOfRange(challenge, HEAD, LENGTH))) {
      return false;
    }
    long age = clock.millis() - ByteBuffer.wrap(head).getLong();
    return age >= 0 && age <= FRESH.toMillis();
  }

  private byte[] mac(byte[] head) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(head);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }
}
