package swarm.network.ingress;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.network.Inet4Network;
import swarm.network.TransportProtocol;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.Request;
import swarm.network.netlink.Routes;
import swarm.network.nft.Change;
import swarm.network.nft.Hook;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.AddressIn;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Statement.InterfaceIs;
import swarm.network.nft.Table;

/// What a task's own namespace needs so that its replies return through the host that the request
/// came in at. Pure.
///
/// A frame's sender tells that host: its Ethernet address ends in its ingress address. Those four
/// octets become the connection's mark, the mark sends replies out of the ingress interface, and
/// there they become the receiver's Ethernet address again. So nothing in here depends on which
/// hosts exist, and hosts come and go without a change in any task's namespace.
final class TaskNetwork {
  static final String INTERFACE = "eth1";

  /// Our tables in the task's namespace.
  static final Table TABLE = new Table(Table.Family.IP, "swarm_ingress");

  static final Table EGRESS_TABLE = new Table(Table.Family.NETDEV, "swarm_ingress");

  /// Policy routing of replies: any numbers that containers do not use themselves.
  private static final int ROUTING_TABLE = 4789;

  private static final int RULE_PRIORITY = 1000;

  private static final int LOOPBACK_INDEX = 1;

  /// Addresses of the task within its own namespace only, one for each host that requests come in
  /// at. TCP keeps a closed connection's ports and the caller's clock for a minute, by the pair of
  /// addresses; but callers run a clock for each destination, so what comes in by another host must
  /// not look like the same pair. The range is one that nothing on any network uses (RFC 1112).
  private static final Inet4Network LOCAL = Inet4Network.parse("240.0.0.0/8");

  private TaskNetwork() {}

  /// Addresses and routes.
  ///
  /// @param link index of the ingress interface in the task's namespace
  /// @param gateway this host's ingress address; it is the way out only until the mark overrides it
  static List<Request> requests(
      int link, Inet4Address address, Inet4Network subnet, Inet4Address gateway) {
    return List.of(
        Addresses.add(link, address, subnet.prefixLength()),
        Links.up(link),
        Neighbours.add(link, gateway, MacAddress.derivedFrom(gateway)),
        Routes.addLocal(LOCAL.address(), LOCAL.prefixLength(), LOOPBACK_INDEX),
        Routes.addDefault(gateway, link, ROUTING_TABLE),
        Routes.addRule(RULE_PRIORITY, mark(subnet), mask(subnet), ROUTING_TABLE));
  }

  /// Rules, for a namespace that has none of them.
  ///
  /// @param outbound the task's address on its default route, which an unbound UDP socket answers
  ///   from
  static List<Change> rules(Inet4Network subnet, Optional<Inet4Address> outbound) {
    var in = new InterfaceIs(End.SOURCE, INTERFACE, false);
    var changes =
        new ArrayList<Change>(
            List.of(
                new Change.AddTable(TABLE),
                // one caller's port may be in use through two hosts: these are two connections
                chain("raw_prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.RAW),
                rule("raw_prerouting", in, new Statement.ZoneBySender()),
                chain("mangle_prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.MANGLE),
                rule("mangle_prerouting", in, new Statement.MarkConnectionBySender()),
                chain("nat_prerouting", Hook.Type.NAT, Hook.Point.PREROUTING, Hook.DSTNAT),
                rule(
                    "nat_prerouting",
                    in,
                    new Statement.ProtocolIs(TransportProtocol.TCP),
                    new Statement.TranslateBySender(LOCAL)),
                // no rule is needed: that the chain is there gives a datagram another source port
                // where two hosts' would collide
                chain("nat_input", Hook.Type.NAT, Hook.Point.INPUT, Hook.SRCNAT),
                chain("mangle_output", Hook.Type.ROUTE, Hook.Point.OUTPUT, Hook.MANGLE),
                rule(
                    "mangle_output",
                    new Statement.MarkIs(Statement.Mark.CONNECTION, mask(subnet), mark(subnet)),
                    new Statement.MarkPacketByConnection()),
                new Change.AddTable(EGRESS_TABLE),
                new Change.AddChain(
                    EGRESS_TABLE,
                    "egress",
                    new Hook(
                        Hook.Type.FILTER, Hook.Point.EGRESS, Hook.FILTER, Optional.of(INTERFACE))),
                new Change.AddRule(
                    EGRESS_TABLE,
                    "egress",
                    new Statement.MarkIs(Statement.Mark.PACKET, mask(subnet), mark(subnet)),
                    new Statement.ReceiverByMark())));
    outbound.ifPresent(
        address ->
            // the kernel chooses an unbound UDP socket's source before any mark is there: let the
            // request come to the address that it will choose
            changes.add(
                rule(
                    "nat_prerouting",
                    in,
                    new Statement.ProtocolIs(TransportProtocol.UDP),
                    new AddressIn(End.SOURCE, subnet, true),
                    new Statement.Translate(address))));
    return List.copyOf(changes);
  }

  /// Four octets of an address as they stand in a packet mark: in the machine's order.
  private static int mark(Inet4Network subnet) {
    return inMachineOrder(subnet.address());
  }

  private static int mask(Inet4Network subnet) {
    return inMachineOrder(Ipv4.of(subnet.mask()));
  }

  private static int inMachineOrder(Inet4Address octets) {
    return ByteBuffer.wrap(octets.getAddress()).order(ByteOrder.nativeOrder()).getInt();
  }

  private static Change rule(String chain, Statement... statements) {
    return new Change.AddRule(TABLE, chain, statements);
  }

  private static Change chain(String name, Hook.Type type, Hook.Point point, int priority) {
    return new Change.AddChain(TABLE, name, new Hook(type, point, priority));
  }
}
