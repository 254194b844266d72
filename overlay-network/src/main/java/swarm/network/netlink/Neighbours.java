package swarm.network.netlink;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Requests about neighbours (which Ethernet address an IPv4 address has) and about the forwarding
/// database of VXLAN interfaces and bridges (where an Ethernet address is). Pure.
public final class Neighbours {
  private static final int RTM_NEWNEIGH = 28;
  private static final int RTM_DELNEIGH = 29;
  private static final int RTM_GETNEIGH = 30;
  private static final int AF_INET = 2;
  private static final int AF_BRIDGE = 7;
  private static final int NUD_PERMANENT = 0x80;

  /// "static": never ages; `NUD_PERMANENT` would tell a bridge that the address is the host's own.
  private static final int NUD_STATIC = 0x42;

  private static final int NTF_SELF = 0x02;
  private static final int NTF_MASTER = 0x04;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int HEADER_BYTES = 12;

  private Neighbours() {}

  /// Notes for good which Ethernet address an IPv4 address has behind the link.
  public static Request add(int link, Inet4Address address, MacAddress mac) {
    return new Request(
        "add neighbour " + address.getHostAddress() + " " + mac,
        RTM_NEWNEIGH,
        Request.CREATE | Request.REPLACE,
        header(AF_INET, link, NUD_PERMANENT, 0)
            .address(NDA_DST, address)
            .bytes(NDA_LLADDR, mac.octets())
            .toBytes());
  }

  /// Forgets the neighbour; nothing to do where it is unknown.
  public static Request delete(int link, Inet4Address address) {
    return new Request(
            "delete neighbour " + address.getHostAddress(),
            RTM_DELNEIGH,
            0,
            header(AF_INET, link, 0, 0).address(NDA_DST, address).toBytes())
        .tolerating(Errno.ENOENT);
  }

  /// Frames for `mac` leave the VXLAN interface towards the host `remote`, and the bridge that the
  /// interface is a port of sends them there without flooding.
  public static Request addForwarding(int vxlan, MacAddress mac, Inet4Address remote) {
    return new Request(
        "add forwarding of " + mac + " to " + remote.getHostAddress(),
        RTM_NEWNEIGH,
        Request.CREATE | Request.REPLACE,
        header(AF_BRIDGE, vxlan, NUD_STATIC, NTF_SELF | NTF_MASTER)
            .bytes(NDA_LLADDR, mac.octets())
            .address(NDA_DST, remote)
            .toBytes());
  }

  /// Forgets where `mac` is; nothing to do where it is unknown.
  public static Request deleteForwarding(int vxlan, MacAddress mac) {
    return new Request(
            "delete forwarding of " + mac,
            RTM_DELNEIGH,
            0,
            header(AF_BRIDGE, vxlan, 0, NTF_SELF | NTF_MASTER)
                .bytes(NDA_LLADDR, mac.octets())
                .toBytes())
        .tolerating(Errno.ENOENT);
  }

  /// Tells the bridge of the port that `mac` is there.
  public static Request addBridgeForwarding(int port, MacAddress mac) {
    return new Request(
        "add forwarding of " + mac + " to port " + port,
        RTM_NEWNEIGH,
        Request.CREATE | Request.REPLACE,
        header(AF_BRIDGE, port, NUD_STATIC, NTF_MASTER).bytes(NDA_LLADDR, mac.octets()).toBytes());
  }

  /// A permanent neighbour.
  public record NeighbourInfo(int link, Inet4Address address, MacAddress mac) {}

  /// An entry of a VXLAN interface's forwarding database.
  public record ForwardingInfo(int link, MacAddress mac, Inet4Address remote) {}

  /// Asks for every IPv4 neighbour.
  public static Request dump() {
    return new Request(
        "list neighbours", RTM_GETNEIGH, Request.DUMP, header(AF_INET, 0, 0, 0).toBytes());
  }

  /// Asks for every forwarding entry.
  public static Request dumpForwarding() {
    return new Request(
        "list forwarding", RTM_GETNEIGH, Request.DUMP, header(AF_BRIDGE, 0, 0, 0).toBytes());
  }

  /// Decodes an entry of [#dump]; empty where it is not permanent.
  public static Optional<NeighbourInfo> decode(NetlinkConnection.Message message) {
    ByteBuffer header = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder());
    if ((header.getShort(8) & NUD_PERMANENT) == 0) {
      return Optional.empty();
    }
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    return attributes
        .address(NDA_DST)
        .flatMap(
            address ->
                attributes
                    .mac(NDA_LLADDR)
                    .map(mac -> new NeighbourInfo(header.getInt(4), address, mac)));
  }

  /// Decodes an entry of [#dumpForwarding]; empty where it does not lead to another host.
  public static Optional<ForwardingInfo> decodeForwarding(NetlinkConnection.Message message) {
    ByteBuffer header = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder());
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    return attributes
        .address(NDA_DST)
        .flatMap(
            remote ->
                attributes
                    .mac(NDA_LLADDR)
                    .map(mac -> new ForwardingInfo(header.getInt(4), mac, remote)));
  }

  /// `struct ndmsg`.
  private static AttributeWriter header(int family, int link, int state, int flags) {
    return new AttributeWriter().u8(family).u8(0).u16(0).u32(link).u16(state).u8(flags).u8(0);
  }
}
