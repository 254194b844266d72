package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.network.netlink.Ipv4;
import swarm.network.vip.VirtualPlans;
import swarm.network.vip.VirtualServer;

/// Two hosts and two networks with the same addresses: tasks a and b on the one, c and d on the
/// other.
class OverlayNetworkTest {
  private static final Inet4Address FIRST = Inet4Address.ofLiteral("10.1.0.3");
  private static final Inet4Address SECOND = Inet4Address.ofLiteral("10.1.0.4");
  private static final Inet4Address VIP = Inet4Address.ofLiteral("10.1.0.2");
  private static final Inet4Address THIRD = Inet4Address.ofLiteral("10.1.0.5");

  @TempDir Path folder;
  private List<TestHost> hosts = List.of();
  private final Map<String, TestHost> tasks = new TreeMap<>();
  private final List<HostNetwork> networks = new ArrayList<>();
  private List<String> before = List.of();

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    hosts = TestHost.lan(2);
    for (TestHost host : hosts.subList(0, 2)) {
      networks.add(open(host));
    }
    before = List.of(seen(0), seen(1));
    for (String name : List.of("a", "b", "c", "d", "e")) {
      tasks.put(name, TestHost.create(name));
    }
    for (String network : List.of("front", "back")) {
      apply(0, network);
      apply(1, network);
    }
    attach(0, "front", "a", FIRST);
    attach(1, "front", "b", SECOND);
    attach(0, "back", "c", FIRST);
    attach(1, "back", "d", SECOND);
    attach(0, "front", "e", THIRD);
    for (String name : List.of("a", "b", "c", "d", "e")) {
      WebServer.start(task(name), name, 80, folder);
    }
  }

  @AfterEach
  void tearDown() {
    networks.forEach(HostNetwork::close);
    tasks.values().forEach(TestHost::close);
    hosts.forEach(TestHost::close);
  }

  private static HostNetwork open(TestHost host) throws IOException {
    return HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns()));
  }

  private TestHost task(String name) {
    return Objects.requireNonNull(tasks.get(name), name);
  }

  private String seen(int host) {
    return hosts.get(host).exec("ip", "-br", "link").replaceAll("@\\S+", "")
        + hosts.get(host).exec("nft", "list", "ruleset")
        + hosts.get(host).exec("bridge", "fdb")
        + hosts.get(host).exec("ip", "neighbour", "show", "nud", "permanent");
  }

  private void apply(int host, String network) throws IOException {
    var where = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    where.put(FIRST, underlay(0));
    where.put(SECOND, underlay(1));
    where.put(THIRD, underlay(0));
    networks
        .get(host)
        .overlays()
        .apply(
            new OverlayState(
                network, network.equals("front") ? 4097 : 4098, underlay(host), 4789, 0, where));
  }

  private static Inet4Address underlay(int host) {
    return Inet4Address.ofLiteral("10.77.0." + (host + 1));
  }

  private void attach(int host, String network, String task, Inet4Address address)
      throws IOException {
    networks
        .get(host)
        .overlays()
        .attach(
            new OverlayEndpoint(network, task.repeat(64), task(task).netns(), address, 24, "eth0"));
  }

  private VirtualServer virtual(String caller, Inet4Address... backends) throws IOException {
    VirtualServer server = VirtualServer.open(task(caller).netns(), new VirtualPlans());
    server.apply(addresses(backends));
    return server;
  }

  private static VirtualAddresses addresses(Inet4Address... backends) {
    return new VirtualAddresses(Map.of(VIP, List.of(backends)), List.of(FIRST, SECOND, THIRD));
  }

  @Test
  void networksWithTheSameAddressesDoNotMeet() {
    assertThat(WebServer.ask(task("a"), "10.1.0.4", 80)).isEqualTo("b 10.1.0.3");
    assertThat(WebServer.ask(task("b"), "10.1.0.3", 80)).isEqualTo("a 10.1.0.4");
    assertThat(WebServer.ask(task("c"), "10.1.0.4", 80)).isEqualTo("d 10.1.0.3");
    assertThat(WebServer.ask(task("d"), "10.1.0.3", 80)).isEqualTo("c 10.1.0.4");
    assertThat(WebServer.ask(task("a"), "10.1.0.5", 80)).as("on the host").isEqualTo("e 10.1.0.3");
    assertThat(WebServer.answers(task("c"), "10.1.0.5", 80)).as("of the other").isFalse();
    assertThat(hosts.get(0).exec("cat", "/proc/net/nf_conntrack"))
        .as("the host tracks nothing of it")
        .doesNotContain("10.1.0.");
    String link = task("a").exec("ip", "link", "show", "eth0");
    assertThat(link).as("what the data path leaves").contains("mtu 1450");
  }

  @Test
  void theHostIsNoPartOfIt() {
    TestHost caller = task("a");
    // even where a container sends its packets to the bridge itself
    caller.exec(
        "ip", "neighbour", "replace", "10.1.0.1", "lladdr", "02:42:00:00:00:00", "dev", "eth0");
    caller.exec("ip", "route", "replace", "default", "via", "10.1.0.1");
    assertThat(caller.succeeds("ping", "-c1", "-W1", "10.77.0.1")).isFalse();
    assertThat(caller.succeeds("ping", "-c1", "-W1", "10.77.0.2")).isFalse();
  }

  @Test
  void aVirtualAddressLeadsToAllAndToOneselfToo() throws IOException {
    try (VirtualServer server = virtual("a", FIRST, SECOND)) {
      var counted = new TreeMap<String, Integer>();
      for (int i = 0; i < 40; i++) {
        counted.merge(WebServer.ask(task("a"), "10.1.0.2", 80), 1, Integer::sum);
      }
      assertThat(counted.keySet()).containsExactly("a 10.1.0.3", "b 10.1.0.3");
      assertThat(counted.values()).allMatch(count -> count >= 5);
      server.apply(addresses(SECOND));
      assertThat(WebServer.ask(task("a"), "10.1.0.2", 80)).isEqualTo("b 10.1.0.3");
      server.apply(addresses());
      long began = System.nanoTime();
      assertThat(WebServer.answers(task("a"), "10.1.0.2", 80)).isFalse();
      assertThat(System.nanoTime() - began).as("refused at once").isLessThan(1_000_000_000L);
      server.apply(VirtualAddresses.NONE);
      assertThat(task("a").exec("nft", "list", "ruleset")).isBlank();
    }
  }

  @Test
  void connectionsStayWhileTheirTaskLivesAndAreCutWithIt() throws IOException {
    Path echo =
        Files.writeString(
            folder.resolve("echo.py"),
            """
            import socket, threading
            s = socket.create_server(("0.0.0.0", 81))
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            u.bind(("0.0.0.0", 81))
            def datagrams():
                while True:
                    data, who = u.recvfrom(100)
                    u.sendto(data, who)
            threading.Thread(target=datagrams, daemon=True).start()
            def serve(c):
                while data := c.recv(100):
                    c.send(data)
            while True:
                threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
            """);
    Path caller =
        Files.writeString(
            folder.resolve("caller.py"),
            """
            import socket, time
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            u.settimeout(5)
            u.connect(("10.1.0.2", 81))
            u.send(b"x")
            print("datagram", u.recv(100).decode(), flush=True)
            c = socket.create_connection(("10.1.0.2", 81), 5)
            try:
                while True:
                    c.send(b"x")
                    if not c.recv(100): raise ConnectionResetError
                    print("answered", flush=True)
                    time.sleep(0.05)
            except ConnectionResetError:
                print("cut", flush=True)
            """);
    for (String name : List.of("b", "e")) {
      task(name).start(folder.resolve(name + ".echo").toFile(), "python3", echo.toString());
      WebServer.await(
          () -> task(name).exec("busybox", "netstat", "-ltn").contains(":81 "), "it listens");
    }
    Path log = folder.resolve("caller.log");
    try (VirtualServer server = virtual("a", SECOND)) {
      task("a").start(log.toFile(), "python3", caller.toString());
      awaitAnswers(log, 1);
      server.apply(addresses(THIRD));
      server.settle();
      awaitAnswers(log, answered(log) + 5);
    }
    try (VirtualServer server = virtual("a", THIRD)) { // another daemon
      awaitAnswers(log, answered(log) + 5);
      server.apply(new VirtualAddresses(Map.of(VIP, List.of(THIRD)), List.of(FIRST, THIRD)));
      server.settle();
      WebServer.await(() -> read(log).contains("cut"), "the connection is cut");
    }
    assertThat(read(log)).startsWith("datagram x");
  }

  private static void awaitAnswers(Path log, int count) {
    WebServer.await(() -> answered(log) >= count, count + " answers");
  }

  private static int answered(Path log) {
    return (int) read(log).lines().filter("answered"::equals).count();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anotherDaemonAdoptsWhatIsThereAndNothingStaysInTheEnd() throws IOException {
    String links = hosts.get(0).exec("ip", "-o", "link").replaceAll("\\d+ mtu.*", "");
    networks.removeFirst().close();
    networks.addFirst(open(hosts.get(0)));
    apply(0, "front");
    attach(0, "front", "a", FIRST);
    apply(0, "back");
    assertThat(hosts.get(0).exec("ip", "-o", "link").replaceAll("\\d+ mtu.*", ""))
        .as("the very same links")
        .isEqualTo(links);
    assertThat(WebServer.ask(task("b"), "10.1.0.3", 80)).isEqualTo("a 10.1.0.4");
    HostNetwork first = networks.getFirst();
    first.overlays().detach("a".repeat(64), List.of("front"));
    first.overlays().detach("e".repeat(64), List.of("front"));
    first.overlays().detach("c".repeat(64), List.of("back"));
    first.overlays().remove("front");
    assertThat(hosts.get(0).exec("nft", "list", "tables")).contains("swarm_overlay");
    first.overlays().retain(Set.of());
    assertThat(seen(0)).isEqualTo(before.get(0));
    networks.get(1).removeAll();
    assertThat(hosts.get(1).exec("ip", "-br", "link").lines())
        .noneMatch(line -> line.startsWith("sw"));
  }
}
