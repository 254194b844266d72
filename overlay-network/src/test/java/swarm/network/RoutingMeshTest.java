package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three hosts, tasks on the first two, one published port.
class RoutingMeshTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final Inet4Address TASK_A = Inet4Address.ofLiteral("10.255.0.10");
  private static final Inet4Address TASK_B = Inet4Address.ofLiteral("10.255.0.11");
  private static final int PUBLISHED = 8080;

  @TempDir Path folder;
  private List<TestHost> hosts = List.of();
  private TestHost outside;
  private TestHost taskA;
  private TestHost taskB;
  private final List<HostNetwork> networks = new ArrayList<>();

  @BeforeEach
  void setUp() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    List<TestHost> lan = TestHost.lan(3);
    hosts = lan.subList(0, 3);
    outside = lan.getLast();
    taskA = TestHost.create("ta");
    taskB = TestHost.create("tb");
    for (TestHost host : hosts) {
      networks.add(HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns())));
    }
    apply(List.of(TASK_A, TASK_B));
    // the same address on both hosts' bridges: they are the hosts' own
    Inet4Address local = Inet4Address.ofLiteral("172.18.0.2");
    networks.get(0).attachBridge(A, taskA.netns(), local);
    networks.get(0).attachIngress(A, taskA.netns(), TASK_A);
    networks.get(1).attachBridge(B, taskB.netns(), local);
    networks.get(1).attachIngress(B, taskB.netns(), TASK_B);
    WebServer.start(taskA, "a", 80, folder);
    WebServer.start(taskB, "b", 80, folder);
  }

  @AfterEach
  void tearDown() {
    networks.forEach(HostNetwork::close);
    if (outside != null) {
      taskA.close();
      taskB.close();
      hosts.forEach(TestHost::close);
      outside.close();
    }
  }

  private void apply(List<Inet4Address> backends) throws IOException {
    for (int i = 0; i < 3; i++) {
      networks.get(i).applyIngress(state(i, backends));
    }
  }

  private static IngressState state(int self, List<Inet4Address> backends) {
    return state(self, backends, List.of(TASK_A, TASK_B));
  }

  private static IngressState state(
      int self, List<Inet4Address> backends, List<Inet4Address> tasks) {
    return new IngressState(
        4096,
        Inet4Network.parse("10.255.0.0/16"),
        ingress(self),
        underlay(self),
        4789,
        IntStream.range(0, 3)
            .mapToObj(i -> new IngressState.Peer(underlay(i), ingress(i)))
            .toList(),
        tasks.stream()
            .map(
                task ->
                    new IngressState.RemoteEndpoint(task, underlay(task.equals(TASK_A) ? 0 : 1)))
            .toList(),
        List.of(
            new IngressState.PublishedPort(TransportProtocol.TCP, PUBLISHED, 80, backends),
            new IngressState.PublishedPort(TransportProtocol.UDP, 5353, 53, backends)));
  }

  private static Inet4Address underlay(int host) {
    return Inet4Address.ofLiteral("10.77.0." + (host + 1));
  }

  private static Inet4Address ingress(int host) {
    return Inet4Address.ofLiteral("10.255.0." + (host + 2));
  }

  @Test
  void everyHostAnswersAndTheTaskSeesTheCaller() {
    for (int i = 0; i < 3; i++) {
      String address = "10.77.0." + (i + 1);
      assertThat(answers(outside, address))
          .as("from outside at host " + (i + 1))
          .containsExactly("a 10.77.0.254", "b 10.77.0.254");
      for (int caller = 0; caller < 3; caller++) {
        assertThat(answers(hosts.get(caller), address))
            .as("from host " + (caller + 1) + " at host " + (i + 1))
            .containsExactly("a 10.77.0." + (caller + 1), "b 10.77.0." + (caller + 1));
      }
      String own = ingress(i).getHostAddress();
      assertThat(answers(hosts.get(i), "127.0.0.1")).containsExactly("a " + own, "b " + own);
    }
  }

  @Test
  void aContainerReachesThePortAtItsOwnAndAtOtherHosts() throws IOException {
    assertThat(answers(taskA, "10.77.0.1")).containsExactly("a 10.255.0.2", "b 10.255.0.2");
    assertThat(answers(taskA, "10.77.0.3")).containsExactly("a 10.77.0.1", "b 10.77.0.1");
  }

  @Test
  void aBackendThatIsTakenOutGetsNothingMore() throws IOException {
    apply(List.of(TASK_B));
    assertThat(answers(outside, "10.77.0.1")).containsExactly("b 10.77.0.254");
    assertThat(answers(outside, "10.77.0.3")).containsExactly("b 10.77.0.254");
    apply(List.of());
    assertThat(WebServer.answers(outside, "10.77.0.1", PUBLISHED)).isFalse();
    apply(List.of(TASK_A, TASK_B));
    assertThat(answers(outside, "10.77.0.3")).containsExactly("a 10.77.0.254", "b 10.77.0.254");
  }

  /// The task's side of such a connection is in TIME_WAIT when the same caller's port comes in
  /// again by another host; each host's NAT and each destination's TCP clock is its own.
  @Test
  void oneCallersPortIsUsedThroughEveryHostInTurn() throws IOException {
    apply(List.of(TASK_A));
    for (int round = 0; round < 6; round++) {
      for (int host = 1; host <= 3; host++) {
        String answer =
            outside.exec(
                "curl",
                "-sS",
                "-m",
                "2",
                "--local-port",
                "40000",
                "http://10.77.0." + host + ":" + PUBLISHED + "/cgi-bin/who");
        assertThat(answer).as("round " + round + " host " + host).isEqualTo("a 10.77.0.254");
      }
    }
  }

  /// Frames within the tunnel are smaller than the callers' and the task's other interface's.
  @Test
  void largeTransfersPassBothWays() throws IOException {
    apply(List.of(TASK_A));
    Path home = folder.resolve("a");
    byte[] data = new byte[4_000_000];
    Arrays.fill(data, (byte) 'x');
    Files.write(home.resolve("data"), data);
    Path count = home.resolve("cgi-bin/count");
    Files.writeString(count, "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'; wc -c\n");
    Files.setPosixFilePermissions(count, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (TestHost caller : List.of(outside, hosts.get(1), taskB)) {
      String url = "http://10.77.0.3:" + PUBLISHED + "/";
      assertThat(caller.exec("curl", "-sS", "-m", "10", url + "data")).hasSize(data.length);
      assertThat(
              caller.exec(
                  "curl",
                  "-sS",
                  "-m",
                  "10",
                  "-H",
                  "Expect:",
                  "--data-binary",
                  "@" + home.resolve("data"),
                  url + "cgi-bin/count"))
          .isEqualToIgnoringWhitespace(Integer.toString(data.length));
    }
  }

  @Test
  void whoKnowsAWayToATaskReachesItsPublishedPortOnly() {
    String task = TASK_A.getHostAddress();
    outside.ip("route", "add", task, "via", "10.77.0.1");
    assertThat(outside.succeeds("curl", "-s", "--max-time", "2", "http://" + task + "/")).isFalse();
    assertThat(outside.succeeds("ping", "-c", "1", "-W", "1", task)).isFalse();
    assertThat(answers(outside, "10.77.0.1")).hasSize(2);
  }

  @Test
  void tasksStillCallTheOutsideThroughTheirHost() throws IOException {
    WebServer.start(outside, "out", 80, folder);
    assertThat(WebServer.ask(taskA, "10.77.0.254", 80)).isEqualTo("out 10.77.0.1");
    assertThat(WebServer.ask(taskB, "10.77.0.254", 80)).isEqualTo("out 10.77.0.2");
  }

  @Test
  void datagramsArePassedOnAndTheTaskSeesTheCaller() throws Exception {
    Path script = udpServer();
    taskA.start(folder.resolve("ua.log").toFile(), "python3", script.toString(), "a");
    taskB.start(folder.resolve("ub.log").toFile(), "python3", script.toString(), "b");
    Path client = folder.resolve("client.py");
    Files.writeString(
        client,
        """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(0.5)
        s.connect((sys.argv[1], 5353))
        for attempt in range(20):
            try:
                s.send(b"who")
                print(s.recv(2000).decode(), end="")
                break
            except (TimeoutError, ConnectionRefusedError):
                pass
        """);
    for (String address : List.of("10.77.0.1", "10.77.0.2", "10.77.0.3")) {
      var answers = new TreeSet<String>();
      for (int i = 0; i < 4; i++) {
        answers.add(outside.exec("python3", client.toString(), address));
      }
      assertThat(answers).as(address).containsExactly("a 10.77.0.254", "b 10.77.0.254");
    }
    var answers = new TreeSet<String>();
    for (int i = 0; i < 4; i++) {
      answers.add(hosts.get(2).exec("python3", client.toString(), "127.0.0.1"));
    }
    assertThat(answers).containsExactly("a 10.255.0.4", "b 10.255.0.4");
  }

  @Test
  void aConnectionOutlivesTheBalancingAndEndsWithItsTask() throws Exception {
    Path server =
        script(
            "server.py",
            """
            import socket, threading
            s = socket.create_server(("0.0.0.0", 81))
            def serve(c):
                while data := c.recv(100):
                    c.send(data)
            while True:
                threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
            """);
    taskA.start(folder.resolve("server.log").toFile(), "python3", server.toString());
    WebServer.await(
        () -> taskA.exec("busybox", "netstat", "-ltn").contains(":81 "), "server listens");
    Path client =
        script(
            "client.py",
            """
            import os, socket, sys, time
            c = socket.create_connection(("10.77.0.3", 8081), 5)
            try:
                while True:
                    c.send(b"x")
                    if not c.recv(100): raise ConnectionResetError
                    print("answered", flush=True)
                    time.sleep(0.05)
            except ConnectionResetError:
                print("cut", flush=True)
            """);
    applyTcp81(List.of(TASK_A), List.of(TASK_A, TASK_B));
    Path log = folder.resolve("client.log");
    outside.start(log.toFile(), "python3", client.toString());
    awaitAnswers(log, 1);
    applyTcp81(List.of(TASK_B), List.of(TASK_A, TASK_B));
    int before = answered(log);
    awaitAnswers(log, before + 5);
    applyTcp81(List.of(TASK_B), List.of(TASK_B));
    WebServer.await(() -> read(log).contains("cut"), "connection is cut");
  }

  private void applyTcp81(List<Inet4Address> backends, List<Inet4Address> tasks)
      throws IOException {
    for (int i = 0; i < 3; i++) {
      IngressState state = state(i, backends, tasks);
      networks
          .get(i)
          .applyIngress(
              new IngressState(
                  state.vni(),
                  state.subnet(),
                  state.selfIngressAddress(),
                  state.selfUnderlay(),
                  state.vxlanPort(),
                  state.peers(),
                  state.endpoints(),
                  List.of(
                      new IngressState.PublishedPort(TransportProtocol.TCP, 8081, 81, backends))));
    }
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
      throw new UncheckedIOException(e);
    }
  }

  private Path script(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aFlowOfDatagramsLeavesABackendThatIsTakenOut() throws Exception {
    Path server = udpServer();
    taskA.start(folder.resolve("ua.log").toFile(), "python3", server.toString(), "a");
    taskB.start(folder.resolve("ub.log").toFile(), "python3", server.toString(), "b");
    Path client =
        script(
            "flow.py",
            """
            import socket, time
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(0.2)
            s.connect(("10.77.0.3", 5353))
            while True:
                try:
                    s.send(b"who")
                    print(s.recv(2000).decode(), flush=True)
                    time.sleep(0.02)
                except (TimeoutError, ConnectionRefusedError):
                    pass
            """);
    apply(List.of());
    Path log = folder.resolve("flow.log");
    outside.start(log.toFile(), "python3", client.toString());
    apply(List.of(TASK_A));
    WebServer.await(() -> read(log).contains("a 10.77.0.254"), "the first backend answers");
    apply(List.of(TASK_B));
    WebServer.await(() -> read(log).contains("b 10.77.0.254"), "the second backend answers");
  }

  private Path udpServer() throws IOException {
    return script(
        "udp.py",
        """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("0.0.0.0", 53))
        while True:
            data, caller = s.recvfrom(2000)
            s.sendto((sys.argv[1] + " " + caller[0]).encode(), caller)
        """);
  }

  @Test
  void theNextDaemonGoesOnFromWhatIsThere() throws IOException {
    String before = hosts.get(0).exec("nft", "list", "ruleset");
    String links = hosts.get(0).ip("-o", "link");
    networks.get(0).close();
    networks.set(
        0, HostNetwork.open(HostNetworkOptions.defaults().withNetns(hosts.get(0).netns())));
    networks.get(0).applyIngress(state(0, List.of(TASK_A, TASK_B)));
    networks.get(0).attachIngress(A, taskA.netns(), TASK_A);
    assertThat(hosts.get(0).exec("nft", "list", "ruleset")).isEqualTo(before);
    assertThat(hosts.get(0).ip("-o", "link")).isEqualTo(links);
    assertThat(answers(outside, "10.77.0.1")).hasSize(2);
  }

  @Test
  void removeAllLeavesNothing() throws IOException {
    networks.get(0).removeAll();
    TestHost host = hosts.get(0);
    assertThat(host.ip("-o", "link").lines()).hasSize(2);
    assertThat(host.exec("nft", "list", "ruleset")).isBlank();
    assertThat(host.ip("rule").lines()).hasSize(3);
    assertThat(host.ip("route").lines()).hasSize(2);
    assertThat(taskA.ip("-o", "link").lines()).hasSize(1);
  }

  /// What a member sends arrives at the task; the same from a stranger or a container does not.
  @Test
  void strangersAndContainersCannotSendVxlan() throws Exception {
    Path server =
        script(
            "sink.py",
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(("0.0.0.0", 9))
            print("ready", flush=True)
            while True:
                print(s.recv(100).decode(), flush=True)
            """);
    Path forger =
        script(
            "forger.py",
            """
            import socket, struct, sys
            text = sys.argv[1].encode()
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(text), 1, 0, 64, 17, 0,
                socket.inet_aton("10.255.0.4"), socket.inet_aton("10.255.0.10"))
            total = sum(struct.unpack("!10H", ip))
            total = (total & 0xffff) + (total >> 16)
            total = (total & 0xffff) + (total >> 16)
            ip = ip[:10] + struct.pack("!H", total ^ 0xffff) + ip[12:]
            udp = struct.pack("!HHHH", 4000, 9, 8 + len(text), 0) + text
            frame = bytes.fromhex("02420aff000a02420aff00040800") + ip + udp
            vxlan = struct.pack("!II", 0x08000000, 4096 << 8)
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.sendto(vxlan + frame, ("10.77.0.1", 4789))
            """);
    Path log = folder.resolve("sink.log");
    taskA.start(log.toFile(), "python3", server.toString());
    WebServer.await(() -> read(log).contains("ready"), "the task listens");
    outside.exec("python3", forger.toString(), "stranger");
    taskB.exec("python3", forger.toString(), "container");
    hosts.get(2).exec("python3", forger.toString(), "member");
    WebServer.await(() -> read(log).contains("member"), "a member's datagram arrives");
    assertThat(read(log)).isEqualTo("ready\nmember\n");
  }

  @Test
  void attachingBeforeTheStateIsAppliedSaysSo() throws IOException {
    networks.get(2).removeIngress();
    assertThatThrownBy(() -> networks.get(2).attachIngress(B, taskB.netns(), TASK_B))
        .hasMessageContaining("apply its state before attaching");
  }

  /// The different answers of as many requests as there are backends.
  private static SortedSet<String> answers(TestHost from, String address) {
    var answers = new TreeSet<String>();
    answers.add(WebServer.ask(from, address, PUBLISHED));
    answers.add(WebServer.ask(from, address, PUBLISHED));
    return answers;
  }
}
