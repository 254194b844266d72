package swarm.network.overlay;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import swarm.network.OverlayState;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;
import swarm.network.vxlan.DataPath;
import swarm.network.vxlan.VxlanPlanner;

/// The host's two interfaces of one network: the bridge that containers are plugged into, without
/// an address of the host's, and the VXLAN interface, one of its ports. The latter answers
/// containers that ask for the Ethernet addresses of others elsewhere, so that no question leaves
/// the host.
///
/// @param bridge index
/// @param vxlan index
/// @param mtu bytes of payload of a frame
record OverlayDevices(int bridge, int vxlan, int mtu) {
  /// Begins the alias of a bridge; the network's id follows.
  static final String ALIAS = "swarm-overlay ";

  /// The bridge has no address, but the kernel gives it one of these, of which two must not share a
  /// network with a task: no task's address is derived to this one.
  private static final MacAddress BRIDGE_MAC = MacAddress.parse("02:42:00:00:00:00");

  /// Makes what is missing, and changes what differs.
  static OverlayDevices ensure(RouteClient routes, LinkNames names, OverlayState wanted)
      throws IOException {
    int most = DataPath.mtu(routes, wanted.selfUnderlay());
    int mtu = wanted.mtu() == 0 ? most : Math.min(wanted.mtu(), most);
    int bridge = bridge(routes, names.overlayBridge(wanted.networkId()), wanted, mtu);
    int vxlan = vxlan(routes, names.overlayVxlan(wanted.networkId()), wanted, mtu, bridge);
    return new OverlayDevices(bridge, vxlan, mtu);
  }

  private static int bridge(RouteClient routes, String name, OverlayState wanted, int mtu)
      throws IOException {
    if (routes.link(name).isEmpty()) {
      routes.execute(
          List.of(
              Links.add(
                  NewLink.of(name, new NewLink.Kind.Bridge()).withMac(BRIDGE_MAC).withMtu(mtu)),
              Links.setAlias(name, ALIAS + wanted.networkId())));
    }
    LinkInfo link = find(routes, name);
    routes.execute(Links.up(link.index()));
    return link.index();
  }

  private static int vxlan(
      RouteClient routes, String name, OverlayState wanted, int mtu, int bridge)
      throws IOException {
    var kind =
        new NewLink.Kind.Vxlan(wanted.vni(), wanted.selfUnderlay(), wanted.vxlanPort(), true);
    Optional<LinkInfo> there = routes.link(name);
    boolean fits =
        there.isPresent()
            && there.get().vxlan().equals(Optional.of(kind))
            && there.get().master().orElse(0) == bridge;
    if (!fits) {
      routes.execute(
          Links.delete(name), Links.add(NewLink.of(name, kind).withMtu(mtu).withMaster(bridge)));
    }
    LinkInfo link = find(routes, name);
    routes.execute(
        Links.setMtu(link.index(), mtu),
        Links.up(link.index()),
        // the tables say where everything is: a forged frame must not lead others elsewhere
        Links.setBridgePort(name, new Links.BridgePort(false, true, false)));
    return link.index();
  }

  private static LinkInfo find(RouteClient routes, String name) throws IOException {
    return routes.link(name).orElseThrow(() -> new IOException("link " + name + " disappeared"));
  }

  /// Where the kernel believes remote addresses to be.
  VxlanPlanner.Known read(RouteClient routes) throws IOException {
    var neighbours = new LinkedHashMap<Inet4Address, MacAddress>();
    for (Neighbours.NeighbourInfo neighbour : routes.neighbours()) {
      if (neighbour.link() == vxlan) {
        neighbours.put(neighbour.address(), neighbour.mac());
      }
    }
    var forwarding = new LinkedHashMap<MacAddress, Inet4Address>();
    for (Neighbours.ForwardingInfo entry : routes.forwarding()) {
      if (entry.link() == vxlan) {
        forwarding.put(entry.mac(), entry.remote());
      }
    }
    return new VxlanPlanner.Known(neighbours, forwarding);
  }
}
