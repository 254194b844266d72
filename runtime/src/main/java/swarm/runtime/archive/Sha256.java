package swarm.runtime.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256, which every Java has (FIPS 180-4).
public final class Sha256 {
  private Sha256() {}

  /// A new one.
  public static MessageDigest create() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// The digest of some bytes, in lower-case hexadecimal.
  public static String hex(byte[] content) {
    return HexFormat.of().formatHex(create().digest(content));
  }
}
