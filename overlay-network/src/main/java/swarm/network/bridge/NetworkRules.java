package swarm.network.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import swarm.network.Inet4Network;
import swarm.network.NetworkBridge;
import swarm.network.nft.Change;
import swarm.network.nft.Hook;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.AddressIn;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Statement.InterfaceIs;
import swarm.network.nft.Table;

/// The nf_tables rules of networks that users made: they part them from all else, and lead out of
/// them. Pure. The first bridge has its own ([BridgeRules]).
///
/// The table is replaced whole in one transaction where a network comes or goes: connections that
/// are translated already keep their translation, and no packet meets half of it.
public final class NetworkRules {
  public static final Table TABLE = new Table(Table.Family.IP, "swarm_networks");

  private static final Inet4Network LOOPBACK = Inet4Network.parse("127.0.0.0/8");

  private NetworkRules() {}

  /// @param networks those that users made; the table goes with the last of them
  public static List<Change> replace(Collection<NetworkBridge> networks) {
    var changes = new ArrayList<Change>();
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.DeleteTable(TABLE));
    if (networks.isEmpty()) {
      return List.copyOf(changes);
    }
    changes.add(new Change.AddTable(TABLE));
    changes.add(chain("raw_prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.RAW));
    changes.add(chain("forward", Hook.Type.FILTER, Hook.Point.FORWARD, Hook.FILTER));
    changes.add(chain("nat_postrouting", Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.SRCNAT));
    for (NetworkBridge network : networks) {
      translate(changes, network);
      if (network.internal()) {
        shut(changes, network.name());
      }
    }
    changes.add(rule("forward", new Statement.ConnectionKnown(), new Statement.Accept()));
    // a published port is open to whoever reaches the host, other networks' containers too
    changes.add(rule("forward", new Statement.DestinationTranslated(), new Statement.Accept()));
    networks.forEach(network -> guard(changes, network.name()));
    return List.copyOf(changes);
  }

  private static void translate(List<Change> changes, NetworkBridge network) {
    var from = new AddressIn(End.SOURCE, network.subnet(), false);
    // route_localnet, which calls to 127.0.0.1 need, would open the loopback to containers
    changes.add(
        rule(
            "raw_prerouting",
            new InterfaceIs(End.SOURCE, network.name(), false),
            new AddressIn(End.DESTINATION, LOOPBACK, false),
            new Statement.Drop()));
    // a call to a published port of 127.0.0.1
    changes.add(
        rule(
            "nat_postrouting",
            new AddressIn(End.SOURCE, LOOPBACK, false),
            new InterfaceIs(End.DESTINATION, network.name(), false),
            new Statement.Masquerade()));
    // a port that is published by a neighbour or the caller itself: the answer must come back here
    changes.add(
        rule(
            "nat_postrouting",
            from,
            new AddressIn(End.DESTINATION, network.subnet(), false),
            new Statement.DestinationTranslated(),
            new Statement.Masquerade()));
    if (network.masquerade() && !network.internal()) {
      changes.add(
          rule(
              "nat_postrouting",
              from,
              new InterfaceIs(End.DESTINATION, network.name(), true),
              new Statement.Masquerade()));
    }
  }

  /// Nothing is forwarded between an internal network and anything else.
  private static void shut(List<Change> changes, String bridge) {
    for (End end : End.values()) {
      End other = end == End.SOURCE ? End.DESTINATION : End.SOURCE;
      changes.add(
          rule(
              "forward",
              new InterfaceIs(end, bridge, false),
              new InterfaceIs(other, bridge, true),
              new Statement.Drop()));
    }
  }

  /// Nobody outside begins a connection into the network: neither another network's containers nor
  /// a host that has a route to its addresses.
  private static void guard(List<Change> changes, String bridge) {
    changes.add(
        rule(
            "forward",
            new InterfaceIs(End.SOURCE, bridge, true),
            new InterfaceIs(End.DESTINATION, bridge, false),
            new Statement.Drop()));
  }

  private static Change rule(String chain, Statement... statements) {
    return new Change.AddRule(TABLE, chain, statements);
  }

  private static Change chain(String name, Hook.Type type, Hook.Point point, int priority) {
    return new Change.AddChain(TABLE, name, Optional.of(new Hook(type, point, priority)));
  }
}
