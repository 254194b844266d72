package swarm.network.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.network.TransportProtocol;
import swarm.network.firewall.Expression.Verdict;
import swarm.network.firewall.Packet.Link;
import swarm.network.firewall.Packet.Tracking;
import swarm.network.nft.Hook;
import swarm.network.nft.NftText;
import swarm.network.nft.Table;

class JudgeTest {
  private static final Table TABLE = new Table(Table.Family.INET, "strict");
  private static final Link UPLINK = new Link("eth0", 2);
  private static final Link BRIDGE = new Link("swarm0", 3);
  private static final Ruleset.Id BASE = new Ruleset.Id(TABLE, "base");
  private static final Ruleset.Id OTHER = new Ruleset.Id(TABLE, "other");

  private static final Expression ACCEPT = new Verdict(Verdict.ACCEPT, "");
  private static final Expression DROP = new Verdict(Verdict.DROP, "");
  private static final Expression RETURN = new Verdict(Verdict.RETURN, "");
  private static final Expression JUMP = new Verdict(Verdict.JUMP, "other");
  private static final Expression UNREAD = new Expression.Match("string", 1, new byte[0]);
  private static final Expression SOMETIMES = new Expression.Sometimes();

  private static final Expression.Verdict TO_OTHER = new Verdict(Verdict.GOTO, "other");

