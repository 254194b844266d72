package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.linux.NetworkNamespaces;

/// What is only seen with many hosts and many calls: how evenly they spread, who is said to call,
/// what becomes of flows in an update, and a host that starts again with nothing.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TenHostsTest {
  private static final int HOSTS = 10;
  private static final int REPLICAS = 5;
  private static final int CALLS = 10_000;
  private static final double UNEVEN = 0.10;
  private static final int ECHO = 8090;
  private static final int TARGET = 90;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final List<Integer> ALL = IntStream.rangeClosed(1, HOSTS).boxed().toList();
  private static final String NEIGHBOUR = "10.77.0.254";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, 3);

  private static final List<EchoServer> SERVERS = new ArrayList<>();
  private static Serving serving;

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  @BeforeAll
  static void serve() throws Exception {
    serving = Serving.begin(CLUSTER);
    Shell.of(CLUSTER, Client.DOCKER)
        .ok(
            ("service create -d --no-resolve-image --stop-signal SIGKILL --name echo --network"
                    + " front --replicas 5 --replicas-max-per-node 1 --publish 8090:90 --publish"
                    + " 8090:90/udp "
                    + IMAGE
                    + " sleep 1000000")
                .split(" "));
    CLUSTER.awaitRunning(1, "echo", REPLICAS, 0);
    answer();
  }

  /// Opens the servers of the tasks that run now.
  private static void answer() throws IOException {
    close();
    for (Swarm.TaskView task : CLUSTER.swarm(1).running("echo")) {
      SERVERS.add(EchoServer.open(Path.of("/proc/" + task.pid() + "/ns/net"), TARGET, task.id()));
    }
  }

  @AfterAll
  static void close() throws IOException {
    for (EchoServer server : SERVERS) {
      server.close();
    }
    SERVERS.clear();
  }

  @Test
  @Order(1)
  void allTasksAnswerOnEveryHost() throws Exception {
    Set<String> all = serving.containers();
    assertThat(all).hasSize(HOSTS);
    for (int host : ALL) {
      Set<String> ports = new TreeSet<>();
      Set<String> addresses = new TreeSet<>();
      Path caller = serving.namespace("client", host);
      Wait.until(
          "host " + host + " leads to all tasks",
          LIMIT,
          () -> {
            ports.add(serving.byPort(host));
            addresses.add(serving.byAddress(caller));
            return ports.equals(all) && addresses.equals(all);
          });
    }
  }

  private static String hello(InetSocketAddress to) throws IOException {
    try (var socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(to, TIMEOUT_MILLIS);
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }

  private static InetSocketAddress port(int host) {
    return new InetSocketAddress(InetAddress.ofLiteral(TestCluster.address(host)), ECHO);
  }

  private static String echoAddress() throws IOException {
    for (JsonNode each :
        CLUSTER.cluster().api(1).get("/services/echo").at("/Endpoint/VirtualIPs")) {
      String address = each.path("Addr").asText().replaceFirst("/.*", "");
      if (!address.startsWith("10.0.0.")) {
        return address;
      }
    }
    throw new IOException("echo has no address of its own");
  }

  private static void even(Map<String, Integer> counted) {
    double share = (double) CALLS / REPLICAS;
    assertThat(counted).hasSize(REPLICAS);
    assertThat(counted.values())
        .as("of %s calls each", share)
        .allMatch(count -> Math.abs(count - share) <= UNEVEN * share);
  }

  @Test
  @Order(2)
  void tenThousandCallsSpreadEvenly() throws Exception {
    var byPort = new TreeMap<String, Integer>();
    var byAddress = new TreeMap<String, Integer>();
    var to = new InetSocketAddress(InetAddress.ofLiteral(echoAddress()), TARGET);
    for (int host : ALL) {
      count(cluster::asNeighbour, port(host), byPort);
      Path caller = serving.namespace("client", host);
      count(task -> NetworkNamespaces.call(caller, task), to, byAddress);
    }
    even(byPort);
    even(byAddress);
  }

  private interface Place {
    List<String> call(NetworkNamespaces.Task<List<String>> task) throws IOException;
  }

  private static void count(Place from, InetSocketAddress to, Map<String, Integer> counted)
      throws IOException {
    List<String> said =
        from.call(
            () -> {
              var all = new ArrayList<String>();
              for (int call = 0; call < CALLS / HOSTS; call++) {
                all.add(hello(to));
              }
              return all;
            });
    said.forEach(words -> counted.merge(words.split(" ")[0], 1, Integer::sum));
  }

  @Test
  @Order(3)
  void tasksSeeWhoCallsThroughWhicheverHost() throws Exception {
    for (int host : ALL) {
      Set<String> byTcp = new HashSet<>();
      Set<String> byUdp = new HashSet<>();
      cluster.asNeighbour(
          () -> {
            for (int call = 0; call < 2 * REPLICAS; call++) {
              byTcp.add(hello(port(host)).split(" ")[1]);
              try (var socket = new DatagramSocket()) {
                byUdp.add(datagram(socket, host).split(" ")[1]);
              }
            }
            return true;
          });
      assertThat(byTcp).as("host %s", host).containsExactly(NEIGHBOUR);
      assertThat(byUdp).as("host %s", host).containsExactly(NEIGHBOUR);
    }
  }

  private static String datagram(DatagramSocket socket, int host) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.send(new DatagramPacket(new byte[1], 1, port(host)));
    var packet = new DatagramPacket(new byte[100], 100);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII).strip();
  }

  /// A flow of datagrams from one port of the caller's has no end of its own.
  @Test
  @Order(4)
  void flowsAndConnectionsOfReplacedTasksEndAndNewOnesAreMet() throws Exception {
    try (DatagramSocket flow = cluster.asNeighbour(() -> new DatagramSocket());
        Socket kept = cluster.asNeighbour(() -> connected(port(2)))) {
      String before = datagram(flow, 1).split(" ")[0];
      Set<String> old = tasks();
      assertThat(old).contains(before);
      docker.ok(
          "service",
          "update",
          "-d",
          "--force",
          "--update-parallelism",
          "0",
          "--no-resolve-image",
          "echo");
      Wait.until(
          "all tasks are new",
          LIMIT,
          () -> tasks().size() == REPLICAS && tasks().stream().noneMatch(old::contains));
      answer();
      Set<String> now = tasks();
      for (int host : ALL) {
        Wait.until(
            "host " + host + " leads to new tasks alone",
            LIMIT,
            () -> now.contains(cluster.asNeighbour(() -> hello(port(host))).split(" ")[0]));
      }
      Wait.until(
          "the flow goes on with a new task",
          LIMIT,
          () -> now.contains(datagram(flow, 1).split(" ")[0]));
      Wait.until("the connection is cut", LIMIT, () -> isCut(kept));
    }
  }

  private static Socket connected(InetSocketAddress to) throws IOException {
    var socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(to, TIMEOUT_MILLIS);
    return socket;
  }

  private static boolean isCut(Socket socket) {
    try {
      socket.getOutputStream().write(1);
      return socket.getInputStream().skip(1_000) == 0 && socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  private static Set<String> tasks() throws IOException {
    var all = new TreeSet<String>();
    CLUSTER.swarm(1).running("echo").forEach(task -> all.add(task.id()));
    return all;
  }

  @Test
  @Order(5)
  void aTaskOnTwoNetworksIsMetByNameOnEach() throws Exception {
    docker.ok("network", "create", "-d", "overlay", "--attachable", "back");
    docker.ok(
        ("service create -d --no-resolve-image --stop-signal SIGKILL --name both --network front"
                + " --network back --replicas 2 "
                + IMAGE)
            .split(" "));
    CLUSTER.awaitRunning(1, "both", 2, 0);
    Shell far = docker.on(HOSTS);
    far.ok("run", "-d", "--name", "back-caller", "--network", "back", IMAGE, "sleep", "1000000");
    String front = far.ok("ps", "-q", "-f", "label=com.docker.swarm.service.name=client").strip();
    for (String caller : List.of("back-caller", front)) {
      Wait.until(
          caller + " meets it",
          LIMIT,
          () -> far.run("exec", caller, "wget", "-q", "-O-", "http://both/").status() == 0);
    }
    assertThat(far.run("exec", "back-caller", "wget", "-q", "-O-", "http://web/"))
        .matches(done -> done.status() != 0, "is not on the other's network");
    far.ok("rm", "-f", "back-caller");
    docker.ok("service", "rm", "both");
  }

  /// All that its kernel had is gone, as are its processes.
  @Test
  @Order(6)
  void aHostThatStartsAgainWithNothingIsAsBefore() throws Exception {
    int host = HOSTS;
    cluster.killHost(host);
    serving.on(host, "nft", "flush", "ruleset");
    serving.on(
        host,
        "sh",
        "-c",
        "for l in $(ls /proc/sys/net/ipv4/conf | grep -E '^(sw|br-)');"
            + " do ip link delete $l 2>/dev/null; done; true");
    assertThat(serving.on(host, "ip", "-br", "link").lines()).hasSize(2);
    cluster.mend(host);
    cluster.start(host);
    CLUSTER.awaitReady(1, HOSTS);
    Wait.until("all hosts have a task again", LIMIT, () -> serving.containers().size() == HOSTS);
    Wait.until(
        "it leads to all tasks, and a caller on it, too",
        LIMIT,
        () -> serving.answers(List.of(host), HOSTS));
    Wait.until("the others do, too", LIMIT, () -> serving.answers(List.of(1), HOSTS));
  }
}
