package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.NetworkNamespaces;
import swarm.network.HostNetwork;
import swarm.network.HostNetworkOptions;
import swarm.network.Inet4Network;
import swarm.network.PortBinding;
import swarm.node.networks.Joined;
import swarm.node.networks.LocalNetworks;
import swarm.node.networks.NetworkStore;
import swarm.node.overlay.ClusterNetworks;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.NetworkAttachment;

/// On the real kernel, in a network namespace that stands for the host.
class NodeNetworkTest {
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String PREFIX = "swnode";
  private static final Inet4Network SUBNET = Inet4Network.parse("172.30.0.0/29");

  private final Path folder;
  private HostNetwork host;
  private NodeNetwork network;

  NodeNetworkTest(@TempDir Path temp) throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root to make namespaces");
    folder = temp.resolve("endpoints");
    removeNamespaces();
    ip("-n", addNamespace("host").getFileName().toString(), "link", "set", "lo", "up");
    host = openHost();
    network = daemon(host, folder);
  }

  private static NodeNetwork daemon(HostNetwork host, Path folder) throws IOException {
    var store = new NetworkStore(folder.resolveSibling("networks"));
    var networks = new LocalNetworks(host, store, "swarm0", Clock.systemUTC());
    return new NodeNetwork(
        host,
        networks,
        new ClusterNetworks(host, folder.resolveSibling("overlays")),
        folder,
        NodeNetworkTest::hostPort);
  }

  @BeforeEach
  void anEmptyHost() {
    assertThat(folder).isEmptyDirectory();
  }

  @AfterEach
  void end() throws IOException {
    network.close();
    host.close();
    removeNamespaces();
  }

  private static void removeNamespaces() throws IOException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    try (var files = Files.list(NAMESPACES)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(PREFIX)) {
          ip("netns", "delete", file.getFileName().toString());
        }
      }
    }
  }

  private static Path addNamespace(String name) throws IOException {
    ip("netns", "add", PREFIX + name);
    return NAMESPACES.resolve(PREFIX + name);
  }

  private static void ip(String... arguments) throws IOException {
    var command = new java.util.ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// Whether the host has a port: the ports of the machine that runs this test are its own matter.
  private static Optional<String> hostPort(PortBinding port) throws IOException {
    return onHost(() -> HostPorts.bound(port));
  }

  private static <T> T onHost(NetworkNamespaces.Task<T> task) throws IOException {
    return NetworkNamespaces.call(NAMESPACES.resolve(PREFIX + "host"), task);
  }

  private static HostNetwork openHost() throws IOException {
    return HostNetwork.open(
        HostNetworkOptions.defaults()
            .withNetns(NAMESPACES.resolve(PREFIX + "host"))
            .withBridgeSubnet(SUBNET));
  }

  /// As a daemon that starts again.
  private void again() throws IOException {
    network.close();
    host.close();
    host = openHost();
    network = daemon(host, folder);
  }

  private static String id(String digit) {
    return digit.repeat(64);
  }

  private ContainerEndpoint attach(String digit, String ports) throws IOException {
    Path netns = NAMESPACES.resolve(PREFIX + digit);
    if (!Files.exists(netns)) {
      addNamespace(digit);
    }
    var config =
        ContainerConfig.builder("sha256:1", List.of("x"))
            .attributes(Map.of(Attributes.PORTS, ports))
            .build();
    NetworkAttachment attachment = network.attach(id(digit), netns, "host" + digit, config);
    ContainerEndpoint endpoint = network.endpoint(id(digit)).orElseThrow();
    assertThat(attachment.hosts()).containsExactly(endpoint.address() + "\thost" + digit);
    return endpoint;
  }

  private void detach(String digit) throws IOException {
    network.detach(id(digit), NAMESPACES.resolve(PREFIX + digit));
  }

  /// 172.30.0.0/29 is the default bridge's.
  @Test
  void theHostIsReachedAtTheDefaultBridgesAddress() {
    assertThat(network.hostGateway()).isEqualTo("172.30.0.1");
  }

  @Test
  void everyContainerHasAnAddressOfItsOwn() throws IOException {
    ContainerEndpoint one = attach("1", "");
    ContainerEndpoint two = attach("2", "");

    assertThat(one.address()).isEqualTo("172.30.0.2");
    assertThat(one.prefix()).isEqualTo(29);
    assertThat(one.gateway()).isEqualTo("172.30.0.1");
    assertThat(one.mac()).isEqualTo("02:42:ac:1e:00:02");
    assertThat(one.ports()).isEmpty();
    assertThat(one.networks()).extracting(Joined::network).containsExactly("bridge");
    assertThat(two.address()).isEqualTo("172.30.0.3");
    assertThat(network.endpoint(id("3"))).isEmpty();
  }

  @Test
  void aFullSubnetIsAnErrorAndADetachedContainersAddressIsFree() throws IOException {
    Set<String> addresses = new HashSet<>();
    for (String digit : List.of("1", "2", "3", "4", "5")) {
      addresses.add(attach(digit, "").address());
    }
    assertThat(addresses).hasSize(5);
    assertThatThrownBy(() -> attach("6", ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no free address in 172.30.0.0/29: 5 are taken");

    detach("3");
    assertThat(network.endpoint(id("3"))).isEmpty();
    assertThat(folder.resolve(id("3"))).doesNotExist();
    assertThat(attach("6", "").address()).isEqualTo("172.30.0.4");
  }

  @Test
  void attachingAgainKeepsTheAddress() throws IOException {
    ContainerEndpoint first = attach("1", "tcp::8080:80");

    assertThat(attach("1", "tcp::8080:80").address()).isEqualTo(first.address());
  }

  /// The engine restarts containers while the daemon still comes up.
  @Test
  void whatThisDaemonPluggedInIsNotTakenForALeftover() throws IOException {
    attach("1", "tcp::8080:80");
    again();
    attach("2", "tcp::8081:80");

    network.reconcile(Set.of());

    String links =
        onHost(
            () -> Files.readString(Path.of("/proc/thread-self/net/dev"))); // /sys is the machine's
    assertThat(links).contains("b2222").doesNotContain("b1111");
  }

  @Test
  void publishedPortsAreAsAskedOrChosen() throws IOException {
    assertThat(attach("1", "tcp::8080:80,udp:127.0.0.1:53:5353,tcp:0.0.0.0:0:90").ports())
        .containsExactly(
            new ContainerEndpoint.Binding("tcp", "0.0.0.0", 8080, 80),
            new ContainerEndpoint.Binding("udp", "127.0.0.1", 53, 5353),
            new ContainerEndpoint.Binding("tcp", "0.0.0.0", 49_153, 90));
    assertThat(attach("2", "tcp::0:80,tcp::0:81").ports())
        .extracting(ContainerEndpoint.Binding::hostPort)
        .containsExactly(49_154, 49_155);
    detach("1");
    assertThat(attach("3", "tcp::0:80,tcp::8080:81").ports())
        .extracting(ContainerEndpoint.Binding::hostPort)
        .containsExactly(49_153, 8080);
  }

  @Test
  void aPortThatAProgramOfTheHostHasIsRefusedAndNeverChosen() throws IOException {
    try (var tcp = onHost(() -> new ServerSocket(0));
        var udp = onHost(() -> new DatagramSocket(0))) {
      int taken = tcp.getLocalPort();
      for (String port : List.of("tcp::" + taken + ":80", "tcp:127.0.0.1:" + taken + ":80")) {
        assertThatThrownBy(() -> attach("1", port))
            .isInstanceOf(IOException.class)
            .hasMessageMatching(".*listen tcp4 .*:" + taken + ": bind: address already in use");
      }
      assertThatThrownBy(() -> attach("1", "udp::" + udp.getLocalPort() + ":53"))
          .hasMessageMatching(".*listen udp4 .*: bind: address already in use");
      assertThatThrownBy(() -> attach("1", "tcp:192.0.2.1:80:80"))
          .hasMessageContaining("annot assign requested address");
    }
    try (var first = onHost(() -> new ServerSocket(49_153))) {
      assertThat(attach("1", "tcp::0:80").ports())
          .extracting(ContainerEndpoint.Binding::hostPort)
          .containsExactly(first.getLocalPort() + 1);
    }
  }

  @Test
  void aPortThatAnotherContainerHasIsAnErrorThatNamesIt() throws IOException {
    attach("1", "tcp::8080:80");

    assertThatThrownBy(() -> attach("2", "tcp::8080:80"))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "driver failed programming external connectivity on endpoint "
                + id("2")
                + " \\([0-9a-f]{64}\\): Bind for 0.0.0.0:8080 failed: port is already allocated");
    detach("2");
    assertThat(attach("3", "tcp::8081:80").ports()).hasSize(1);
  }

  @Test
  void aNewDaemonKnowsWhatContainersHave() throws IOException {
    ContainerEndpoint one = attach("1", "tcp::0:80");
    attach("2", "");
    detach("2");

    again();

    assertThat(network.endpoint(id("1"))).contains(one);
    assertThat(network.endpoint(id("2"))).isEmpty();
    assertThat(attach("3", "tcp::0:80").address()).isNotEqualTo(one.address());
    assertThat(network.endpoint(id("3")).orElseThrow().ports().getFirst().hostPort())
        .isEqualTo(49_154);
  }

  @Test
  void damageOfOneFileHarmsNeitherTheDaemonNorTheContainer() throws IOException {
    ContainerEndpoint one = attach("1", "");
    ContainerEndpoint two = attach("2", "");
    for (String damage : List.of("", "{", "null", "{}", "{\"address\":\"x\"}")) {
      Files.writeString(folder.resolve(id("1")), damage);
      Files.writeString(folder.resolve(id("9") + ".new"), "{");

      again();

      assertThat(network.endpoint(id("1"))).isEmpty();
      assertThat(network.endpoint(id("2"))).contains(two);
    }
    ContainerEndpoint three = attach("3", "");
    assertThat(Set.of(one.address(), two.address())).doesNotContain(three.address());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(folder.resolve(id("2")), folder.resolve(id("3")));
    }
  }

  private List<String> mend(boolean inside) throws IOException {
    var config = ContainerConfig.builder("sha256:1", List.of("x")).build();
    var mended = new ArrayList<String>();
    assertThat(network.mend(_ -> Optional.of(config), inside, each -> mended.add(each.toString())))
        .isTrue();
    return mended;
  }

  @Test
  void aCableThatSomebodyRemovedIsThereAgainWithTheWayOut() throws IOException {
    attach("1", "tcp::8080:80");
    attach("2", "");
    assertThat(mend(true)).isEmpty();
    String link = host.bridgeCable(id("1")).link();
    ip("-n", PREFIX + "host", "link", "delete", link);
    assertThat(mend(false)).containsExactly("interface " + link + " was gone");
    assertThat(mend(true)).isEmpty();
    String routes =
        NetworkNamespaces.call(
            NAMESPACES.resolve(PREFIX + "1"),
            () -> Files.readString(Path.of("/proc/thread-self/net/route")));
    assertThat(routes).as("the default route").contains("eth0\t00000000\t");
    detach("1");
    assertThat(mend(true)).as("nothing of one that is gone").isEmpty();
  }

  @Test
  void whatTheKernelForgotWithoutADaemonIsPublishedAgain() throws IOException {
    attach("1", "tcp::8080:80");
    ip("netns", "exec", PREFIX + "host", "nft", "flush", "ruleset");
    again();
    assertThat(host.published(id("1"))).isEmpty();
    assertThat(mend(true))
        .containsExactly("published ports of container " + id("1") + " were gone");
    assertThat(host.published(id("1"))).hasSize(1);
    assertThat(mend(true)).isEmpty();
  }

  @Test
  void whatWasNeverAttachedIsDetachedWithoutHarm() throws IOException {
    detach("7");
    assertThat(network.endpoint(id("7"))).isEqualTo(Optional.empty());
  }
}