  private static Expression[] interfaceIs(int key, String name) {
    byte[] text = java.util.Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), 16);
    return new Expression[] {new Expression.Meta(key, 1), new Expression.Compare(1, 0, text)};
  }

  private static Expression[] port(int port) {
    byte[] bytes = {(byte) (port >>> 8), (byte) port};
    return new Expression[] {
      new Expression.Payload(2, 2, 2, 1), new Expression.Compare(1, 0, bytes)
    };
  }

  /// `ip saddr 192.0.2.1`.
  private static Expression[] source() {
    return new Expression[] {
      new Expression.Payload(1, 12, 4, 1),
      new Expression.Compare(1, 0, new byte[] {(byte) 192, 0, 2, 1})
    };
  }

  private static Expression[] state(int bits) {
    return new Expression[] {
      new Expression.Conntrack(0, 1),
      new Expression.Bitwise(1, 1, machine(bits), new byte[4]),
      new Expression.Compare(1, 1, new byte[4])
    };
  }

  private static byte[] machine(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private static Ruleset.Rule rule(long handle, Object... parts) {
    var all = new java.util.ArrayList<Expression>();
    for (Object part : parts) {
      if (part instanceof Expression[] several) {
        all.addAll(List.of(several));
      } else {
        all.add((Expression) part);
      }
    }
    return new Ruleset.Rule(handle, "", List.copyOf(all));
  }

  private static final List<Ruleset.Element> ELEMENTS =
      List.of(
          element(new byte[] {0x09, 0x00}, false), // 2304 to 2559
          element(new byte[] {0x0a, 0x00}, true));

  private static Ruleset.Element element(byte[] key, boolean end) {
    return new Ruleset.Element(key, end, false, new byte[0], Optional.of(TO_OTHER));
  }

  private static Ruleset ruleset(
      Hook.Point point, boolean policy, List<Ruleset.Rule> rules, Ruleset.Rule... others) {
    Map<Ruleset.Id, Ruleset.Chain> chains = new LinkedHashMap<>();
    chains.put(BASE, new Ruleset.Chain(BASE, Optional.of(new Ruleset.Base(point, policy)), rules));
    chains.put(OTHER, new Ruleset.Chain(OTHER, Optional.empty(), List.of(others)));
    return new Ruleset(chains, (_, set) -> set.equals("ports") ? ELEMENTS : List.of());
  }

  private static final Packet CLUSTER =
      new Packet(
          Hook.Point.INPUT,
          UPLINK,
          Optional.empty(),
          TransportProtocol.TCP,
          OptionalInt.of(2377),
          Optional.of(Inet4Address.ofLiteral("10.77.0.1")),
          Tracking.NEW);

  private static String judged(boolean policy, List<Ruleset.Rule> rules, Ruleset.Rule... others)
      throws IOException {
    Ruleset ruleset = ruleset(Hook.Point.INPUT, policy, rules, others);
    Ruleset.Chain base = Objects.requireNonNull(ruleset.chains().get(BASE));
    return switch (Judge.of(ruleset, base, CLUSTER, _ -> true)) {
      case Judge.Opinion.Passes() -> "passes";
      case Judge.Opinion.Drops(var place) -> "drops " + text(place);
      case Judge.Opinion.Perhaps(var place) -> "perhaps " + text(place);
    };
  }

  private static String text(Judge.Place place) {
    OptionalLong handle = place.handle();
    return place.chain().chain() + " " + (handle.isPresent() ? handle.getAsLong() : place.how());
  }

  private static Expression lookup(boolean verdicts, boolean inverted) {
    return new Expression.Lookup(
        "ports", 1, verdicts ? OptionalInt.of(0) : OptionalInt.empty(), inverted);
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        arguments("drops base policy drop", List.of()),
        arguments("passes", List.of(rule(1, interfaceIs(6, "eth0"), ACCEPT))),
        arguments("drops base policy drop", List.of(rule(1, interfaceIs(6, "eth1"), ACCEPT))),
        arguments("passes", List.of(rule(1, port(2377), ACCEPT))),
        arguments("drops base 1", List.of(rule(1, port(2377), DROP), rule(2, ACCEPT))),
        arguments("drops base 1", List.of(rule(1, new Expression.Reject()))),
        arguments("passes", List.of(rule(1, state(8), ACCEPT))),
        arguments("drops base policy drop", List.of(rule(1, state(6), ACCEPT))),
        // some callers only
        arguments("perhaps base policy drop", List.of(rule(1, source(), ACCEPT))),
        arguments("passes", List.of(rule(1, source(), DROP), rule(2, ACCEPT))),
        arguments("perhaps base policy drop", List.of(rule(1, SOMETIMES, ACCEPT))),
        arguments("passes", List.of(rule(1, SOMETIMES, DROP), rule(2, ACCEPT))),
        // a port that is not the one, beside a source port that is not known
        arguments(
            "drops base policy drop",
            List.of(
                rule(
                    1,
                    new Expression.Payload(2, 0, 4, 1),
                    new Expression.Compare(1, 0, new byte[] {0, 67, 0, 68}),
                    ACCEPT))),
        // what is not read
        arguments("perhaps base 1", List.of(rule(1, UNREAD, DROP), rule(2, ACCEPT))),
        arguments("perhaps base policy drop", List.of(rule(1, UNREAD, ACCEPT))),
        arguments(
            "drops base policy drop", List.of(rule(1, interfaceIs(6, "eth1"), UNREAD, ACCEPT))),
        arguments(
            "perhaps base 1", List.of(rule(1, new Expression.Target("NEWER")), rule(2, ACCEPT))),
        arguments("passes", List.of(rule(1, new Expression.Target("LOG")), rule(2, ACCEPT))),
        // sets and verdict maps
        arguments("passes", List.of(rule(1, port(2377)[0], lookup(false, false), ACCEPT))),
        arguments(
            "drops base policy drop", List.of(rule(1, port(2377)[0], lookup(false, true), ACCEPT))),
        arguments("drops other 9", List.of(rule(1, port(2377)[0], lookup(true, false)))),
        // other chains
        arguments("drops other 9", List.of(rule(1, JUMP))),
        arguments("drops other 9", List.of(rule(1, TO_OTHER))),
        arguments("perhaps other 9", List.of(rule(1, source(), ACCEPT), rule(2, JUMP))),
        arguments("passes", List.of(rule(1, source(), JUMP), rule(2, ACCEPT))));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void whatBecomesOfPackets(String expected, List<Ruleset.Rule> rules) throws IOException {
    assertThat(judged(true, rules, rule(9, DROP))).isEqualTo(expected);
  }

  @Test
  void whoReturnsGoesOnBehindTheJump() throws IOException {
    List<Ruleset.Rule> jump = List.of(rule(1, JUMP), rule(2, ACCEPT));
    assertThat(judged(true, jump, rule(8, RETURN), rule(9, DROP))).isEqualTo("passes");
    assertThat(judged(true, jump, rule(8, source(), RETURN), rule(9, DROP)))
        .isEqualTo("perhaps other 9");
    assertThat(judged(false, List.of(rule(1, JUMP)))).isEqualTo("passes");
  }

  private static byte[] conntrack(int flags, int inverted, int states) {
    ByteBuffer info = ByteBuffer.allocate(160).order(ByteOrder.nativeOrder());
    info.putShort(146, (short) flags).putShort(148, (short) inverted);
    return info.putShort(150, (short) states).array();
  }

  private static byte[] tcp(int from, int to, int inverted) {
    ByteBuffer info = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    info.putShort(2, (short) 0xffff).putShort(4, (short) from).putShort(6, (short) to);
    return info.put(11, (byte) inverted).array();
  }

  private static byte[] multiport(int flags, int... ports) {
    ByteBuffer info = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    info.put(0, (byte) flags).put(1, (byte) ports.length);
    for (int i = 0; i < ports.length; i++) {
      info.putShort(2 + 2 * i, (short) ports[i]);
    }
    return info.array();
  }

  private static byte[] addressType(int destination) {
    ByteBuffer info = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    return info.putShort(2, (short) destination).array();
  }

  static Stream<Arguments> matches() {
    return Stream.of(
        arguments(Facts.Truth.YES, "comment", 0, new byte[256]),
        arguments(Facts.Truth.YES, "conntrack", 3, conntrack(1, 0, 8)),
        arguments(Facts.Truth.NO, "conntrack", 3, conntrack(1, 0, 6)),
        arguments(Facts.Truth.YES, "conntrack", 3, conntrack(1, 1, 6)),
        arguments(Facts.Truth.UNREAD, "conntrack", 3, conntrack(3, 0, 8)),
        arguments(Facts.Truth.UNREAD, "conntrack", 3, new byte[4]),
        arguments(Facts.Truth.YES, "tcp", 0, tcp(2377, 2377, 0)),
        arguments(Facts.Truth.NO, "tcp", 0, tcp(22, 80, 0)),
        arguments(Facts.Truth.YES, "tcp", 0, tcp(22, 80, 2)),
        arguments(Facts.Truth.YES, "multiport", 1, multiport(1, 22, 2377)),
        arguments(Facts.Truth.NO, "multiport", 1, multiport(1, 22, 80)),
        arguments(Facts.Truth.VARIES, "multiport", 1, multiport(0, 22)),
        arguments(Facts.Truth.YES, "addrtype", 1, addressType(1 << 2)),
        arguments(Facts.Truth.NO, "addrtype", 1, addressType(1 << 3)),
        arguments(Facts.Truth.VARIES, "limit", 0, new byte[40]),
        arguments(Facts.Truth.UNREAD, "owner", 1, new byte[40]));
  }

  @ParameterizedTest
  @MethodSource("matches")
  void matchesOfIptables(Facts.Truth expected, String name, int revision, byte[] info) {
    assertThat(new Facts(CLUSTER).match(name, revision, info)).isEqualTo(expected);
  }

  private static final Surroundings HOST =
      new Surroundings(
          List.of(UPLINK),
          List.of(BRIDGE),
          Optional.of(new Link("swingress", 4)),
          List.of(new Link("swo0123456789ab", 5)),
          "swo",
          true,
          List.of(
              new Surroundings.Port(TransportProtocol.TCP, 2377, true),
              new Surroundings.Port(TransportProtocol.UDP, 4789, false)),
          Optional.empty());

  @Test
  void everythingThatIsAcceptedIsLookedAt() {
    assertThat(HOST.ways().stream().map(way -> way.opening().name()).distinct())
        .containsExactly(
            "to swarm0",
            "from swarm0",
            "to swingress",
            "tcp 2377",
            "udp 4789",
            "from swingress",
            "from swo*");
  }

  private static String opened(Hook.Point point, Ruleset.Rule... rules) throws IOException {
    return NftText.render(FirewallRules.open(ruleset(point, true, List.of(rules)), HOST)).strip();
  }

  @Test
  void rulesOfOursStandJustBeforeWhatWouldDrop() throws IOException {
    assertThat(opened(Hook.Point.INPUT, rule(1, source(), DROP)))
        .isEqualTo(
            """
            add rule inet strict base tcp dport 2377 accept comment "swarm firewall: tcp 2377"
            add rule inet strict base udp dport 4789 accept comment "swarm firewall: udp 4789\"""");
    assertThat(opened(Hook.Point.FORWARD, rule(1, interfaceIs(6, "eth0"), DROP), rule(2, ACCEPT)))
        .isEqualTo(
            """
            insert rule inet strict base handle 1 oifname "swarm0" accept comment "swarm firewall: to swarm0"
            insert rule inet strict base handle 1 oifname "swingress" accept comment "swarm firewall: to swingress\"""");
    assertThat(opened(Hook.Point.INPUT, rule(1, ACCEPT))).isEmpty();
  }

  @Test
  void whatNothingNeedsGoesAndTheUsersStays() throws IOException {
    var ours = new Ruleset.Rule(7, "swarm firewall: from br-gone", List.of(ACCEPT));
    var theirs = new Ruleset.Rule(8, "from br-gone", List.of(ACCEPT));
    assertThat(opened(Hook.Point.INPUT, ours, theirs))
        .isEqualTo("delete rule inet strict base handle 7");
    assertThat(
            NftText.render(
                    FirewallRules.close(ruleset(Hook.Point.INPUT, true, List.of(ours, theirs))))
                .strip())
        .isEqualTo("delete rule inet strict base handle 7");
  }
}
