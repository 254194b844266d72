package swarm.network.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import swarm.linux.NetworkNamespaces;
import swarm.network.Inet4Network;
import swarm.network.TestHost;
import swarm.network.TransportProtocol;
import swarm.network.netlink.MacAddress;
import swarm.network.nft.Statement.End;

/// What our encoder makes in one namespace is what `nft -f -` makes of our text in another.
class NftDifferentialTest {
  private static final Table TABLE = new Table(Table.Family.IP, "t");
  private static final Table FRAMES = new Table(Table.Family.NETDEV, "t");
  private static final SetSpec PORTS =
      new SetSpec(
          "ports",
          List.of(SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Verdicts());
  private static final SetSpec PUBLISHED =
      new SetSpec(
          "published",
          List.of(SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));
  private static final SetSpec PUBLISHED_AT =
      new SetSpec(
          "published_at",
          List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.PROTOCOL, SetSpec.Type.SERVICE),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.SERVICE)));
  private static final SetSpec MEMBERS =
      new SetSpec("members", List.of(SetSpec.Type.IPV4_ADDRESS), new SetSpec.Content.Members());

  private static final SetSpec NUMBERED =
      new SetSpec(
          "numbered",
          List.of(SetSpec.Type.IPV4_ADDRESS, SetSpec.Type.MARK),
          new SetSpec.Content.Values(List.of(SetSpec.Type.IPV4_ADDRESS)));

  @BeforeAll
  static void clean() throws Exception {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
  }

  @Test
  void encodesEveryStatementAsNftDoes() throws Exception {
    var changes = new ArrayList<Change>();
    changes.add(new Change.AddTable(TABLE));
    changes.add(new Change.AddSet(TABLE, PORTS));
    changes.add(new Change.AddSet(TABLE, PUBLISHED));
    changes.add(new Change.AddSet(TABLE, PUBLISHED_AT));
    changes.add(new Change.AddSet(TABLE, MEMBERS));
    changes.add(new Change.AddChain(TABLE, "tcp_80"));
    changes.add(new Change.AddElements(TABLE, PORTS, List.of(gotoElement())));
    changes.add(new Change.AddElements(TABLE, PUBLISHED, List.of(published())));
    changes.add(new Change.AddElements(TABLE, PUBLISHED_AT, List.of(publishedAt())));
    changes.add(
        new Change.AddElements(
            TABLE,
            MEMBERS,
            List.of(
                new SetSpec.Element(
                    List.of(new Datum.Address(address("10.0.0.1"))), new SetSpec.Target.None()))));
    chain(changes, "raw", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.RAW);
    rule(
        changes,
        "raw",
        new Statement.InterfaceIs(End.SOURCE, "eth1", false),
        new Statement.ZoneBySender());
    rule(changes, "raw", vxlan(), new Statement.NoTrack());
    rule(
        changes,
        "raw",
        new Statement.ReceiverIs(MacAddress.derivedFrom(address("10.0.0.1")), true),
        new Statement.NoTrack());
    chain(changes, "mangle", Hook.Type.FILTER, Hook.Point.PREROUTING, Hook.MANGLE);
    rule(changes, "mangle", new Statement.MarkConnectionBySender());
    chain(changes, "inward", Hook.Type.FILTER, Hook.Point.INPUT, Hook.FILTER);
    rule(
        changes,
        "inward",
        vxlan(),
        new Statement.AddressInSet(End.SOURCE, "members", true),
        new Statement.Drop());
    rule(
        changes,
        "inward",
        new Statement.AddressInSet(End.DESTINATION, "members", false),
        new Statement.Drop());
    chain(changes, "filter_forward", Hook.Type.FILTER, Hook.Point.FORWARD, Hook.FILTER);
    rule(changes, "filter_forward", new Statement.TcpSyn(), new Statement.ClampSegment(1410));
    chain(changes, "nat_pre", Hook.Type.NAT, Hook.Point.PREROUTING, Hook.DSTNAT);
    rule(changes, "nat_pre", new Statement.LocalDestination(), new Statement.GotoByPort("ports"));
    rule(changes, "nat_pre", new Statement.TranslateByMap("published_at", true));
    rule(changes, "nat_pre", new Statement.TranslateByMap("published", false));
    rule(changes, "nat_pre", new Statement.LocalDestination(), new Statement.Jump("tcp_80"));
    rule(
        changes,
        "nat_pre",
        new Statement.ProtocolIs(TransportProtocol.UDP),
        new Statement.Translate(address("10.0.0.9")));
    rule(
        changes,
        "tcp_80",
        new Statement.ProtocolIs(TransportProtocol.TCP),
        new Statement.TranslateInTurn(
            List.of(
                new Statement.Backend(address("10.0.0.2"), 80),
                new Statement.Backend(address("10.0.0.3"), 80))));
    rule(
        changes,
        "tcp_80",
        new Statement.AddressIn(End.DESTINATION, Inet4Network.parse("10.0.0.0/24"), false),
        new Statement.ProtocolIs(TransportProtocol.UDP),
        new Statement.TranslateByCaller(
            List.of(
                new Statement.Backend(address("10.0.0.2"), 80),
                new Statement.Backend(address("10.0.0.3"), 80))));
    chain(changes, "nat_post", Hook.Type.NAT, Hook.Point.POSTROUTING, Hook.SRCNAT);
    rule(
        changes,
        "nat_post",
        new Statement.AddressIn(End.SOURCE, Inet4Network.parse("172.18.0.0/16"), false),
        new Statement.AddressIn(End.DESTINATION, Inet4Network.parse("10.1.2.128/25"), true),
        new Statement.DestinationTranslated(),
        new Statement.ConnectionKnown(),
        new Statement.InterfaceIs(End.DESTINATION, "swarm0", true),
        new Statement.Masquerade());
    rule(
        changes,
        "inward",
        new Statement.InterfaceIs(End.SOURCE, "swo*", false),
        new Statement.Reject());
    chain(changes, "restore", Hook.Type.ROUTE, Hook.Point.OUTPUT, Hook.MANGLE);
    rule(
        changes,
        "restore",
        new Statement.MarkIs(Statement.Mark.CONNECTION, 0x0000ffff, 0x0000ff0a),
        new Statement.MarkPacketByConnection());
    rule(
        changes,
        "restore",
        new Statement.MarkIs(Statement.Mark.PACKET, 0x0000ffff, 0x0000ff0a),
        new Statement.Drop());
    try (TestHost ours = TestHost.create("ours");
        TestHost theirs = TestHost.create("theirs")) {
      theirs.execWithInput(NftText.render(changes), "nft", "-f", "-");
      apply(ours, changes);
      assertThat(ours.exec("nft", "list", "ruleset"))
          .isEqualTo(theirs.exec("nft", "list", "ruleset"))
          .contains("numgen inc mod 2 map");
    }
  }

  @Test
  void writesTheReceiverFromTheMark() throws Exception {
    try (TestHost ours = TestHost.create("ours")) {
      ours.ip("link", "add", "eth1", "type", "veth", "peer", "name", "p1");
      apply(
          ours,
          List.of(
              new Change.AddTable(FRAMES),
              new Change.AddChain(
                  FRAMES,
                  "egress",
                  new Hook(Hook.Type.FILTER, Hook.Point.EGRESS, Hook.FILTER, Optional.of("eth1"))),
              new Change.AddRule(
                  FRAMES,
                  "egress",
                  new Statement.MarkIs(Statement.Mark.PACKET, 0xffff, 0xff0a),
                  new Statement.ReceiverByMark())));
      assertThat(ours.exec("nft", "list", "ruleset"))
          .contains("type filter hook egress device \"eth1\" priority filter")
          .contains("@ll,16,32 set meta mark");
    }
  }

  @Test
  void choosesByAddressAndNumber() throws Exception {
    try (TestHost ours = TestHost.create("ours")) {
      var one =
          new SetSpec.Element(
              List.of(new Datum.Address(address("10.0.0.9")), new Datum.Int(2)),
              new SetSpec.Target.Values(List.of(new Datum.Address(address("10.0.0.2")))));
      apply(
          ours,
          List.of(
              new Change.AddTable(TABLE),
              new Change.AddSet(TABLE, NUMBERED),
              new Change.AddSet(TABLE, MEMBERS),
              new Change.AddElements(TABLE, NUMBERED, List.of(one)),
              new Change.AddChain(
                  TABLE, "nat_out", new Hook(Hook.Type.NAT, Hook.Point.OUTPUT, Hook.DSTNAT)),
              new Change.AddRule(TABLE, "nat_out", new Statement.TranslateToOneOf("numbered", 3)),
              new Change.DeleteSet(TABLE, MEMBERS)));
      assertThat(ours.exec("nft", "list", "ruleset"))
          .contains("10.0.0.9 . 0x00000002 : 10.0.0.2")
          .contains("dnat to ip daddr . numgen random mod 3 map @numbered")
          .doesNotContain("members");
    }
  }

  @Test
  void aRefusedChangeLeavesNothingBehind() throws Exception {
    try (TestHost ours = TestHost.create("ours")) {
      List<Change> changes =
          List.of(
              new Change.AddTable(TABLE), new Change.AddRule(TABLE, "none", new Statement.Drop()));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> apply(ours, changes))
          .hasMessageContaining("nft add rule ip t none drop")
          .hasMessageContaining("No such file or directory");
      assertThat(ours.exec("nft", "list", "ruleset")).isBlank();
    }
  }

  @Test
  void aRuleIsPutBeforeAnotherAndFoundByItsComment() throws Exception {
    try (TestHost ours = TestHost.create("ours");
        var netns = NetworkNamespaces.open(ours.netns());
        NftClient nft = NftClient.open(netns)) {
      assertThat(nft.exists(TABLE, "c")).isFalse();
      assertThat(nft.rules(TABLE, "c")).isEmpty();
      nft.apply(List.of(new Change.AddTable(TABLE), new Change.AddChain(TABLE, "c")));
      ours.exec("nft", "add", "rule", "ip", "t", "c", "ip", "daddr", "192.0.2.1", "return");
      nft.apply(List.of(accept(OptionalLong.empty(), "eth2")));
      ours.exec("nft", "add", "rule", "ip", "t", "c", "counter", "return");
      var before = nft.rules(TABLE, "c");
      assertThat(before).extracting(NftClient.RawRule::returns).containsExactly(false, false, true);
      nft.apply(List.of(accept(OptionalLong.of(before.getLast().handle()), "eth1")));
      assertThat(nft.exists(TABLE, "c")).isTrue();
      assertThat(ours.exec("nft", "list", "chain", "ip", "t", "c"))
          .containsSubsequence(
              "daddr 192.0.2.1 return",
              "iifname \"eth2\" accept comment \"eth2\"",
              "iifname \"eth1\" accept comment \"eth1\"",
              "counter",
              "return");
      var rules = nft.rules(TABLE, "c");
      assertThat(rules)
          .extracting(NftClient.RawRule::comment)
          .containsExactly("", "eth2", "eth1", "");
      nft.apply(List.of(new Change.DeleteRule(TABLE, "c", rules.get(2).handle())));
      assertThat(nft.rules(TABLE, "c")).isEqualTo(before);
    }
  }

  private static Change accept(OptionalLong before, String link) {
    return new Change.InsertRule(
        TABLE,
        "c",
        before,
        link,
        List.of(new Statement.InterfaceIs(End.SOURCE, link, false), new Statement.Accept()));
  }

  @Test
  void elementsAreReadBackWithTheirComments() throws Exception {
    try (TestHost ours = TestHost.create("ours");
        var netns = NetworkNamespaces.open(ours.netns());
        NftClient nft = NftClient.open(netns)) {
      assertThat(nft.elements(TABLE, "published_at")).isEmpty();
      nft.apply(
          List.of(
              new Change.AddTable(TABLE),
              new Change.AddSet(TABLE, PUBLISHED_AT),
              new Change.AddElements(TABLE, PUBLISHED_AT, List.of(publishedAt()))));
      assertThat(nft.elements(TABLE, "published_at"))
          .singleElement()
          .satisfies(
              element -> {
                assertThat(element.key()).startsWith(10, 0, 0, 7, 17, 0, 0, 0, 0, 53);
                assertThat(element.data()).startsWith(10, 0, 0, 5, 0, 54);
                assertThat(element.comment()).isEqualTo("b");
              });
      nft.apply(List.of(new Change.DeleteElements(TABLE, PUBLISHED_AT, List.of(publishedAt()))));
      assertThat(nft.elements(TABLE, "published_at")).isEmpty();
    }
  }

  private static void apply(TestHost host, List<Change> changes) throws Exception {
    try (var netns = NetworkNamespaces.open(host.netns());
        NftClient nft = NftClient.open(netns)) {
      nft.apply(changes);
    }
  }

  private static SetSpec.Element gotoElement() {
    return new SetSpec.Element(
        List.of(new Datum.Transport(TransportProtocol.TCP), new Datum.Port(80)),
        new SetSpec.Target.Goto("tcp_80"));
  }

  private static SetSpec.Element published() {
    return new SetSpec.Element(
        List.of(new Datum.Transport(TransportProtocol.TCP), new Datum.Port(8080)),
        new SetSpec.Target.Values(
            List.of(new Datum.Address(address("10.0.0.4")), new Datum.Port(80))),
        "a");
  }

  private static SetSpec.Element publishedAt() {
    return new SetSpec.Element(
        List.of(
            new Datum.Address(address("10.0.0.7")),
            new Datum.Transport(TransportProtocol.UDP),
            new Datum.Port(53)),
        new SetSpec.Target.Values(
            List.of(new Datum.Address(address("10.0.0.5")), new Datum.Port(54))),
        "b");
  }

  private static Statement vxlan() {
    return new Statement.PortIs(TransportProtocol.UDP, 4789);
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }

  private static void chain(
      List<Change> changes, String name, Hook.Type type, Hook.Point point, int priority) {
    changes.add(new Change.AddChain(TABLE, name, new Hook(type, point, priority)));
  }

  private static void rule(List<Change> changes, String chain, Statement... statements) {
    changes.add(new Change.AddRule(TABLE, chain, statements));
  }
}
