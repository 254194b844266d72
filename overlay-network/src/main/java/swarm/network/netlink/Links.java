package swarm.network.netlink;

import java.util.function.Consumer;

/// Requests about network interfaces (rtnetlink(7), `linux/if_link.h`). Pure.
public final class Links {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;
  private static final int IFF_UP = 1;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_GROUP = 27;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_EXT_MASK = 29;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_INFO_SLAVE_KIND = 4;
  private static final int IFLA_INFO_SLAVE_DATA = 5;
  private static final int IFLA_BRPORT_MODE = 4;
  private static final int IFLA_BRPORT_LEARNING = 8;
  private static final int IFLA_BRPORT_UNICAST_FLOOD = 9;
  private static final int IFLA_BRPORT_ISOLATED = 33;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFLA_VXLAN_ID = 1;
  private static final int IFLA_VXLAN_LOCAL = 4;
  private static final int IFLA_VXLAN_LEARNING = 7;
  private static final int IFLA_VXLAN_PROXY = 11;
  private static final int IFLA_VXLAN_PORT = 15;

  /// Leaves the counters out of a dump, most of its size.
  private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

  private Links() {}

  /// Makes the link; EEXIST where the name is taken.
  public static Request add(NewLink link) {
    AttributeWriter out = header(0, link.up() ? IFF_UP : 0, link.up() ? IFF_UP : 0);
    describe(out, link);
    return new Request(
        "add link " + link.name(), RTM_NEWLINK, Request.CREATE | Request.EXCL, out.toBytes());
  }

  private static void describe(AttributeWriter out, NewLink link) {
    out.text(IFLA_IFNAME, link.name());
    link.mac().ifPresent(mac -> out.bytes(IFLA_ADDRESS, mac.octets()));
    link.mtu().ifPresent(mtu -> out.u32(IFLA_MTU, mtu));
    link.master().ifPresent(master -> out.u32(IFLA_MASTER, master));
    out.nested(IFLA_LINKINFO, info -> describe(info, link.kind()));
  }

  private static void describe(AttributeWriter info, NewLink.Kind kind) {
    switch (kind) {
      case NewLink.Kind.Bridge() -> info.text(IFLA_INFO_KIND, "bridge");
      case NewLink.Kind.Veth(NewLink.Peer peer) ->
          info.text(IFLA_INFO_KIND, "veth")
              .nested(
                  IFLA_INFO_DATA, data -> data.nested(VETH_INFO_PEER, inner -> peer(inner, peer)));
      case NewLink.Kind.Vxlan vxlan ->
          info.text(IFLA_INFO_KIND, "vxlan")
              .nested(
                  IFLA_INFO_DATA,
                  data ->
                      data.u32(IFLA_VXLAN_ID, vxlan.id())
                          .address(IFLA_VXLAN_LOCAL, vxlan.local())
                          .u8(IFLA_VXLAN_LEARNING, 0)
                          .u8(IFLA_VXLAN_PROXY, vxlan.answers() ? 1 : 0)
                          .network16(IFLA_VXLAN_PORT, vxlan.port()));
    }
  }

  private static void peer(AttributeWriter out, NewLink.Peer peer) {
    // it cannot be up yet: the kernel opens it before it is connected, and refuses (ENOTCONN)
    header(out, 0, 0, 0);
    out.text(IFLA_IFNAME, peer.name());
    peer.mac().ifPresent(mac -> out.bytes(IFLA_ADDRESS, mac.octets()));
    peer.mtu().ifPresent(mtu -> out.u32(IFLA_MTU, mtu));
    peer.netns().ifPresent(fd -> out.u32(IFLA_NET_NS_FD, fd));
  }

  /// Sets the free text that the kernel keeps with the link.
  public static Request setAlias(String name, String alias) {
    return new Request(
        "set alias of link " + name,
        RTM_SETLINK,
        0,
        header(0, 0, 0).text(IFLA_IFNAME, name).text(IFLA_IFALIAS, alias).toBytes());
  }

  /// Removes the link; nothing to do where it is gone.
  public static Request delete(String name) {
    return new Request(
            "delete link " + name,
            RTM_DELLINK,
            0,
            header(0, 0, 0).text(IFLA_IFNAME, name).toBytes())
        .tolerating(Errno.ENODEV);
  }

