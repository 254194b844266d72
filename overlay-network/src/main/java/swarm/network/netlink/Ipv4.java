package swarm.network.netlink;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;

/// IPv4 addresses as 32 bits, and back.
public final class Ipv4 {
  /// Numeric order, as people count addresses.
  public static final Comparator<Inet4Address> ORDER =
      (a, b) -> Integer.compareUnsigned(toInt(a), toInt(b));

  private Ipv4() {}

  /// The address of these 32 bits, most significant first.
  public static Inet4Address of(int bits) {
    byte[] octets = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    return of(octets);
  }

  /// The address of four octets in network order.
  public static Inet4Address of(byte[] octets) {
    try {
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(octets.length + " octets are no IPv4 address", e);
    }
  }

  /// The address as 32 bits, most significant first.
  public static int toInt(Inet4Address address) {
    byte[] octets = address.getAddress();
    return ((octets[0] & 0xff) << 24)
        | ((octets[1] & 0xff) << 16)
        | ((octets[2] & 0xff) << 8)
        | (octets[3] & 0xff);
  }
}
