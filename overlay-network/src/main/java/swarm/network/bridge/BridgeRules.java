package swarm.network.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import swarm.network.Inet4Network;
import swarm.network.nft.Change;
import swarm.network.nft.Hook;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;
import swarm.network.nft.Statement.AddressIn;
import swarm.network.nft.Statement.End;
import swarm.network.nft.Statement.InterfaceIs;
import swarm.network.nft.Table;

/// The nf_tables rules of the containers' bridge. Pure.
public final class BridgeRules {
  /// Our table; nothing of ours is in anyone else's.
  public static final Table TABLE = new Table(Table.Family.IP, "swarm");

  /// Protocol and host port, to container and port: published at every address of the host.
  public static final SetSpec PUBLISHED =
      new SetSpec(
          "published",
          List.of(SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));

  /// The same for one address of the host.
  public static final SetSpec PUBLISHED_AT =
      new SetSpec(
          "published_at",
          List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));

  private static final Inet4Network LOOPBACK = Inet4Network.parse("127.0.0.0/8");

  private BridgeRules() {}

  /// Makes the table anew, replacing what is there in the same transaction.
  ///
  /// @param published what must be there from the first packet on
  public static List<Change> replace(
      String bridge, Inet4Network subnet, List<Publication> published) {
    var fromContainers = new AddressIn(End.SOURCE, subnet, false);
    var changes =
        new ArrayList<Change>(
            List.of(
                new Change.AddTable(TABLE),
                new Change.DeleteTable(TABLE),
                new Change.AddTable(TABLE),
                new Change.AddSet(TABLE, PUBLISHED),
                new Change.AddSet(TABLE, PUBLISHED_AT),
                chain("raw_prerouting", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.RAW),
                // what is at the loopback is for this host alone: route_localnet, which calls to
                // 127.0.0.1 need, would open it to containers, and the translation below to
                // whoever sends to 127.0.0.1 over a cable
                rule(
                    "raw_prerouting",
                    new InterfaceIs(End.SOURCE, "lo", true),
                    destination(LOOPBACK),
                    new Statement.Drop()),
                chain("forward", Hook.Type.FILTER, Hook.Point.FORWARD, Hook.FILTER),
                // who knows a way to the containers' addresses reaches published ports all the same
                rule("forward", new Statement.ConnectionKnown(), new Statement.Accept()),
                rule("forward", new Statement.DestinationTranslated(), new Statement.Accept()),
                rule(
                    "forward",
                    new InterfaceIs(End.SOURCE, bridge, true),
                    new InterfaceIs(End.DESTINATION, bridge, false),
                    new Statement.Drop()),
                new Change.AddChain(TABLE, "publish"),
                rule("publish", new Statement.TranslateByMap(PUBLISHED_AT.name(), true)),
                rule("publish", new Statement.TranslateByMap(PUBLISHED.name(), false)),
                chain("nat_prerouting", Hook.Type.NAT, Hook.Point.PREROUTING, Hook.DSTNAT),
                rule(
                    "nat_prerouting",
                    new Statement.LocalDestination(),
                    new Statement.Jump("publish")),
                chain("nat_output", Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT),
                rule("nat_output", new Statement.LocalDestination(), new Statement.Jump("publish")),
                chain("nat_postrouting", Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.SRCNAT),
                // a call to a published port of 127.0.0.1
                rule(
                    "nat_postrouting",
                    new AddressIn(End.SOURCE, LOOPBACK, false),
                    new InterfaceIs(End.DESTINATION, bridge, false),
                    new Statement.Masquerade()),
                // a container that calls a port published by its neighbour or itself: the answer
                // must
                // come back this way to be translated
                rule(
                    "nat_postrouting",
                    fromContainers,
                    destination(subnet),
                    new Statement.DestinationTranslated(),
                    new Statement.Masquerade()),
                rule(
                    "nat_postrouting",
                    fromContainers,
                    new InterfaceIs(End.DESTINATION, bridge, true),
                    new Statement.Masquerade())));
    changes.addAll(publish(published));
    return List.copyOf(changes);
  }

  /// Adds publications.
  public static List<Change> publish(List<Publication> published) {
    return elements(published, (set, elements) -> new Change.AddElements(TABLE, set, elements));
  }

  /// Removes publications.
  public static List<Change> unpublish(List<Publication> published) {
    return elements(published, (set, elements) -> new Change.DeleteElements(TABLE, set, elements));
  }

  private static List<Change> elements(
      List<Publication> published, BiFunction<SetSpec, List<SetSpec.Element>, Change> change) {
    return Stream.of(PUBLISHED, PUBLISHED_AT)
        .map(
            set ->
                change.apply(
                    set,
                    published.stream()
                        .filter(p -> p.set().equals(set))
                        .map(Publication::element)
                        .toList()))
        .filter(
            c ->
                !(c instanceof Change.AddElements(_, _, var added) && added.isEmpty())
                    && !(c instanceof Change.DeleteElements(_, _, var gone) && gone.isEmpty()))
        .toList();
  }

  private static Statement destination(Inet4Network network) {
    return new AddressIn(End.DESTINATION, network, false);
  }

  private static Change rule(String chain, Statement... statements) {
    return new Change.AddRule(TABLE, chain, statements);
  }

  private static Change chain(String name, Hook.Type type, Hook.Point point, int priority) {
    return new Change.AddChain(TABLE, name, Optional.of(new Hook(type, point, priority)));
  }
}