  /// Moves the link into a group of links; nothing to do where it is gone.
  public static Request setGroup(String name, int group) {
    return new Request(
            "set group of link " + name,
            RTM_SETLINK,
            0,
            header(0, 0, 0).text(IFLA_IFNAME, name).u32(IFLA_GROUP, group).toBytes())
        .tolerating(Errno.ENODEV);
  }

  /// Removes every link of a group at once; nothing to do where there is none.
  public static Request deleteGroup(int group) {
    return new Request(
            "delete link group " + group,
            RTM_DELLINK,
            0,
            header(0, 0, 0).u32(IFLA_GROUP, group).toBytes())
        .tolerating(Errno.ENODEV);
  }

  /// Sets the link up.
  public static Request up(int index) {
    return new Request(
        "set link " + index + " up", RTM_SETLINK, 0, header(index, IFF_UP, IFF_UP).toBytes());
  }

  /// Sets the link down.
  public static Request down(int index) {
    return new Request(
        "set link " + index + " down", RTM_SETLINK, 0, header(index, 0, IFF_UP).toBytes());
  }

  public static Request setMtu(int index, int bytes) {
    return set(index, "mtu " + bytes, header(index, 0, 0).u32(IFLA_MTU, bytes));
  }

  public static Request setMac(int index, MacAddress mac) {
    return set(index, "address " + mac, header(index, 0, 0).bytes(IFLA_ADDRESS, mac.octets()));
  }

  /// Makes the link a port of the bridge with the index `master`; 0 takes it out.
  public static Request setMaster(int index, int master) {
    return set(index, "master " + master, header(index, 0, 0).u32(IFLA_MASTER, master));
  }

  /// Renames the link, which must be down on kernels before 6.3.
  public static Request rename(int index, String name) {
    return set(index, "name " + name, header(index, 0, 0).text(IFLA_IFNAME, name));
  }

  /// Moves the link into the namespace of an open file descriptor.
  public static Request move(int index, int netnsFd) {
    return set(index, "netns", header(index, 0, 0).u32(IFLA_NET_NS_FD, netnsFd));
  }

  /// Whether the bridge sends frames back out of the port that they came in at.
  public static Request setHairpin(String port, boolean on) {
    return bridgePort(
        "set hairpin of " + port, port, data -> data.u8(IFLA_BRPORT_MODE, on ? 1 : 0));
  }

  /// How a bridge treats one of its ports.
  ///
  /// @param learning whether it notes which addresses send there
  /// @param flood whether frames for unknown addresses go there
  /// @param isolated whether it is parted from other isolated ports
  public record BridgePort(boolean learning, boolean flood, boolean isolated) {}

  /// Sets a bridge's port.
  public static Request setBridgePort(String name, BridgePort port) {
    return bridgePort(
        "set bridge port " + name,
        name,
        data ->
            data.u8(IFLA_BRPORT_LEARNING, port.learning() ? 1 : 0)
                .u8(IFLA_BRPORT_UNICAST_FLOOD, port.flood() ? 1 : 0)
                .u8(IFLA_BRPORT_ISOLATED, port.isolated() ? 1 : 0));
  }

  private static Request bridgePort(String what, String name, Consumer<AttributeWriter> settings) {
    AttributeWriter out =
        header(0, 0, 0)
            .text(IFLA_IFNAME, name)
            .nested(
                IFLA_LINKINFO,
                info ->
                    info.text(IFLA_INFO_SLAVE_KIND, "bridge")
                        .nested(IFLA_INFO_SLAVE_DATA, settings));
    return new Request(what, RTM_NEWLINK, 0, out.toBytes());
  }

  private static Request set(int index, String what, AttributeWriter out) {
    return new Request("set link " + index + " " + what, RTM_SETLINK, 0, out.toBytes());
  }

  /// Asks for every link, without counters.
  public static Request dump() {
    return new Request(
        "list links",
        RTM_GETLINK,
        Request.DUMP,
        header(0, 0, 0).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).toBytes());
  }

  /// Asks for one link; ENODEV where it is not there.
  public static Request get(String name) {
    return new Request(
        "find link " + name,
        RTM_GETLINK,
        0,
        header(0, 0, 0)
            .u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
            .text(IFLA_IFNAME, name)
            .toBytes());
  }

  private static AttributeWriter header(int index, int flags, int change) {
    return header(new AttributeWriter(), index, flags, change);
  }

  /// `struct ifinfomsg`.
  private static AttributeWriter header(AttributeWriter out, int index, int flags, int change) {
    return out.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(change);
  }
}
