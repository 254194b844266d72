package swarm.network.vxlan;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.Optional;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;

/// A VXLAN interface as the port of a bridge, and what the kernel knows of the addresses behind it.
public final class VxlanLink {
  private VxlanLink() {}

  /// Makes it, anew where it differs in what cannot be changed.
  ///
  /// @param mtu bytes of payload of a frame
  /// @param bridge index
  /// @return its index
  public static int ensure(
      RouteClient routes, String name, NewLink.Kind.Vxlan kind, int mtu, int bridge)
      throws IOException {
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

  /// A link that was made a moment ago.
  public static LinkInfo find(RouteClient routes, String name) throws IOException {
    return routes.link(name).orElseThrow(() -> new IOException("link " + name + " disappeared"));
  }

  /// Where the kernel believes remote addresses to be.
  ///
  /// @param asked index of the link that is asked for neighbours
  /// @param vxlan index
  public static VxlanPlanner.Known read(RouteClient routes, int asked, int vxlan)
      throws IOException {
    var neighbours = new LinkedHashMap<Inet4Address, MacAddress>();
    for (Neighbours.NeighbourInfo neighbour : routes.neighbours()) {
      if (neighbour.link() == asked) {
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
