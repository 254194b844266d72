package swarm.network.overlay;

import java.io.IOException;
import java.util.List;
import swarm.network.OverlayState;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;
import swarm.network.vxlan.DataPath;
import swarm.network.vxlan.VxlanLink;
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
    int vxlan =
        VxlanLink.ensure(
            routes,
            names.overlayVxlan(wanted.networkId()),
            new NewLink.Kind.Vxlan(wanted.vni(), wanted.selfUnderlay(), wanted.vxlanPort(), true),
            mtu,
            bridge);
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
    LinkInfo link = VxlanLink.find(routes, name);
    routes.execute(Links.up(link.index()));
    return link.index();
  }

  /// Where the kernel believes remote addresses to be.
  VxlanPlanner.Known read(RouteClient routes) throws IOException {
    return VxlanLink.read(routes, vxlan, vxlan);
  }
}
