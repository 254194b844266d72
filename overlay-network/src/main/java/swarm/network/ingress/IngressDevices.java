package swarm.network.ingress;

import java.io.IOException;
import java.util.List;
import swarm.network.IngressState;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;
import swarm.network.vxlan.DataPath;
import swarm.network.vxlan.VxlanLink;
import swarm.network.vxlan.VxlanPlanner;

/// The host's two interfaces of the ingress network: the bridge that tasks are plugged into and
/// that has the host's ingress address, and the VXLAN interface, one of its ports.
///
/// @param bridge index
/// @param vxlan index
/// @param mtu bytes of payload of a frame: what the data path leaves
record IngressDevices(int bridge, int vxlan, int mtu) {
  /// Makes what is missing, and changes what differs.
  ///
  /// @throws IOException where the data-path address is not one of the host's
  static IngressDevices ensure(RouteClient routes, LinkNames names, IngressState wanted)
      throws IOException {
    List<Addresses.AddressInfo> addresses = routes.addresses();
    int most = DataPath.mtu(routes, wanted.selfUnderlay());
    int mtu = wanted.mtu() == 0 ? most : Math.min(wanted.mtu(), most);
    int bridge = bridge(routes, names.ingressBridge(), wanted, mtu, addresses);
    int vxlan =
        VxlanLink.ensure(
            routes,
            names.ingressVxlan(),
            new NewLink.Kind.Vxlan(wanted.vni(), wanted.selfUnderlay(), wanted.vxlanPort()),
            mtu,
            bridge);
    return new IngressDevices(bridge, vxlan, mtu);
  }

  private static int bridge(
      RouteClient routes,
      String name,
      IngressState wanted,
      int mtu,
      List<Addresses.AddressInfo> addresses)
      throws IOException {
    MacAddress mac = MacAddress.derivedFrom(wanted.selfIngressAddress());
    if (routes.link(name).isEmpty()) {
      routes.execute(
          Links.add(NewLink.of(name, new NewLink.Kind.Bridge()).withMac(mac).withMtu(mtu)));
    }
    LinkInfo link = VxlanLink.find(routes, name);
    for (Addresses.AddressInfo address : addresses) {
      if (address.link() == link.index()
          && !address.address().equals(wanted.selfIngressAddress())) {
        routes.execute(Addresses.delete(link.index(), address.address(), address.prefixLength()));
      }
    }
    routes.execute(
        Links.setMac(link.index(), mac),
        Addresses.add(link.index(), wanted.selfIngressAddress(), wanted.subnet().prefixLength()),
        Links.up(link.index()));
    return link.index();
  }

  /// Where the kernel believes remote addresses to be.
  VxlanPlanner.Known read(RouteClient routes) throws IOException {
    return VxlanLink.read(routes, bridge, vxlan);
  }
}
