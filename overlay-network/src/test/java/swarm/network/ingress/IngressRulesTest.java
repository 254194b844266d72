package swarm.network.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import swarm.network.Golden;
import swarm.network.Inet4Network;
import swarm.network.IngressState;
import swarm.network.TransportProtocol;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.ConnectionTracking.Tracked;
import swarm.network.nft.NftText;

class IngressRulesTest {
  private static final Inet4Network SUBNET = Inet4Network.parse("10.255.0.0/16");
  private static final IngressState STATE =
      state(
          List.of(peer("10.0.0.1", "10.255.0.2"), peer("10.0.0.2", "10.255.0.3")),
          List.of("10.255.0.10", "10.255.0.11"),
          port(TransportProtocol.TCP, 8080, "10.255.0.11", "10.255.0.10"),
          port(TransportProtocol.UDP, 53, "10.255.0.10"),
          port(TransportProtocol.TCP, 9090));

  @Test
  void theHostsTable() {
    Golden.matches("ingress-rules.nft", NftText.render(IngressRules.replace(rules(STATE))));
  }

  @Test
  void theTasksTables() {
    Golden.matches(
        "ingress-task-rules.nft",
        NftText.render(TaskNetwork.rules(SUBNET, Optional.of(address("172.18.0.2")))));
    assertThat(NftText.render(TaskNetwork.rules(SUBNET, Optional.empty()))).doesNotContain("udp");
  }

  @Test
  void theOrderOfListsDoesNotMatter() {
    IngressState other =
        state(
            List.of(peer("10.0.0.2", "10.255.0.3"), peer("10.0.0.1", "10.255.0.2")),
            List.of("10.255.0.11", "10.255.0.10"),
            port(TransportProtocol.UDP, 53, "10.255.0.10", "10.255.0.10"),
            port(TransportProtocol.TCP, 8080, "10.255.0.10", "10.255.0.11"));
    assertThat(IngressRules.difference(rules(STATE), rules(other))).isEmpty();
  }

  @Test
  void oneBackendLessIsOneRule() {
    IngressState less =
        state(
            STATE.peers(),
            List.of("10.255.0.10", "10.255.0.11"),
            port(TransportProtocol.TCP, 8080, "10.255.0.10"),
            port(TransportProtocol.UDP, 53, "10.255.0.10"));
    assertThat(difference(STATE, less))
        .isEqualTo(
            """
            flush chain ip swarm_ingress tcp_8080
            add rule ip swarm_ingress tcp_8080 meta l4proto tcp dnat ip addr . port to \
            numgen inc mod 1 map { 0 : 10.255.0.10 . 80 }
            """);
  }

  @Test
  void aPortComesAndGoesWithItsFirstAndLastBackend() {
    IngressState without =
        state(STATE.peers(), List.of(), port(TransportProtocol.TCP, 8080), STATE.ports().get(1));
    assertThat(difference(STATE, without))
        .isEqualTo(
            """
            delete element ip swarm_ingress ports { tcp . 8080 }
            flush chain ip swarm_ingress tcp_8080
            delete chain ip swarm_ingress tcp_8080
            """);
    assertThat(difference(without, STATE))
        .isEqualTo(
            """
            add chain ip swarm_ingress tcp_8080
            add rule ip swarm_ingress tcp_8080 meta l4proto tcp dnat ip addr . port to \
            numgen inc mod 2 map { 0 : 10.255.0.10 . 80, 1 : 10.255.0.11 . 80 }
            add element ip swarm_ingress ports { tcp . 8080 : goto tcp_8080 }
            """);
  }

  @Test
  void aPortAnswersAtSomeAddressesOnly() {
    IngressState.PublishedPort everywhere = port(TransportProtocol.TCP, 8080, "10.255.0.10");
    var some =
        new IngressState.PublishedPort(
            everywhere.protocol(),
            everywhere.publishedPort(),
            everywhere.targetPort(),
            everywhere.backends(),
            Optional.of(Inet4Network.parse("10.0.0.0/24")),
            false);
    assertThat(
            difference(
                state(STATE.peers(), List.of(), everywhere), state(STATE.peers(), List.of(), some)))
        .isEqualTo(
            """
            flush chain ip swarm_ingress tcp_8080
            add rule ip swarm_ingress tcp_8080 ip daddr 10.0.0.0/24 meta l4proto tcp \
            dnat ip addr . port to numgen inc mod 1 map { 0 : 10.255.0.10 . 80 }
            """);
  }

