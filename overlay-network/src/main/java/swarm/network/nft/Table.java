package swarm.network.nft;

import java.util.Arrays;
import java.util.Optional;

/// A table's identity.
///
/// @param family which packets its chains see
/// @param name unique within the family
public record Table(Family family, String name) {
  /// Which packets a table's chains see.
  public enum Family {
    /// IPv4 and IPv6.
    INET(1, "inet"),
    /// IPv4.
    IP(2, "ip"),
    /// Frames of one device.
    NETDEV(5, "netdev");

    private final int number;
    private final String text;

    Family(int number, String text) {
      this.number = number;
      this.text = text;
    }

    /// The kernel's `NFPROTO_` number.
    int number() {
      return number;
    }

    String text() {
      return text;
    }

    /// The family of a kernel's number; empty for those that we have nothing in.
    public static Optional<Family> of(int number) {
      return Arrays.stream(values()).filter(family -> family.number == number).findFirst();
    }
  }

  @Override
  public String toString() {
    return family.text() + " " + name;
  }
}
