package swarm.network.firewall;

import java.util.Arrays;

/// The kernel's registers while a rule is looked at: bytes of which some are known. Not
/// thread-safe.
final class Registers {
  /// How well something is known; of two parts the worse counts.
  enum Knowledge {
    KNOWN,
    /// It differs from one packet of the kind to the next.
    VARIES,
    /// It is not read here.
    UNREAD;

    Knowledge and(Knowledge other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /// A value with what is known of each byte of it.
  record Value(byte[] bytes, Knowledge[] each) {
    static Value known(byte... bytes) {
      return alike(bytes, Knowledge.KNOWN);
    }

    static Value varies(int length) {
      return alike(new byte[length], Knowledge.VARIES);
    }

    static Value unread(int length) {
      return alike(new byte[length], Knowledge.UNREAD);
    }

    private static Value alike(byte[] bytes, Knowledge knowledge) {
      var each = new Knowledge[bytes.length];
      Arrays.fill(each, knowledge);
      return new Value(bytes, each);
    }

    /// Of its worst known byte.
    Knowledge knowledge() {
      Knowledge worst = Knowledge.KNOWN;
      for (Knowledge one : each) {
        worst = worst.and(one);
      }
      return worst;
    }

    /// Whether a known byte of it is another than in these, so that the rest does not matter.
    boolean surelyDiffers(byte[] from) {
      for (int at = 0; at < Math.min(bytes.length, from.length); at++) {
        if (each[at] == Knowledge.KNOWN && bytes[at] != from[at]) {
          return true;
        }
      }
      return false;
    }
  }

  /// `NFT_REG_1` to `NFT_REG_4` are 16 bytes each, `NFT_REG32_00` (8) and on are 4 of the same.
  private static final int BYTES = 64;

  private final byte[] bytes = new byte[BYTES];
  private final Knowledge[] known = new Knowledge[BYTES];

  Registers() {
    Arrays.fill(known, Knowledge.KNOWN);
  }

  void set(int register, Value value) {
    int from = place(register);
    for (int at = 0; at < value.bytes().length && from + at < BYTES; at++) {
      bytes[from + at] = value.bytes()[at];
      known[from + at] = value.each()[at];
    }
    // as the kernel does: what fills no 4 bytes is followed by zeros
    for (int at = value.bytes().length; at % 4 != 0 && from + at < BYTES; at++) {
      bytes[from + at] = 0;
      known[from + at] = Knowledge.KNOWN;
    }
  }

  Value get(int register, int length) {
    int from = place(register);
    int to = Math.min(BYTES, from + length);
    return new Value(Arrays.copyOfRange(bytes, from, to), Arrays.copyOfRange(known, from, to));
  }

  private static int place(int register) {
    int place = register >= 8 ? (register - 8) * 4 : (register - 1) * 16;
    return Math.clamp(place, 0, BYTES);
  }
}
