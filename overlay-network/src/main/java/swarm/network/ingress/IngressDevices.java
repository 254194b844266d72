package swarm.network.ingress;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import swarm.network.IngressState;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;
import swarm.network.vxlan.DataPath;
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
    int mtu = DataPath.mtu(routes, wanted.selfUnderlay());
    int bridge = bridge(routes, names.ingressBridge(), wanted, mtu, addresses);
    int vxlan = vxlan(routes, names.ingressVxlan(), wanted, mtu, bridge);
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
    LinkInfo link = find(routes, name);
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

  private static int vxlan(
      RouteClient routes, String name, IngressState wanted, int mtu, int bridge)
      throws IOException {
    var kind = new NewLink.Kind.Vxlan(wanted.vni(), wanted.selfUnderlay(), wanted.vxlanPort());
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
        // a task's forged frame must not lead another's elsewhere
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
      if (neighbour.link() == bridge) {
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
