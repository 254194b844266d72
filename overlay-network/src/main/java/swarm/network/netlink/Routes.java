package swarm.network.netlink;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/// Requests about IPv4 routes and policy rules (ip-rule(8)). Pure.
public final class Routes {
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_GETROUTE = 26;
  private static final int RTM_NEWRULE = 32;
  private static final int RTM_DELRULE = 33;
  private static final int AF_INET = 2;
  private static final int RT_TABLE_MAIN = 254;
  private static final int RT_TABLE_LOCAL = 255;
  private static final int RT_SCOPE_UNIVERSE = 0;
  private static final int RT_SCOPE_HOST = 254;
  private static final int RTN_LOCAL = 2;
  private static final int RTPROT_STATIC = 4;
  private static final int RTN_UNICAST = 1;
  private static final int RTNH_F_ONLINK = 4;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_TABLE = 15;
  private static final int HEADER_BYTES = 12;
  private static final int FR_ACT_TO_TBL = 1;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_TABLE = 15;
  private static final int FRA_FWMASK = 16;

  private Routes() {}

  /// The default route of the main table; a default route that is there is replaced.
  public static Request addDefault(Inet4Address via, int link) {
    return addDefault(via, link, RT_TABLE_MAIN);
  }

  /// The default route of a table. The gateway counts as reachable on the link whatever addresses
  /// the link has.
  public static Request addDefault(Inet4Address via, int link, int table) {
    AttributeWriter out =
        header(0, table, RT_SCOPE_UNIVERSE, RTN_UNICAST, RTNH_F_ONLINK)
            .u32(RTA_TABLE, table)
            .u32(RTA_OIF, link)
            .address(RTA_GATEWAY, via);
    return new Request(
        "add default route via " + via.getHostAddress() + " of table " + table,
        RTM_NEWROUTE,
        Request.CREATE | Request.REPLACE,
        out.toBytes());
  }

  /// Makes every address of the network one of the host's own, without giving it to a link.
  ///
  /// @param loopback index of the loopback interface
  public static Request addLocal(Inet4Address network, int prefixLength, int loopback) {
    AttributeWriter out =
        header(prefixLength, RT_TABLE_LOCAL, RT_SCOPE_HOST, RTN_LOCAL, 0)
            .address(RTA_DST, network)
            .u32(RTA_OIF, loopback);
    return new Request(
        "add local route " + network.getHostAddress() + "/" + prefixLength,
        RTM_NEWROUTE,
        Request.CREATE | Request.REPLACE,
        out.toBytes());
  }

  /// Packets with these bits in their mark look their way up in `table`.
  ///
  /// @param mask which bits of the mark count
  public static Request addRule(int priority, int mark, int mask, int table) {
    return rule("add", RTM_NEWRULE, Request.CREATE | Request.EXCL, priority, mark, mask, table)
        .tolerating(Errno.EEXIST);
  }

  /// Removes the rule; nothing to do where it is gone.
  public static Request deleteRule(int priority, int mark, int mask, int table) {
    return rule("delete", RTM_DELRULE, 0, priority, mark, mask, table).tolerating(Errno.ENOENT);
  }

  private static Request rule(
      String verb, int type, int flags, int priority, int mark, int mask, int table) {
    // struct fib_rule_hdr; tables above 255 only fit the attribute
    AttributeWriter out =
        new AttributeWriter()
            .u8(AF_INET)
            .u8(0)
            .u8(0)
            .u8(0)
            .u8(table < 256 ? table : 0)
            .u8(0)
            .u8(0)
            .u8(FR_ACT_TO_TBL)
            .u32(0)
            .u32(FRA_PRIORITY, priority)
            .u32(FRA_FWMARK, mark)
            .u32(FRA_FWMASK, mask)
            .u32(FRA_TABLE, table);
    return new Request(
        String.format("%s rule fwmark 0x%x/0x%x to table %d", verb, mark, mask, table),
        type,
        flags,
        out.toBytes());
  }

  /// A destination that the kernel has a route for.
  ///
  /// @param prefixLength 0 for a default route
  public record RouteInfo(Inet4Address destination, int prefixLength, int table) {
    /// Whether it is the main table's default route.
    public boolean isDefault() {
      return prefixLength == 0 && table == RT_TABLE_MAIN;
    }
  }

  /// Asks for every IPv4 route.
  public static Request dump() {
    // strict checking wants a header without hints
    return new Request(
        "list routes",
        RTM_GETROUTE,
        Request.DUMP,
        new AttributeWriter().u8(AF_INET).u8(0).u16(0).u32(0).u32(0).toBytes());
  }

  /// Decodes an `RTM_NEWROUTE` message.
  public static RouteInfo decode(NetlinkConnection.Message message) {
    ByteBuffer header = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder());
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    Optional<Inet4Address> destination = attributes.address(RTA_DST);
    return new RouteInfo(
        destination.orElseGet(() -> Ipv4.of(0)),
        header.get(1) & 0xff,
        attributes.u32(RTA_TABLE).orElse(header.get(4) & 0xff));
  }

  /// The index of the link that an entry of [#dump] leads to.
  static OptionalInt link(NetlinkConnection.Message message) {
    return Attributes.parse(message.body(), HEADER_BYTES).u32(RTA_OIF);
  }

  /// `struct rtmsg`.
  private static AttributeWriter header(
      int prefixLength, int table, int scope, int type, int flags) {
    return new AttributeWriter()
        .u8(AF_INET)
        .u8(prefixLength)
        .u8(0)
        .u8(0)
        .u8(table < 256 ? table : 0)
        .u8(RTPROT_STATIC)
        .u8(scope)
        .u8(type)
        .u32(flags);
  }
}
