package swarm.scheduler.model;

import java.util.Optional;

/// An IPv4 subnet.
///
/// @param address its first address, as an int
/// @param prefix length of the prefix, 0 to 32
public record Subnet(int address, int prefix) {
  private static final int BITS = 32;

  /// Bits behind the prefix do not count.
  public Subnet {
    address = prefix == 0 ? 0 : address & -1 << (BITS - prefix);
  }

  /// Reads a subnet such as `10.0.0.0/8`; empty for anything else.
  public static Optional<Subnet> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9]\\d?")) {
      return Optional.empty();
    }
    int prefix = Integer.parseInt(text.substring(slash + 1));
    return prefix > BITS
        ? Optional.empty()
        : address(text.substring(0, slash)).map(address -> new Subnet(address, prefix));
  }

  /// Reads an IPv4 address such as `10.0.0.7`; empty for anything else.
  public static Optional<Integer> address(String text) {
    String[] octets = text.split("\\.", -1);
    int address = 0;
    for (String octet : octets) {
      if (!octet.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(octet) > 255) {
        return Optional.empty();
      }
      address = address << Byte.SIZE | Integer.parseInt(octet);
    }
    return octets.length == 4 ? Optional.of(address) : Optional.empty();
  }

  /// An address as text.
  public static String text(int address) {
    return (address >>> 24)
        + "."
        + ((address >>> 16) & 255)
        + "."
        + ((address >>> 8) & 255)
        + "."
        + (address & 255);
  }

  /// How many addresses it has.
  public long size() {
    return 1L << (BITS - prefix);
  }

  /// Whether the address is in it.
  public boolean contains(int other) {
    return overlaps(new Subnet(other, BITS));
  }

  /// Whether some address is in both.
  public boolean overlaps(Subnet other) {
    int shorter = Math.min(prefix, other.prefix);
    return shorter == 0 || (address ^ other.address) >>> (BITS - shorter) == 0;
  }

  /// As users write it.
  @Override
  public String toString() {
    return text(address) + "/" + prefix;
  }
}
