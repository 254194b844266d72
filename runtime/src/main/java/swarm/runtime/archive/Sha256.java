package swarm.runtime.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import swarm.linux.HostSha256;

/// SHA-256, which every Java has (FIPS 180-4).
public final class Sha256 {
  /// Java's takes some 40 ms for so many, without the compiler that knows the processor's own
  /// instructions for it.
  static final long MUCH = 1L << 20;

  private Sha256() {}

  /// The quickest one for so many bytes: for much, the host's own is worth loading.
  ///
  /// @param bytes as far as is known; -1 where nothing is
  public static MessageDigest create(long bytes) {
    return bytes < MUCH ? create() : HostSha256.create().orElseGet(Sha256::create);
  }

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
