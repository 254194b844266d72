package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.network.bridge.Look;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.MacAddress;
import swarm.network.nft.Table;
import swarm.network.reconcile.KernelWatch;
import swarm.network.reconcile.News;

/// Somebody breaks what is ours on a host: it is heard, and mended.
class MendTest {
  private static final String ID = "1".repeat(64);
  private static final String USERS = "a".repeat(64);
  private static final String FRONT = "front";
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Inet4Address PLAIN = address("172.18.0.2");
  private static final Inet4Address TASK = address("10.0.0.7");
  private static final Inet4Address MEMBER = address("10.1.0.3");

  @TempDir Path folder;
  private List<TestHost> lan = List.of();
  private TestHost host;
  private TestHost one;
  private HostNetwork network;
  private KernelWatch watch;

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    lan = TestHost.lan(1);
    host = lan.getFirst();
    one = TestHost.create("c1");
    network = HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns()));
    network.networks().add(users());
    network.applyIngress(ingress());
    network.overlays().apply(overlay());
    plugIn();
    network.publish(
        ID, List.of(new PortBinding(TransportProtocol.TCP, Optional.empty(), 8080, 80)));
    watch = network.watch();
  }

  private void plugIn() throws IOException {
    network.attachBridge(ID, one.netns(), PLAIN);
    network.attachIngress(ID, one.netns(), TASK);
    network.overlays().attach(new OverlayEndpoint(FRONT, ID, one.netns(), MEMBER, 24, "eth2"));
    network
        .networks()
        .attach(
            new NetworkEndpoint(
                users(),
                ID,
                one.netns(),
                address("172.30.0.2"),
                MacAddress.parse("02:42:ac:1e:00:02"),
                "eth3"));
  }

  private static NetworkBridge users() {
    return new NetworkBridge(
        USERS,
        "br-users",
        Inet4Network.parse("172.30.0.0/16"),
        address("172.30.0.1"),
        false,
        true,
        true,
        1500);
  }

  private static IngressState ingress() {
    return new IngressState(
        4096,
        Inet4Network.parse("10.0.0.0/24"),
        address("10.0.0.2"),
        address("10.77.0.1"),
        4789,
        List.of(new IngressState.Peer(address("10.77.0.2"), address("10.0.0.3"))),
        List.of(new IngressState.RemoteEndpoint(address("10.0.0.9"), address("10.77.0.2"))),
        List.of(
            new IngressState.PublishedPort(
                TransportProtocol.TCP, 8090, 80, List.of(TASK), Optional.empty(), false)),
        0);
  }

  private static OverlayState overlay() {
    var where = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    where.put(MEMBER, address("10.77.0.1"));
    where.put(address("10.1.0.4"), address("10.77.0.2"));
    return new OverlayState(FRONT, 4097, address("10.77.0.1"), 4789, 0, where);
  }

  @AfterEach
  void tearDown() {
    if (lan.isEmpty()) {
      return;
    }
    watch.close();
    network.close();
    one.close();
    lan.forEach(TestHost::close);
  }

  /// What of the kernel's state is ours to decide: not a tunnel's own address, nor what is learnt.
  private String seen() {
    String links =
        host.ip("-br", "link")
            .lines()
            .map(line -> line.split("[ @]")[0] + line.contains(",UP"))
            .sorted()
            .toList()
            .toString();
    return Stream.of(
            links,
            host.ip("-br", "-4", "address").replaceAll("@\\S+| (UP|DOWN|UNKNOWN) ", " "),
            host.exec("bridge", "-o", "link").replaceAll("(?m)^\\d+: |@\\S+|<.*>|state \\S+", ""),
            host.exec("nft", "list", "ruleset"),
            host.exec("bridge", "fdb")
                .lines()
                .filter(line -> line.matches(".* (dst|static).*"))
                .collect(Collectors.joining("\n")),
            host.ip("neighbour", "show", "nud", "permanent"))
        .map(text -> String.join("\n", text.lines().map(MendTest::plain).sorted().toList()))
        .reduce("", (all, next) -> all + "\n\n" + next);
  }

  private static String plain(String line) {
    return line.strip().replaceAll(" +", " ");
  }

  /// Until nothing is told any more.
  private void settle() throws IOException {
    while (!watch.await(Duration.ofMillis(100)).isNone()) {
      // one's own
    }
  }

  private List<String> mend(News news, boolean thoroughly) throws IOException {
    var mended = new ArrayList<String>();
    network.mend(news.touched(), thoroughly, each -> mended.add(each.toString()));
    return mended;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nft flush ruleset",
        "nft delete table ip swarm",
        "nft flush table ip swarm",
        "nft flush chain ip swarm nat_prerouting",
        "nft flush map ip swarm published",
        "nft add rule ip swarm forward drop",
        "nft delete table ip swarm_networks",
        "nft delete table ip swarm_ingress",
        "nft flush map ip swarm_ingress ports",
        "nft flush set ip swarm_ingress members",
        "nft delete table ip swarm_overlay",
        "ip link delete swarm0",
        "ip link set swarm0 down",
        "ip address flush dev swarm0",
        "ip link delete br-users",
        "ip address flush dev br-users",
        "ip link delete swingress",
        "ip link set swingress down",
        "ip address flush dev swingress",
        "ip link delete swvxlan",
        "ip link set swvxlan nomaster",
        "ip link set swvxlan down",
        "ip link delete BRIDGE",
        "ip link set BRIDGE down",
        "ip link delete VXLAN",
        "ip link set VXLAN nomaster",
        "ip link set VXLAN down"
      })
  void whateverIsBrokenIsHeardAndMended(String how) throws IOException {
    String before = seen();
    settle();
    host.exec(
        how.replace("BRIDGE", overlayLink("swo")).replace("VXLAN", overlayLink("swx")).split(" "));
    News news = watch.await(SOON);
    assertThat(news.host()).as(news.toString()).isTrue();
    assertThat(mend(news.and(watch.hear()), false)).isNotEmpty();
    plugIn(); // which is not the host's to do
    network.hairpin(network.bridgeCable(ID));
    assertThat(seen()).isEqualTo(before);
    settle();
    assertThat(mend(News.NONE, true)).as("the next look finds nothing").isEmpty();
  }

  private String overlayLink(String prefix) {
    return host.ip("-br", "link")
        .lines()
        .map(line -> line.split("[ @]")[0])
        .filter(name -> name.startsWith(prefix) && name.length() == 15)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aThoroughLookFindsWhatTheKernelDoesNotTellOf() throws IOException {
    String before = seen();
    host.exec("bridge", "fdb", "del", "02:42:0a:00:00:09", "dev", "swvxlan", "dst", "10.77.0.2");
    host.ip("neighbour", "flush", "dev", overlayLink("swx"), "nud", "permanent");
    assertThat(mend(News.NONE, false)).isEmpty();
    assertThat(mend(News.NONE, true)).hasSize(2).allMatch(flaw -> flaw.contains("table entries"));
    assertThat(seen()).isEqualTo(before);
  }

  @Test
  void whatWeChangeOurselvesIsNobodyElses() throws IOException {
    settle();
    network.unpublish(ID);
    network.applyIngress(ingress());
    network.networks().remove(USERS);
    network.overlays().detach(ID, List.of(FRONT));
    network.overlays().remove(FRONT);
    News news = News.NONE;
    for (News next = watch.await(Duration.ofMillis(200));
        !next.isNone();
        next = watch.await(Duration.ofMillis(200))) {
      news = news.and(next);
    }
    assertThat(news.touched()).isEmpty();
    assertThat(mend(news, true)).isEmpty();
  }

  @Test
  void whatAContainerLosesIsHeardToo() throws IOException {
    settle();
    assertThat(HostNetwork.tables(one.netns()))
        .contains(
            new Table(Table.Family.IP, "swarm_ingress"),
            new Table(Table.Family.NETDEV, "swarm_ingress"));
    one.exec("nft", "flush", "ruleset");
    News news = watch.await(SOON);
    assertThat(news.containers()).as(news.toString()).isTrue();
    assertThat(HostNetwork.tables(one.netns())).isEqualTo(Set.of());
    network.attachIngress(ID, one.netns(), TASK);
    assertThat(HostNetwork.tables(one.netns())).hasSize(2);
  }

  @Test
  void aPortThatIsPulledOutIsPluggedInAgainAsItIs() throws IOException {
    Cable cable = network.bridgeCable(ID);
    String inside = one.ip("-o", "link", "show", "eth0");
    host.ip("link", "set", cable.link(), "nomaster");
    assertThat(flaw(cable)).isEqualTo("interface " + cable.link() + " was no port of swarm0");
    network.attachBridge(ID, one.netns(), PLAIN);
    assertThat(flaw(cable)).isEmpty();
    assertThat(one.ip("-o", "link", "show", "eth0")).as("the very same").isEqualTo(inside);
    host.ip("link", "delete", cable.link());
    assertThat(flaw(cable)).endsWith("was gone");
    network.attachBridge(ID, one.netns(), PLAIN);
    assertThat(flaw(cable)).isEmpty();
  }

  private String flaw(Cable cable) throws IOException {
    return network
        .look()
        .flaw(Look.Wanted.port(cable.link(), cable.bridge()))
        .map(Objects::toString)
        .orElse("");
  }
}
