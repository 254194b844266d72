package swarm.network.dns;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import swarm.network.TransportProtocol;
import swarm.network.nft.Change;
import swarm.network.nft.Datum;
import swarm.network.nft.Hook;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;
import swarm.network.nft.Table;

/// What leads a container's questions to the server's sockets. These have any free port, for a
/// container may be a name server itself and take port 53 of all its addresses. Pure.
final class DnsRules {
  /// In the container's namespace.
  static final Table TABLE = new Table(Table.Family.IP, "swarm_dns");

  static final Inet4Address ADDRESS = Inet4Address.ofLiteral("127.0.0.11");

  private static final int PORT = 53;
  private static final SetSpec SERVERS =
      new SetSpec(
          "servers",
          List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));

  private DnsRules() {}

  /// Replaces what an earlier daemon left.
  static List<Change> replace(int udpPort, int tcpPort) {
    return List.of(
        new Change.AddTable(TABLE),
        new Change.DeleteTable(TABLE),
        new Change.AddTable(TABLE),
        new Change.AddSet(TABLE, SERVERS),
        new Change.AddElements(
            TABLE,
            SERVERS,
            List.of(
                server(TransportProtocol.UDP, udpPort), server(TransportProtocol.TCP, tcpPort))),
        new Change.AddChain(
            TABLE,
            "nat_output",
            Optional.of(new Hook(Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT))),
        new Change.AddRule(
            TABLE, "nat_output", new Statement.TranslateByMap(SERVERS.name(), true)));
  }

  private static SetSpec.Element server(TransportProtocol protocol, int port) {
    return new SetSpec.Element(
        List.of(new Datum.Address(ADDRESS), new Datum.Transport(protocol), new Datum.Port(PORT)),
        new SetSpec.Target.Values(List.of(new Datum.Address(ADDRESS), new Datum.Port(port))));
  }
}