  @Test
  void callersKeepTheirTaskThroughEveryHost() {
    var kept =
        new IngressState.PublishedPort(
            TransportProtocol.TCP,
            8080,
            80,
            List.of(address("10.255.0.10"), address("10.255.0.11")),
            Optional.empty(),
            true);
    assertThat(difference(state(STATE.peers(), List.of()), state(STATE.peers(), List.of(), kept)))
        .contains("dnat ip addr . port to jhash ip saddr mod 256 seed 0x73776172 map { 0 : ")
        .contains("10.255.0.10 . 80", "10.255.0.11 . 80", ", 255 : ");
  }

  @Test
  void hostsComeAndGo() {
    IngressState other =
        state(
            List.of(peer("10.0.0.1", "10.255.0.2"), peer("10.0.0.3", "10.255.0.4")),
            List.of(),
            STATE.ports().toArray(IngressState.PublishedPort[]::new));
    assertThat(difference(STATE, other))
        .isEqualTo(
            """
            delete element ip swarm_ingress members { 10.0.0.2 }
            add element ip swarm_ingress members { 10.0.0.3 }
            """);
  }

  @Test
  void everyAddressThatIsElsewhereHasItsHost() {
    assertThat(IngressMesh.where(STATE))
        .hasToString("{/10.255.0.3=/10.0.0.2, /10.255.0.10=/10.0.0.2, /10.255.0.11=/10.0.0.2}");
  }

  @Test
  void onlyConnectionsToWhatIsGoneAreStale() {
    Inet4Address host = address("10.0.0.1");
    Inet4Address a = address("10.255.0.10");
    Inet4Address b = address("10.255.0.11");
    assertThat(StaleConnections.between(STATE, STATE).isEmpty()).isTrue();
    IngressState drained =
        state(STATE.peers(), List.of("10.255.0.10", "10.255.0.11"), STATE.ports().get(1));
    assertThat(StaleConnections.between(STATE, drained).isEmpty()).isTrue();
    IngressState gone =
        state(
            STATE.peers(),
            List.of("10.255.0.10"),
            port(TransportProtocol.UDP, 53, "10.255.0.11"),
            port(TransportProtocol.UDP, 54, "10.255.0.11"));
    StaleConnections stale = StaleConnections.between(STATE, gone);
    assertThat(stale.test(new Tracked(6, host, 8080, b))).as("task gone").isTrue();
    assertThat(stale.test(new Tracked(6, host, 8080, a))).as("task there").isFalse();
    assertThat(stale.test(new Tracked(17, host, 53, a))).as("UDP backend out").isTrue();
    assertThat(stale.test(new Tracked(17, host, 54, host))).as("UDP port opened").isTrue();
    assertThat(stale.test(new Tracked(17, host, 53, host))).as("UDP port was open").isFalse();
  }

  private static String difference(IngressState was, IngressState wanted) {
    return NftText.render(IngressRules.difference(rules(was), rules(wanted)));
  }

  private static IngressRules.Rules rules(IngressState state) {
    return IngressRules.Rules.of(state, new LinkNames("sw", "swarm0"), 1450);
  }

  private static IngressState state(
      List<IngressState.Peer> peers, List<String> tasks, IngressState.PublishedPort... ports) {
    return new IngressState(
        4096,
        SUBNET,
        address("10.255.0.2"),
        address("10.0.0.1"),
        4789,
        peers,
        tasks.stream()
            .map(task -> new IngressState.RemoteEndpoint(address(task), address("10.0.0.2")))
            .toList(),
        List.of(ports));
  }

  private static IngressState.Peer peer(String underlay, String ingress) {
    return new IngressState.Peer(address(underlay), address(ingress));
  }

  private static IngressState.PublishedPort port(
      TransportProtocol protocol, int published, String... backends) {
    return new IngressState.PublishedPort(
        protocol, published, 80, Stream.of(backends).map(IngressRulesTest::address).toList());
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }
}
