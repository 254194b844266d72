package swarm.network.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/// A network interface as the kernel describes it.
///
/// @param index its number in its namespace
/// @param kind such as `bridge` or `veth`, empty for physical ones and the loopback
/// @param master the index of the bridge that it is a port of
/// @param alias free text kept with it, empty where none is set
/// @param vxlan set where it is a VXLAN interface
public record LinkInfo(
    int index,
    String name,
    String kind,
    boolean up,
    int mtu,
    Optional<MacAddress> mac,
    OptionalInt master,
    String alias,
    Optional<NewLink.Kind.Vxlan> vxlan) {
  private static final int HEADER_BYTES = 16;
  private static final int IFF_UP = 1;

  /// Decodes an `RTM_NEWLINK` message.
  public static LinkInfo decode(NetlinkConnection.Message message) {
    ByteBuffer header = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder());
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    Attributes info = attributes.nested(18);
    String kind = info.text(1).orElse("");
    return new LinkInfo(
        header.getInt(4),
        attributes.text(3).orElse(""),
        kind,
        (header.getInt(8) & IFF_UP) != 0,
        attributes.u32(4).orElse(0),
        attributes.mac(1),
        attributes.u32(10),
        attributes.text(20).orElse(""),
        kind.equals("vxlan") ? vxlan(info.nested(2)) : Optional.empty());
  }

  private static Optional<NewLink.Kind.Vxlan> vxlan(Attributes data) {
    return data.address(4)
        .map(
            local ->
                new NewLink.Kind.Vxlan(
                    data.u32(1).orElse(0),
                    local,
                    data.network16(15).orElse(0),
                    data.bytes(11).map(flag -> flag[0] != 0).orElse(false)));
  }
}
