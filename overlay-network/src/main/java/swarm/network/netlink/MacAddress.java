package swarm.network.netlink;

import java.net.Inet4Address;
import java.util.HexFormat;

/// An Ethernet address (48 bits, IEEE 802).
///
/// @param bits the address in the low 48 bits, first octet most significant
public record MacAddress(long bits) {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  /// @throws IllegalArgumentException where more than 48 bits are set
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException(Long.toHexString(bits) + " has more than 48 bits");
    }
  }

  /// The address that every node derives from an endpoint's IPv4 address, so that no table of
  /// Ethernet addresses is ever sent: the locally administered prefix `02:42`, then the four
  /// octets.
  public static MacAddress derivedFrom(Inet4Address address) {
    return new MacAddress((0x0242L << 32) | Integer.toUnsignedLong(Ipv4.toInt(address)));
  }

  /// Reads six octets parted by colons.
  ///
  /// @throws IllegalArgumentException where the text is no Ethernet address
  public static MacAddress parse(String text) {
    return of(COLONS.parseHex(text));
  }

  /// The address of six octets.
  public static MacAddress of(byte[] octets) {
    if (octets.length != 6) {
      throw new IllegalArgumentException(octets.length + " octets are no Ethernet address");
    }
    long bits = 0;
    for (byte octet : octets) {
      bits = (bits << 8) | (octet & 0xff);
    }
    return new MacAddress(bits);
  }

  /// The six octets, first one first.
  public byte[] octets() {
    var octets = new byte[6];
    for (int i = 0; i < 6; i++) {
      octets[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return octets;
  }

  @Override
  public String toString() {
    return COLONS.formatHex(octets());
  }
}
