package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.HttpCall;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.linux.NetworkNamespaces;

/// Callers that keep their task, through whichever host they come and by virtual address; and ports
/// that answer at some addresses only.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CallersTest {
  private static final int HOSTS = 3;
  private static final int PORT = 8080;
  private static final int CALLS = 12;
  private static final int CALLERS = 8;
  private static final int TIMEOUT_MILLIS = 2_000;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, 1);

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  private void create(String name, String options, String... command) throws Exception {
    var words = new ArrayList<>(List.of("service", "create", "--detach", "--name", name));
    words.addAll(List.of("--stop-signal", "SIGKILL", "--no-resolve-image"));
    words.addAll(List.of(options.split(" ")));
    words.add(IMAGE);
    words.addAll(List.of(command));
    own.ok(words);
  }

  /// Neighbours' addresses: each is another caller.
  private static String caller(int number) {
    return "10.77.0." + (200 + number);
  }

  /// Who answers a caller through a host.
  private String answer(String from, int host) throws IOException {
    return cluster.asNeighbour(
        () -> {
          try (var socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(
                new InetSocketAddress(InetAddress.ofLiteral(TestCluster.address(host)), PORT),
                TIMEOUT_MILLIS);
            socket
                .getOutputStream()
                .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String said =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return said.substring(said.indexOf("\r\n\r\n") + 4).strip();
          }
        });
  }

  /// Who answers each caller through any host.
  private Map<String, Set<String>> answers() throws IOException {
    var all = new TreeMap<String, Set<String>>();
    for (int number = 1; number <= CALLERS; number++) {
      var those = new TreeSet<String>();
      for (int call = 0; call < CALLS; call++) {
        those.add(answer(caller(number), call % HOSTS + 1));
      }
      all.put(caller(number), those);
    }
    return all;
  }

  private Set<String> containers() throws IOException {
    var all = new TreeSet<String>();
    CLUSTER.swarm(1).running("web").forEach(t -> all.add(t.containerId().substring(0, 12)));
    return all;
  }

  /// Who answers calls to the virtual address from a task.
  private Set<String> byVirtualAddress(Swarm.TaskView task, String address) throws IOException {
    var all = new TreeSet<String>();
    var to = new InetSocketAddress(InetAddress.ofLiteral(address), 80);
    for (int call = 0; call < CALLS; call++) {
      all.add(
          NetworkNamespaces.call(
                  Path.of("/proc/" + task.pid() + "/ns/net"),
                  () -> HttpCall.send(to, "GET", "/", "text/plain", new byte[0], LIMIT))
              .text()
              .strip());
    }
    return all;
  }

  @Test
  @Order(1)
  void aCallerKeepsItsTask() throws Exception {
    for (int number = 1; number <= CALLERS; number++) {
      Process process =
          cluster
              .neighbour(List.of("ip", "address", "add", caller(number) + "/24", "dev", "br0"))
              .inheritIO()
              .start();
      assertThat(process.waitFor()).isZero();
    }
    docker.ok("network", "create", "-d", "overlay", "front");
    create(
        "web",
        "--replicas 3 --network front --affinity client-ip --publish published=8080,target=80");
    create("caller", "--mode global --network front", "sleep", "1000000");
    CLUSTER.awaitRunning(1, "web", 3, 0);
    CLUSTER.awaitRunning(1, "caller", HOSTS, 0);
    Wait.until(
        "each caller has a task, and all tasks a caller",
        LIMIT,
        () -> {
          Map<String, Set<String>> all = answers();
          var met = new TreeSet<String>();
          all.values().forEach(met::addAll);
          return all.values().stream().allMatch(each -> each.size() == 1) && met.size() > 1;
        });
    String address = cluster.api(1).get("/services/web").at("/Endpoint/VirtualIPs/0/Addr").asText();
    String front = address.replaceFirst("/.*", "");
    for (Swarm.TaskView task : CLUSTER.swarm(1).running("caller")) {
      assertThat(byVirtualAddress(task, front)).hasSize(1);
    }
  }

  @Test
  @Order(2)
  void onlyTheCallersOfALostTaskMeetAnother() throws Exception {
    Map<String, Set<String>> before = answers();
    String kept = before.getOrDefault(caller(1), Set.of()).iterator().next();
    Swarm.TaskView other =
        CLUSTER.swarm(1).running("web").stream()
            .filter(task -> !task.containerId().startsWith(kept))
            .findFirst()
            .orElseThrow();
    String lost = other.containerId().substring(0, 12);
    docker.ok("service", "update", "--detach", "--no-resolve-image", "--replicas", "3", "web");
    ProcessHandle.of(other.pid()).orElseThrow().destroyForcibly();
    Wait.until(
        "another takes its place",
        LIMIT,
        () -> containers().size() == 3 && !containers().contains(lost));
    Wait.until(
        "each caller has a task of those that run",
        LIMIT,
        () ->
            answers().values().stream().allMatch(each -> each.size() == 1 && !each.contains(lost)));
    assertThat(cluster.api(1).get("/services/web").at("/Spec/Labels/swarm.affinity").asText())
        .as("Docker's command keeps it")
        .isEqualTo("client-ip");
  }

  @Test
  @Order(3)
  void withoutItACallerMeetsAll() throws Exception {
    own.ok("service", "update", "--detach", "--no-resolve-image", "--affinity", "none", "web");
    Wait.until(
        "one caller meets all tasks", LIMIT, () -> containers().equals(answers().get(caller(1))));
  }

  @Test
  @Order(4)
  void aPortAnswersWhereItIsToldTo() throws Exception {
    own.ok(
        "service",
        "update",
        "--detach",
        "--no-resolve-image",
        "--publish-add",
        "published=8080,target=80,host_ip=10.77.0.2",
        "web");
    Wait.until("host 2 alone answers", LIMIT, () -> answering().equals(Set.of(2)));
    own.ok(
        "service",
        "update",
        "--detach",
        "--no-resolve-image",
        "--publish-add",
        "published=8080,target=80,host_ip=10.77.0.2/31",
        "web");
    Wait.until("hosts 2 and 3 answer", LIMIT, () -> answering().equals(Set.of(2, 3)));
    own.fails(
            "service",
            "update",
            "--detach",
            "--label-add",
            "swarm.publish.host-ip=81=10.77.0.2",
            "web")
        .contains("names port 81/tcp, which the service does not publish in mode ingress");
    assertThat(
            own.run(
                    "service",
                    "create",
                    "--detach",
                    "--publish",
                    "published=81,target=80,mode=host,host_ip=10.77.0.2",
                    IMAGE)
                .err())
        .contains("host_ip is for ports with 'published=' and mode ingress");
    own.ok(
        "service", "update", "--detach", "--no-resolve-image", "--publish-add", "8080:80", "web");
    Wait.until("all hosts answer", LIMIT, () -> answering().equals(Set.of(1, 2, 3)));
  }

  private Set<Integer> answering() {
    var all = new TreeSet<Integer>();
    for (int host = 1; host <= HOSTS; host++) {
      try {
        var _ = answer(caller(1), host);
        all.add(host);
      } catch (IOException _) {
        // it does not
      }
    }
    return all;
  }
}
