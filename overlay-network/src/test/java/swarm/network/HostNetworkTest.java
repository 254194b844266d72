package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bridge of plain containers, on a real host in a namespace of its own.
class HostNetworkTest {
  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final Inet4Address FIRST = Inet4Address.ofLiteral("172.18.0.2");
  private static final Inet4Address SECOND = Inet4Address.ofLiteral("172.18.0.3");

  @TempDir Path folder;
  private List<TestHost> lan = List.of();
  private TestHost host;
  private TestHost outside;
  private TestHost one;
  private TestHost two;
  private HostNetwork network;

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    lan = TestHost.lan(1);
    host = lan.getFirst();
    outside = lan.getLast();
    one = TestHost.create("c1");
    two = TestHost.create("c2");
    network = open();
  }

  @AfterEach
  void tearDown() {
    if (lan.isEmpty()) {
      return;
    }
    network.close();
    one.close();
    two.close();
    lan.forEach(TestHost::close);
  }

  private HostNetwork open() throws IOException {
    return HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns()));
  }

  @Test
  void aContainerReachesTheOutsideWithTheHostsAddress() throws IOException {
    WebServer.start(outside, "out", 80, folder);
    BridgeEndpoint endpoint = network.attachBridge(ONE, one.netns(), FIRST);
    assertThat(endpoint.gateway().getHostAddress()).isEqualTo("172.18.0.1");
    assertThat(endpoint.mac()).hasToString("02:42:ac:12:00:02");
    assertThat(WebServer.ask(one, "10.77.0.254", 80)).isEqualTo("out 10.77.0.1");
    network.detachBridge(ONE);
    assertThat(one.ip("link")).doesNotContain("eth0");
    assertThat(host.ip("link")).doesNotContain(endpoint.hostLink());
  }

  @Test
  void attachingAgainChangesNothingAndALeftoverIsReplaced() throws IOException {
    BridgeEndpoint endpoint = network.attachBridge(ONE, one.netns(), FIRST);
    String before = host.ip("link", "show", endpoint.hostLink());
    network.attachBridge(ONE, one.netns(), FIRST);
    assertThat(host.ip("link", "show", endpoint.hostLink())).isEqualTo(before);
    network.attachBridge(ONE, one.netns(), SECOND);
    assertThat(one.ip("address", "show", "eth0"))
        .contains("172.18.0.3/16")
        .doesNotContain("172.18.0.2/16");
  }

  @Test
  void publishedPortsAnswerFromOutsideFromTheHostAndFromNeighbours() throws IOException {
    WebServer.start(one, "one", 80, folder);
    network.attachBridge(ONE, one.netns(), FIRST);
    network.attachBridge(TWO, two.netns(), SECOND);
    network.publish(ONE, List.of(tcp(Optional.empty(), 8080)));
    assertThat(WebServer.ask(outside, "10.77.0.1", 8080)).isEqualTo("one 10.77.0.254");
    assertThat(WebServer.ask(host, "10.77.0.1", 8080)).isEqualTo("one 10.77.0.1");
    assertThat(WebServer.ask(host, "127.0.0.1", 8080)).isEqualTo("one 172.18.0.1");
    assertThat(WebServer.ask(two, "10.77.0.1", 8080)).isEqualTo("one 172.18.0.1");
    assertThat(WebServer.ask(one, "10.77.0.1", 8080)).isEqualTo("one 172.18.0.1");
    assertThatThrownBy(() -> network.publish(TWO, List.of(tcp(Optional.empty(), 8080))))
        .isInstanceOf(PortConflictException.class)
        .hasMessageContaining("port 8080/tcp is already published by container " + ONE);
    network.unpublish(ONE);
    assertThat(WebServer.answers(outside, "10.77.0.1", 8080)).isFalse();
  }

  @Test
  void aPortPublishedAtTheLoopbackIsForTheHostOnly() throws IOException {
    WebServer.start(one, "one", 80, folder);
    network.attachBridge(ONE, one.netns(), FIRST);
    network.publish(ONE, List.of(tcp(Optional.of(Inet4Address.ofLiteral("127.0.0.1")), 8080)));
    assertThat(WebServer.ask(host, "127.0.0.1", 8080)).isEqualTo("one 172.18.0.1");
    assertThat(WebServer.answers(outside, "10.77.0.1", 8080)).isFalse();

    // a neighbour that sends to 127.0.0.1 over the cable
    outside.ip("route", "del", "local", "127.0.0.0/8", "table", "local");
    outside.ip("route", "del", "local", "127.0.0.1", "table", "local");
    outside.ip("route", "add", "127.0.0.1", "via", "10.77.0.1");
    outside.exec("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
    String seen = "ip saddr 10.77.0.254 ip daddr 127.0.0.1";
    host.execWithInput(
        "add table ip seen\nadd chain ip seen in { type filter hook prerouting priority -310; }\n"
            + ("add rule ip seen in " + seen + " counter\n"),
        "nft",
        "-f",
        "-");
    assertThat(WebServer.answers(outside, "127.0.0.1", 8080)).isFalse();
    assertThat(host.exec("nft", "list", "table", "ip", "seen")).doesNotContain("packets 0 ");
  }

  @Test
  void aHostWithARouteToAContainerReachesNoPortOfIt() throws IOException {
    WebServer.start(one, "one", 80, folder);
    network.attachBridge(ONE, one.netns(), FIRST);
    outside.ip("route", "add", "172.18.0.0/16", "via", "10.77.0.1");
    assertThat(WebServer.ask(host, FIRST.getHostAddress(), 80)).isEqualTo("one 172.18.0.1");
    assertThat(WebServer.answers(outside, FIRST.getHostAddress(), 80)).isFalse();
  }

  @Test
  void theNextDaemonAdoptsLinksAndPorts() throws IOException {
    WebServer.start(one, "one", 80, folder);
    network.attachBridge(ONE, one.netns(), FIRST);
    network.attachBridge(TWO, two.netns(), SECOND);
    network.publish(ONE, List.of(tcp(Optional.empty(), 8080)));
    network.publish(TWO, List.of(tcp(Optional.of(Inet4Address.ofLiteral("10.77.0.1")), 8081)));
    network.close();
    network = open();
    assertThat(network.bridgeAddresses()).containsExactly(FIRST, SECOND);
    assertThat(WebServer.ask(outside, "10.77.0.1", 8080)).isEqualTo("one 10.77.0.254");
    assertThat(host.exec("nft", "list", "map", "ip", "swarm", "published_at")).contains("8081");
    network.reconcile(Set.of(ONE));
    assertThat(host.exec("nft", "list", "map", "ip", "swarm", "published_at"))
        .doesNotContain("8081");
    assertThat(two.ip("link")).doesNotContain("eth0");
    assertThat(WebServer.ask(outside, "10.77.0.1", 8080)).isEqualTo("one 10.77.0.254");
    network.detachBridge(ONE);
    assertThat(host.exec("nft", "list", "map", "ip", "swarm", "published")).doesNotContain("8080");
  }

  @Test
  void removeAllLeavesNothing() throws IOException {
    network.attachBridge(ONE, one.netns(), FIRST);
    network.publish(ONE, List.of(tcp(Optional.empty(), 8080)));
    network.removeAll();
    assertThat(host.ip("-o", "link").lines()).hasSize(2);
    assertThat(host.exec("nft", "list", "ruleset")).isBlank();
    assertThat(host.ip("rule").lines()).hasSize(3);
    assertThat(host.ip("route")).doesNotContain("172.18");
  }

  @Test
  void aSubnetInUseIsAvoided() throws IOException {
    network.removeAll();
    network.close();
    host.ip("route", "add", "172.18.128.0/20", "via", "10.77.0.254");
    network = open();
    assertThat(network.bridgeSubnet()).hasToString("172.19.0.0/16");
  }

  @Test
  void aContainerThatIsGoneIsDetachedWithoutComplaint() throws IOException {
    network.attachBridge(ONE, one.netns(), FIRST);
    one.close();
    network.detachBridge(ONE);
    network.detachBridge(ONE);
    assertThatThrownBy(() -> network.attachBridge(ONE, one.netns(), FIRST))
        .hasMessageContaining("open network namespace")
        .hasMessageContaining("No such file or directory");
    one = TestHost.create("c1");
  }

  private static PortBinding tcp(Optional<Inet4Address> at, int hostPort) {
    return new PortBinding(TransportProtocol.TCP, at, hostPort, 80);
  }
}
