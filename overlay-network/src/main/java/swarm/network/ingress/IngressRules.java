package swarm.network.ingress;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.network.Inet4Network;
import swarm.network.IngressState;
import swarm.network.TransportProtocol;
import swarm.network.balance.Shares;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.MacAddress;
import swarm.network.nft.Change;
import swarm.network.nft.Datum;
import swarm.network.nft.Hook;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.AddressIn;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Statement.InterfaceIs;
import swarm.network.nft.Table;

/// The host's nf_tables rules of the routing mesh. Pure.
///
/// A map leads from protocol and port to a chain of one rule, which hands connections to the port's
/// backends in turn: when a backend comes or goes, that one rule is replaced. Connections that
/// exist keep the backend that connection tracking noted for them.
public final class IngressRules {
  /// Our table on the host.
  public static final Table TABLE = new Table(Table.Family.IP, "swarm_ingress");

  private static final SetSpec PORTS =
      new SetSpec(
          "ports",
          List.of(SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Verdicts());
  private static final SetSpec MEMBERS =
      new SetSpec("members", List.of(SetSpec.Type.IPV4_ADDRESS), new SetSpec.Content.Members());
  private static final Inet4Network LOOPBACK = Inet4Network.parse("127.0.0.0/8");

  /// Bytes of the IPv4 and TCP headers within the MTU.
  private static final int TCP_HEADERS = 40;

  private IngressRules() {}

  /// The protocol and number of a published port.
  record Port(TransportProtocol protocol, int number) implements Comparable<Port> {
    @Override
    public int compareTo(Port other) {
      int byProtocol = protocol.compareTo(other.protocol);
      return byProtocol != 0 ? byProtocol : Integer.compare(number, other.number);
    }

    String chain() {
      return protocol.text() + "_" + number;
    }
  }

  /// How a port is answered.
  ///
  /// @param backends who answers; with affinity one for each share of callers
  /// @param at the addresses of the host that count; empty for all
  record Answer(List<Statement.Backend> backends, Optional<Inet4Network> at, boolean affinity) {}

  /// What of the wanted state the rules depend on, in a canonical form.
  ///
  /// @param bridge name of the ingress bridge
  /// @param containers name of the bridge of plain containers
  /// @param mac the ingress bridge's own
  /// @param mtu of the ingress network, bytes
  /// @param members hosts that may send us VXLAN
  /// @param ports how each port is answered; ports without backends are not there
  record Rules(
      String bridge,
      String containers,
      MacAddress mac,
      int vxlanPort,
      int mtu,
      SortedSet<Inet4Address> members,
      SortedMap<Port, Answer> ports) {
    static Rules of(IngressState state, LinkNames names, int mtu) {
      var members = new TreeSet<>(Ipv4.ORDER);
      state.peers().forEach(peer -> members.add(peer.underlay()));
      members.remove(state.selfUnderlay());
      var ports = new TreeMap<Port, Answer>();
      for (IngressState.PublishedPort port : state.ports()) {
        List<Inet4Address> addresses =
            port.backends().stream().sorted(Ipv4.ORDER).distinct().toList();
        List<Statement.Backend> backends =
            (port.affinity() ? Shares.of(addresses) : addresses)
                .stream()
                    .map(address -> new Statement.Backend(address, port.targetPort()))
                    .toList();
        if (!backends.isEmpty()) {
          ports.put(
              new Port(port.protocol(), port.publishedPort()),
              new Answer(backends, port.at(), port.affinity()));
        }
      }
      return new Rules(
          names.ingressBridge(),
          names.bridge(),
          MacAddress.derivedFrom(state.selfIngressAddress()),
          state.vxlanPort(),
          mtu,
          members,
          ports);
    }
  }

  /// Makes the table anew, replacing what is there in the same transaction.
  static List<Change> replace(Rules rules) {
    var in = new InterfaceIs(End.SOURCE, rules.bridge(), false);
    var out = new InterfaceIs(End.DESTINATION, rules.bridge(), false);
    var fromContainers = new InterfaceIs(End.SOURCE, rules.containers(), false);
    var fromOthers = new InterfaceIs(End.SOURCE, "br-*", false);
    var vxlan = new Statement.PortIs(TransportProtocol.UDP, rules.vxlanPort());
    var clamp = new Statement.ClampSegment(rules.mtu() - TCP_HEADERS);
    var changes =
        new ArrayList<Change>(
            List.of(
                new Change.AddTable(TABLE),
                new Change.DeleteTable(TABLE),
                new Change.AddTable(TABLE),
                new Change.AddSet(TABLE, MEMBERS),
                new Change.AddSet(TABLE, PORTS),
                chain("raw_prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.RAW),
                // route_localnet, which calls to 127.0.0.1 need, would open the loopback to tasks
                rule(
                    "raw_prerouting",
                    in,
                    new AddressIn(End.DESTINATION, LOOPBACK, false),
                    new Statement.Drop()),
                // frames between the tunnel and tasks only pass through; where bridges call the
                // IPv4 hooks, connection tracking would mistake one host's connections for
                // another's
                rule(
                    "raw_prerouting",
                    in,
                    new Statement.ReceiverIs(rules.mac(), true),
                    new Statement.NoTrack()),
                // each tunnelled flow has a source port of its own: not worth tracking
                rule("raw_prerouting", vxlan, new Statement.NoTrack()),
                chain("raw_output", Hook.Type.FILTER, Hook.Point.OUTPUT, Hook.RAW),
                rule("raw_output", vxlan, new Statement.NoTrack()),
                chain("filter_input", Hook.Type.FILTER, Hook.Point.INPUT, Hook.FILTER),
                // masquerade would lend a container's packets a member's address
                rule("filter_input", vxlan, in, new Statement.Drop()),
                rule("filter_input", vxlan, fromContainers, new Statement.Drop()),
                rule("filter_input", vxlan, fromOthers, new Statement.Drop()),
                rule(
                    "filter_input",
                    vxlan,
                    new Statement.AddressInSet(End.SOURCE, MEMBERS.name(), true),
                    new Statement.Drop()),
                chain("filter_forward", Hook.Type.FILTER, Hook.Point.FORWARD, Hook.FILTER),
                rule("filter_forward", vxlan, in, new Statement.Drop()),
                rule("filter_forward", vxlan, fromContainers, new Statement.Drop()),
                rule("filter_forward", vxlan, fromOthers, new Statement.Drop()),
                // callers cannot know that the tunnel's frames are smaller
                rule("filter_forward", in, new Statement.TcpSyn(), clamp),
                rule("filter_forward", out, new Statement.TcpSyn(), clamp),
                // who knows a way to the tasks' addresses reaches published ports all the same
                rule("filter_forward", in, out, new Statement.Accept()),
                rule(
                    "filter_forward",
                    new Statement.DestinationTranslated(),
                    new Statement.Accept()),
                rule("filter_forward", out, new Statement.Drop()),
                rule("filter_forward", in, new Statement.Drop()),
                chain("nat_prerouting", Hook.Type.NAT, Hook.Point.PREROUTING, Hook.DSTNAT),
                rule("nat_prerouting", new Statement.LocalDestination(), byPort()),
                chain("nat_output", Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT),
                rule("nat_output", new Statement.LocalDestination(), byPort()),
                chain("nat_postrouting", Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.SRCNAT),
                rule(
                    "nat_postrouting",
                    new AddressIn(End.SOURCE, LOOPBACK, false),
                    out,
                    new Statement.Masquerade())));
    addMembers(changes, List.copyOf(rules.members()));
    rules.ports().forEach((port, answer) -> addPort(changes, port, answer));
    return List.copyOf(changes);
  }

  /// Changes only what differs; nothing where both are equal.
  static List<Change> difference(Rules was, Rules wanted) {
    if (!was.bridge().equals(wanted.bridge())
        || !was.containers().equals(wanted.containers())
        || !was.mac().equals(wanted.mac())
        || was.vxlanPort() != wanted.vxlanPort()
        || was.mtu() != wanted.mtu()) {
      return replace(wanted);
    }
    var changes = new ArrayList<Change>();
    List<Inet4Address> gone = without(was.members(), wanted.members());
    if (!gone.isEmpty()) {
      changes.add(new Change.DeleteElements(TABLE, MEMBERS, members(gone)));
    }
    addMembers(changes, without(wanted.members(), was.members()));
    was.ports()
        .forEach(
            (port, _) -> {
              if (!wanted.ports().containsKey(port)) {
                changes.add(new Change.DeleteElements(TABLE, PORTS, List.of(element(port))));
                changes.add(new Change.FlushChain(TABLE, port.chain()));
                changes.add(new Change.DeleteChain(TABLE, port.chain()));
              }
            });
    wanted
        .ports()
        .forEach(
            (port, answer) -> {
              Answer had = was.ports().get(port);
              if (had == null) {
                addPort(changes, port, answer);
              } else if (!had.equals(answer)) {
                changes.add(new Change.FlushChain(TABLE, port.chain()));
                changes.add(answer(port, answer));
              }
            });
    return List.copyOf(changes);
  }

  private static List<Inet4Address> without(
      SortedSet<Inet4Address> some, Set<Inet4Address> others) {
    return some.stream().filter(address -> !others.contains(address)).toList();
  }

  private static void addMembers(List<Change> changes, List<Inet4Address> added) {
    if (!added.isEmpty()) {
      changes.add(new Change.AddElements(TABLE, MEMBERS, members(added)));
    }
  }

  private static List<SetSpec.Element> members(List<Inet4Address> addresses) {
    return addresses.stream()
        .map(
            address ->
                new SetSpec.Element(List.of(new Datum.Address(address)), new SetSpec.Target.None()))
        .toList();
  }

  private static void addPort(List<Change> changes, Port port, Answer answer) {
    changes.add(new Change.AddChain(TABLE, port.chain()));
    changes.add(answer(port, answer));
    changes.add(new Change.AddElements(TABLE, PORTS, List.of(element(port))));
  }

  private static Change answer(Port port, Answer answer) {
    var statements = new ArrayList<Statement>();
    answer.at().ifPresent(at -> statements.add(new AddressIn(End.DESTINATION, at, false)));
    statements.add(new Statement.ProtocolIs(port.protocol()));
    statements.add(
        answer.affinity()
            ? new Statement.TranslateByCaller(answer.backends())
            : new Statement.TranslateInTurn(answer.backends()));
    return rule(port.chain(), statements.toArray(Statement[]::new));
  }

  private static SetSpec.Element element(Port port) {
    return new SetSpec.Element(
        List.of(new Datum.Transport(port.protocol()), new Datum.Port(port.number())),
        new SetSpec.Target.Goto(port.chain()));
  }

  private static Statement byPort() {
    return new Statement.GotoByPort(PORTS.name());
  }

  private static Change rule(String chain, Statement... statements) {
    return new Change.AddRule(TABLE, chain, statements);
  }

  private static Change chain(String name, Hook.Type type, Hook.Point point, int priority) {
    return new Change.AddChain(TABLE, name, new Hook(type, point, priority));
  }
}
