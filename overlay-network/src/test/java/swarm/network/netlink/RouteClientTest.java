package swarm.network.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.linux.NetworkNamespaces;
import swarm.network.TestHost;

/// What we ask of the kernel is what it lists afterwards, to us and to `ip`.
class RouteClientTest {
  private static final Inet4Address LOCAL = Inet4Address.ofLiteral("10.77.0.1");

  private TestHost one;
  private TestHost two;
  private NetworkNamespaces.Handle other;
  private RouteClient routes;

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    one = TestHost.create("one");
    two = TestHost.create("two");
    other = NetworkNamespaces.open(two.netns());
    try (var netns = NetworkNamespaces.open(one.netns())) {
      routes = RouteClient.open(netns);
    }
  }

  @AfterEach
  void tearDown() {
    if (routes != null) {
      routes.close();
      other.close();
      one.close();
      two.close();
    }
  }

  @Test
  void makesBridgesCablesAndTunnels() throws IOException {
    MacAddress mac = MacAddress.derivedFrom(LOCAL);
    routes.execute(
        Links.add(NewLink.of("b0", new NewLink.Kind.Bridge()).withMac(mac).withMtu(1450)));
    LinkInfo bridge = routes.link("b0").orElseThrow();
    assertThat(bridge.kind()).isEqualTo("bridge");
    assertThat(bridge.up()).isTrue();
    assertThat(bridge.mtu()).isEqualTo(1450);
    assertThat(bridge.mac()).contains(mac);
    var vxlan = new NewLink.Kind.Vxlan(4096, LOCAL, 4789);
    var inside =
        new NewLink.Peer(
            "eth7", Optional.of(mac), OptionalInt.of(1400), OptionalInt.of(other.fd()));
    routes.execute(
        Links.add(NewLink.of("v0", vxlan).withMaster(bridge.index())),
        Links.add(NewLink.of("c0", new NewLink.Kind.Veth(inside)).withMaster(bridge.index())),
        Links.setAlias("c0", "some text"));
    assertThat(routes.link("v0").orElseThrow().vxlan()).contains(vxlan);
    assertThat(routes.link("c0").orElseThrow().alias()).isEqualTo("some text");
    assertThat(routes.links())
        .filteredOn(link -> link.master().equals(OptionalInt.of(bridge.index())))
        .extracting(LinkInfo::name)
        .containsExactlyInAnyOrder("v0", "c0");
    assertThat(two.ip("-d", "link", "show", "eth7")).contains(mac.toString()).contains("mtu 1400");
    assertThat(one.ip("-d", "link", "show", "v0")).contains("vxlan id 4096 local 10.77.0.1");
  }

  @Test
  void changesLinks() throws IOException {
    routes.execute(Links.add(NewLink.of("b0", new NewLink.Kind.Bridge())));
    var peer = new NewLink.Peer("c1", Optional.empty(), OptionalInt.empty(), OptionalInt.empty());
    routes.execute(Links.add(NewLink.of("c0", new NewLink.Kind.Veth(peer))));
    int bridge = routes.link("b0").orElseThrow().index();
    int cable = routes.link("c1").orElseThrow().index();
    routes.execute(
        Links.setMtu(cable, 1300),
        Links.setMac(cable, MacAddress.derivedFrom(LOCAL)),
        Links.setMaster(cable, bridge),
        Links.setHairpin("c1", true),
        Links.setBridgePort("c1", new Links.BridgePort(false, true, true)),
        Links.down(cable),
        Links.rename(cable, "c2"));
    assertThat(one.ip("-d", "link", "show", "c2"))
        .contains("mtu 1300")
        .contains("master b0")
        .contains("02:42:0a:4d:00:01")
        .contains("hairpin on")
        .contains("learning off")
        .contains("isolated on");
    routes.execute(Links.setMaster(cable, 0), Links.move(cable, other.fd()));
    assertThat(two.ip("link")).contains("c2");
    routes.execute(Links.delete("c0"), Links.delete("c0"));
    assertThat(routes.link("c0")).isEmpty();
    assertThat(two.ip("link")).doesNotContain("c2");
  }

  @Test
  void removesAGroupOfLinksAtOnce() throws IOException {
    for (String name : List.of("g1", "g2", "g3")) {
      routes.execute(Links.add(NewLink.of(name, new NewLink.Kind.Bridge())));
    }
    routes.execute(
        Links.setGroup("g1", 77),
        Links.setGroup("g3", 77),
        Links.setGroup("none", 77),
        Links.deleteGroup(77),
        Links.deleteGroup(77));
    assertThat(routes.links()).extracting(LinkInfo::name).contains("g2").doesNotContain("g1", "g3");
  }

  @Test
  void routesAddressesRulesAndNeighbours() throws IOException {
    routes.execute(Links.add(NewLink.of("b0", new NewLink.Kind.Bridge())));
    int link = routes.link("b0").orElseThrow().index();
    Inet4Address gateway = Inet4Address.ofLiteral("10.77.0.9");
    Request address = Addresses.add(link, LOCAL, 24);
    routes.execute(
        address,
        address,
        Routes.addDefault(gateway, link),
        Routes.addDefault(gateway, link, 4789),
        Routes.addLocal(Inet4Address.ofLiteral("240.0.0.0"), 8, 1),
        Routes.addRule(1000, 0xff0a, 0xffff, 4789),
        Routes.addRule(1000, 0xff0a, 0xffff, 4789),
        Neighbours.add(link, gateway, MacAddress.derivedFrom(gateway)));
    assertThat(routes.addresses()).contains(new Addresses.AddressInfo(link, LOCAL, 24));
    assertThat(routes.neighbours())
        .containsExactly(
            new Neighbours.NeighbourInfo(link, gateway, MacAddress.derivedFrom(gateway)));
    assertThat(routes.routes())
        .contains(
            new Routes.RouteInfo(Ipv4.of(0), 0, 4789),
            new Routes.RouteInfo(Inet4Address.ofLiteral("10.77.0.0"), 24, 254),
            new Routes.RouteInfo(Inet4Address.ofLiteral("240.0.0.0"), 8, 255));
    assertThat(one.ip("rule")).containsOnlyOnce("fwmark 0xff0a/0xffff lookup 4789");
    assertThat(one.ip("route")).contains("default via 10.77.0.9 dev b0");
    routes.execute(
        Routes.deleteRule(1000, 0xff0a, 0xffff, 4789),
        Routes.deleteRule(1000, 0xff0a, 0xffff, 4789),
        Neighbours.delete(link, gateway),
        Neighbours.delete(link, gateway),
        Addresses.delete(link, LOCAL, 24),
        Addresses.delete(link, LOCAL, 24));
    assertThat(one.ip("rule").lines()).hasSize(3);
    assertThat(routes.neighbours()).isEmpty();
  }

  @Test
  void aThousandForwardingEntriesInOneGo() throws IOException {
    routes.execute(Links.add(NewLink.of("b0", new NewLink.Kind.Bridge())));
    int bridge = routes.link("b0").orElseThrow().index();
    routes.execute(
        Links.add(NewLink.of("v0", new NewLink.Kind.Vxlan(1, LOCAL, 4789)).withMaster(bridge)));
    int vxlan = routes.link("v0").orElseThrow().index();
    List<Inet4Address> tasks =
        IntStream.range(0, 1000).mapToObj(i -> Ipv4.of(0x0aff0100 + i)).toList();
    var requests = new ArrayList<Request>();
    tasks.forEach(
        task -> requests.add(Neighbours.addForwarding(vxlan, MacAddress.derivedFrom(task), LOCAL)));
    routes.execute(requests);
    assertThat(routes.forwarding())
        .extracting(Neighbours.ForwardingInfo::mac)
        .containsExactlyInAnyOrderElementsOf(tasks.stream().map(MacAddress::derivedFrom).toList());
    requests.clear();
    tasks.forEach(
        task -> requests.add(Neighbours.deleteForwarding(vxlan, MacAddress.derivedFrom(task))));
    requests.addAll(List.copyOf(requests));
    routes.execute(requests);
    assertThat(routes.forwarding()).isEmpty();
  }

  @Test
  void errorsNameTheRequestAndWhatTheKernelSays() {
    assertThatThrownBy(() -> routes.execute(Addresses.add(99, LOCAL, 24), Links.setMtu(1, 1400)))
        .isInstanceOf(NetlinkException.class)
        .hasMessageContaining("add address 10.77.0.1/24 of link 99")
        .hasMessageContaining("No such device");
    assertThatThrownBy(
            () ->
                routes.execute(
                    Links.add(NewLink.of("v0", new NewLink.Kind.Vxlan(1 << 25, LOCAL, 4789)))))
        .hasMessageContaining("add link v0 (\"")
        .hasMessageContaining("VXLAN ID");
    // the other requests of the call were carried out
    assertThat(one.ip("link", "show", "lo")).contains("mtu 1400");
  }
}
