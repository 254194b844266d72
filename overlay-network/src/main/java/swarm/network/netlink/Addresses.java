package swarm.network.netlink;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Requests about interfaces' IPv4 addresses. Pure.
public final class Addresses {
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int AF_INET = 2;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int HEADER_BYTES = 8;

  private Addresses() {}

  /// An interface's address as the kernel lists it.
  public record AddressInfo(int link, Inet4Address address, int prefixLength) {}

  /// Gives the link an address; nothing to do where it has it.
  public static Request add(int link, Inet4Address address, int prefixLength) {
    return request(
        "add", RTM_NEWADDR, Request.CREATE | Request.REPLACE, link, address, prefixLength);
  }

  /// Takes the address away; nothing to do where it is gone.
  public static Request delete(int link, Inet4Address address, int prefixLength) {
    return request("delete", RTM_DELADDR, 0, link, address, prefixLength)
        .tolerating(Errno.EADDRNOTAVAIL, Errno.ENODEV);
  }

  private static Request request(
      String verb, int type, int flags, int link, Inet4Address address, int prefixLength) {
    String what =
        verb + " address " + address.getHostAddress() + "/" + prefixLength + " of link " + link;
    byte[] body =
        header(prefixLength, link)
            .address(IFA_LOCAL, address)
            .address(IFA_ADDRESS, address)
            .toBytes();
    return new Request(what, type, flags, body);
  }

  /// Asks for every IPv4 address.
  public static Request dump() {
    return new Request("list addresses", RTM_GETADDR, Request.DUMP, header(0, 0).toBytes());
  }

  /// Decodes an `RTM_NEWADDR` message.
  public static Optional<AddressInfo> decode(NetlinkConnection.Message message) {
    ByteBuffer header = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder());
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    return attributes
        .address(IFA_LOCAL)
        .or(() -> attributes.address(IFA_ADDRESS))
        .map(address -> new AddressInfo(header.getInt(4), address, header.get(1) & 0xff));
  }

  /// `struct ifaddrmsg`.
  private static AttributeWriter header(int prefixLength, int link) {
    return new AttributeWriter().u8(AF_INET).u8(prefixLength).u8(0).u8(0).u32(link);
  }
}
