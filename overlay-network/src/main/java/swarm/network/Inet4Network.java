package swarm.network;

import java.net.Inet4Address;
import java.util.Comparator;
import swarm.network.netlink.Ipv4;

/// An IPv4 network such as `172.18.0.0/16` (RFC 4632).
///
/// @param address the network's first address: every bit behind the prefix is zero
/// @param prefixLength bits of the prefix, 0 to 32
public record Inet4Network(Inet4Address address, int prefixLength)
    implements Comparable<Inet4Network> {
  /// @throws IllegalArgumentException where the prefix is out of range or host bits are set
  public Inet4Network {
    if (prefixLength < 0 || prefixLength > 32) {
      throw new IllegalArgumentException(
          "prefix length " + prefixLength + " of " + address.getHostAddress() + " is not 0 to 32");
    }
    if ((Ipv4.toInt(address) & ~mask(prefixLength)) != 0) {
      throw new IllegalArgumentException(
          address.getHostAddress()
              + "/"
              + prefixLength
              + " has host bits set; the network is "
              + Ipv4.of(Ipv4.toInt(address) & mask(prefixLength)).getHostAddress()
              + "/"
              + prefixLength);
    }
  }

  /// Reads `a.b.c.d/n`.
  ///
  /// @throws IllegalArgumentException where the text is no network
  public static Inet4Network parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(text + " is no network; write address/prefix length");
    }
    try {
      return new Inet4Network(
          Inet4Address.ofLiteral(text.substring(0, slash)),
          Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + " is no network: its prefix is no number", e);
    }
  }

  /// The network of `prefixLength` bits that holds `address`.
  public static Inet4Network around(Inet4Address address, int prefixLength) {
    return new Inet4Network(Ipv4.of(Ipv4.toInt(address) & mask(prefixLength)), prefixLength);
  }

  /// The netmask as the 32 bits of an address.
  public int mask() {
    return mask(prefixLength);
  }

  /// How many addresses it has, the network's own and the broadcast's included.
  public long size() {
    return 1L << (32 - prefixLength);
  }

  /// The address `offset` after the first.
  ///
  /// @throws IllegalArgumentException where the offset lies outside
  public Inet4Address host(long offset) {
    if (offset < 0 || offset >= size()) {
      throw new IllegalArgumentException("offset " + offset + " lies outside of " + this);
    }
    return Ipv4.of((int) (Ipv4.toInt(address) + offset));
  }

  /// Whether the address lies inside.
  public boolean contains(Inet4Address other) {
    return (Ipv4.toInt(other) & mask()) == Ipv4.toInt(address);
  }

  /// Whether any address lies in both.
  public boolean overlaps(Inet4Network other) {
    return prefixLength <= other.prefixLength ? contains(other.address) : other.contains(address);
  }

  @Override
  public int compareTo(Inet4Network other) {
    return Comparator.comparing(Inet4Network::address, Ipv4.ORDER)
        .thenComparingInt(Inet4Network::prefixLength)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefixLength;
  }

  private static int mask(int prefixLength) {
    return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
  }
}
