package swarm.node.identity;

import java.math.BigInteger;
import java.security.SecureRandom;
import swarm.scheduler.plan.Ids;

/// Identifiers and secrets from the operating system's generator. Thread-safe.
public final class RandomIds implements Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// 25 characters of `0-9a-z`: 128 random bits, as Docker's identifiers and token secrets.
  @Override
  public String next() {
    return base36(128, 25);
  }

  /// 64 hexadecimal characters: a container's identifier.
  public static String hex64() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static String base36(int bits, int width) {
    return pad(new BigInteger(bits, RANDOM).toString(36), width);
  }

  static String pad(String digits, int width) {
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }
}
