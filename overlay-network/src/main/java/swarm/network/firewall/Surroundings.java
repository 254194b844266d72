package swarm.network.firewall;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.network.TransportProtocol;
import swarm.network.firewall.Packet.Link;
import swarm.network.firewall.Packet.Tracking;
import swarm.network.nft.Hook;

/// What this host accepts, from which the kinds of packets follow that no rule may drop. Pure.
///
/// @param uplinks where others are
/// @param containers bridges whose containers have published ports and a way out
/// @param mesh the routing mesh's bridge, where it is
/// @param overlays bridges that only pass frames on
/// @param overlayNames what their names, and no others', begin with
/// @param bridged whether frames that bridges pass on meet the rules, too (`br_netfilter`)
/// @param ports where this host itself is spoken to
/// @param own the host's address there, where it is known
record Surroundings(
    List<Link> uplinks,
    List<Link> containers,
    Optional<Link> mesh,
    List<Link> overlays,
    String overlayNames,
    boolean bridged,
    List<Port> ports,
    Optional<Inet4Address> own) {
  /// @param tracked whether we leave it to connection tracking
  record Port(TransportProtocol protocol, int number, boolean tracked) {}

  /// A kind of packets, and what lets it pass.
  record Way(Opening opening, Packet packet) {}

  List<Way> ways() {
    var ways = new ArrayList<Way>();
    for (Link uplink : uplinks) {
      for (Link bridge : containers) {
        ways.add(new Way(new Opening.To(bridge.name()), published(uplink, bridge)));
        ways.add(new Way(new Opening.From(bridge.name()), forward(bridge, uplink, Tracking.NEW)));
      }
      mesh.ifPresent(
          bridge -> ways.add(new Way(new Opening.To(bridge.name()), published(uplink, bridge))));
      for (Port port : ports) {
        ways.add(new Way(new Opening.Port(port.protocol(), port.number()), input(uplink, port)));
      }
    }
    if (bridged) {
      for (Link bridge : containers) {
        ways.add(new Way(new Opening.From(bridge.name()), forward(bridge, bridge, Tracking.NEW)));
      }
      mesh.ifPresent(
          bridge ->
              ways.add(
                  new Way(
                      new Opening.From(bridge.name()),
                      forward(bridge, bridge, Tracking.UNTRACKED))));
      for (Link bridge : overlays) {
        ways.add(
            new Way(
                new Opening.From(overlayNames + "*"), forward(bridge, bridge, Tracking.UNTRACKED)));
      }
    }
    return List.copyOf(ways);
  }

  private static Packet published(Link uplink, Link bridge) {
    return forward(uplink, bridge, Tracking.TRANSLATED);
  }

  private static Packet forward(Link in, Link out, Tracking tracking) {
    return new Packet(
        Hook.Point.FORWARD,
        in,
        Optional.of(out),
        TransportProtocol.TCP,
        OptionalInt.empty(),
        Optional.empty(),
        tracking);
  }

  private Packet input(Link uplink, Port port) {
    return new Packet(
        Hook.Point.INPUT,
        uplink,
        Optional.empty(),
        port.protocol(),
        OptionalInt.of(port.number()),
        own,
        port.tracked() ? Tracking.NEW : Tracking.UNTRACKED);
  }
}
