package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// A network of users' across three hosts: names, virtual addresses, a lost host, a daemon that
/// starts again, and nothing left in the end.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OverlayTest {
  private static final long SECONDS = 30;
  private static final int REPLICAS = 3;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  private static final List<String> BEFORE = new ArrayList<>();

  private static String on(int host, String... command) throws IOException {
    Process process = CLUSTER.cluster().on(host, command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return out;
  }

  /// What of the kernel's is not the hosts' own.
  private static String seen(int host) throws IOException {
    return on(host, "ip", "-br", "link").replaceAll("@\\S+", "")
        + on(host, "nft", "list", "tables")
        + on(host, "bridge", "fdb").lines().filter(line -> line.contains("dst")).sorted().toList()
        + on(host, "ip", "neighbour", "show", "nud", "permanent").lines().sorted().toList();
  }

  private static Shell shell(int host) {
    return new Shell(CLUSTER, Client.DOCKER, host);
  }

  /// Runs a command in the container of a service's task on a host.
  private static Client.Done in(int host, String service, String... command) throws IOException {
    String label = "label=com.docker.swarm.service.name=" + service;
    String container = run(host, "ps", "-q", "--filter", label).out().strip();
    return run(
        host,
        Stream.concat(Stream.of("exec", container), Stream.of(command)).toArray(String[]::new));
  }

  private static Client.Done run(int host, String... words) throws IOException {
    try {
      return shell(host).run(words);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static String answer(int host, String url) throws IOException {
    return in(host, "client", "wget", "-q", "-O-", url).out().strip();
  }

  private static void everybodyAnswers(int host) throws Exception {
    Set<String> seen = new HashSet<>();
    Wait.until(
        "all replicas answer a caller on host " + host,
        LIMIT,
        () -> {
          seen.add(answer(host, "http://web/"));
          return seen.containsAll(containers());
        });
  }

  private static Set<String> containers() throws IOException {
    var all = new HashSet<String>();
    CLUSTER.swarm(1).running("web").forEach(t -> all.add(t.containerId().substring(0, 12)));
    return all;
  }

  /// The addresses behind a name.
  private static Set<String> resolve(int host, String name) throws IOException {
    var found = new HashSet<String>();
    String out = in(host, "client", "busybox", "nslookup", "-type=a", name).out();
    boolean answers = false;
    for (String line : out.lines().toList()) {
      answers |= line.startsWith("Name:");
      if (answers && line.startsWith("Address")) {
        found.add(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return found;
  }

  @Test
  @Order(1)
  void names_lead_to_services_and_tasks_on_every_host() throws Exception {
    for (int host = 1; host <= 3; host++) {
      int at = host;
      Wait.until(
          "host " + host + " knows the others' place in the mesh",
          LIMIT,
          () ->
              on(at, "bridge", "fdb").lines().filter(line -> line.contains("dst 10.77.")).count()
                      == 2
                  && on(at, "nft", "list", "tables").contains("swarm_ingress"));
      BEFORE.add(seen(host));
    }
    Shell one = shell(1);
    String id = one.ok("network", "create", "-d", "overlay", "front").strip();
    assertThat(one.ok("network", "ls")).contains("front", "ingress");
    var _ =
        one.ok(
            "service",
            "create",
            "-d",
            "--stop-grace-period",
            "100ms",
            "--name",
            "web",
            "--replicas",
            "3",
            "--network",
            "name=front,alias=www",
            IMAGE);
    var _ =
        one.ok(
            "service",
            "create",
            "-d",
            "--stop-grace-period",
            "100ms",
            "--name",
            "client",
            "--mode",
            "global",
            "--network",
            "front",
            IMAGE,
            "sleep",
            "100000");
    CLUSTER.awaitRunning(1, "web", REPLICAS, 0);
    CLUSTER.awaitRunning(1, "client", 3, 0);
    JsonNode web = CLUSTER.cluster().api(1).get("/services/web");
    JsonNode vip = web.at("/Endpoint/VirtualIPs/0");
    assertThat(vip.path("NetworkID").asText()).isEqualTo(id);
    String address = vip.path("Addr").asText();
    for (int host = 1; host <= 3; host++) {
      int at = host;
      assertThat(resolve(host, "web")).containsExactly(address);
      Wait.until("all tasks have names", LIMIT, () -> resolve(at, "tasks.web").size() == 3);
      everybodyAnswers(host);
    }
    for (String name : List.of("web.front", "www", "WEB")) {
      assertThat(resolve(2, name)).as(name).containsExactly(address);
    }
    Swarm.TaskView task = CLUSTER.swarm(1).running("web").getFirst();
    String name = "web.%d.%s".formatted(task.slot(), task.id());
    Set<String> own = resolve(2, name);
    assertThat(own).hasSize(1);
    assertThat(in(3, "client", "busybox", "nslookup", own.iterator().next()).out())
        .contains(name + ".front");
    assertThat(one.ok("network", "inspect", "-v", "front")).contains(address, name);
  }

  @Test
  @Order(2)
  void calls_spread_evenly() throws Exception {
    var counted = new TreeMap<String, Integer>();
    String script = "i=0; while [ $i -lt 600 ]; do wget -q -O- http://web/; echo; i=$((i+1)); done";
    in(2, "client", "sh", "-c", script)
        .out()
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> counted.merge(line.strip(), 1, Integer::sum));
    assertThat(counted).hasSize(REPLICAS);
    assertThat(counted.values()).allMatch(count -> count > 140 && count < 260);
  }

  @Test
  @Order(3)
  void a_task_of_no_such_network_sees_nothing_of_it() throws Exception {
    var _ = shell(1).ok("network", "create", "-d", "overlay", "--internal", "back");
    var _ =
        shell(1)
            .ok(
                "service",
                "create",
                "-d",
                "--stop-grace-period",
                "100ms",
                "--name",
                "far",
                "--network",
                "back",
                IMAGE,
                "sleep",
                "100000");
    CLUSTER.awaitRunning(1, "far", 1, 0);
    int host = CLUSTER.cluster().size();
    while (shell(host)
        .ok("ps", "-q", "--filter", "label=com.docker.swarm.service.name=far")
        .isBlank()) {
      host--;
    }
    assertThat(in(host, "far", "busybox", "nslookup", "web").status()).isNotZero();
    assertThat(in(host, "far", "busybox", "ip", "route").out()).doesNotContain("default");
    var _ = shell(1).ok("service", "rm", "far");
    Wait.until("the network can go", LIMIT, () -> run(1, "network", "rm", "back").status() == 0);
  }

  @Test
  @Order(4)
  void plain_containers_join_networks_that_are_for_them() throws Exception {
    var _ = shell(1).ok("network", "create", "-d", "overlay", "--attachable", "open");
    assertThat(shell(1).run("run", "--rm", "--network", "front", IMAGE, "true").err())
        .contains("not manually attachable");
    var _ =
        shell(2)
            .ok(
                "run",
                "-d",
                "--name",
                "box",
                "--network",
                "open",
                "--network-alias",
                "shelf",
                IMAGE);
    var _ =
        shell(1).ok("run", "-d", "--name", "far", "--network", "open", IMAGE, "sleep", "100000");
    for (String name : List.of("box", "shelf", "box.open")) {
      Wait.until(
          name + " answers on another host",
          LIMIT,
          () -> run(1, "exec", "far", "wget", "-q", "-O-", "http://" + name + "/").status() == 0);
    }
    assertThat(shell(1).run("network", "rm", "open").err()).contains("is in use by task");
    var _ = shell(1).ok("run", "-d", "--name", "late", IMAGE, "sleep", "100000");
    var _ = shell(1).ok("network", "connect", "open", "late");
    Wait.until(
        "a container that joined later",
        LIMIT,
        () -> run(1, "exec", "late", "wget", "-q", "-O-", "http://box/").status() == 0);
    var _ = shell(1).ok("network", "disconnect", "open", "late");
    assertThat(run(1, "exec", "late", "wget", "-q", "-O-", "http://box/").status()).isNotZero();
    var _ = shell(1).ok("rm", "-f", "far", "late");
    var _ = shell(2).ok("rm", "-f", "box");
    Wait.until("the network can go", LIMIT, () -> run(1, "network", "rm", "open").status() == 0);
  }

  @Test
  @Order(5)
  void a_daemon_that_starts_again_disturbs_nobody() throws Exception {
    String pid =
        CLUSTER
            .cluster()
            .api(1)
            .get("/tasks?filters=%7B%22service%22%3A%5B%22client%22%5D%7D")
            .valueStream()
            .filter(t -> t.path("NodeID").asText().equals(nodeId(1)))
            .map(t -> t.at("/Status/ContainerStatus/PID").asText())
            .findFirst()
            .orElseThrow();
    String address =
        CLUSTER.cluster().api(1).get("/services/web").at("/Endpoint/VirtualIPs/0/Addr").asText();
    CLUSTER.cluster().kill(1);
    assertThat(
            on(
                1,
                "nsenter",
                "--net=/proc/" + pid + "/ns/net",
                "curl",
                "-s",
                "-m",
                "5",
                "http://" + address + "/"))
        .as("without a daemon")
        .isNotBlank();
    CLUSTER.cluster().start(1);
    CLUSTER.awaitReady(1, 3);
    everybodyAnswers(1);
  }

  private static String nodeId(int host) {
    try {
      return CLUSTER.cluster().api(host).get("/info").at("/Swarm/NodeID").asText();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @Order(6)
  void a_lost_host_is_out_and_its_tasks_are_replaced() throws Exception {
    CLUSTER.cluster().killHost(3);
    Wait.until(
        "names lead to no task of the lost host",
        LIMIT,
        () -> resolve(1, "tasks.web").size() == 3 && containers().size() == 3);
    everybodyAnswers(1);
    everybodyAnswers(2);
    CLUSTER.cluster().mend(3);
    CLUSTER.cluster().start(3);
    CLUSTER.awaitReady(3, 3);
    CLUSTER.awaitRunning(1, "client", 3, 0);
    everybodyAnswers(3);
  }

  @Test
  @Order(7)
  void networks_come_and_go_with_updates_and_nothing_is_left() throws Exception {
    Shell one = shell(1);
    var _ = one.ok("network", "create", "-d", "overlay", "--subnet", "10.99.0.0/24", "side");
    var _ =
        one.ok("service", "update", "-d", "--network-add", "side", "--network-rm", "front", "web");
    Wait.until(
        "all tasks are on the other network",
        LIMIT,
        () ->
            CLUSTER
                .cluster()
                .api(1)
                .get("/services/web")
                .at("/UpdateStatus/State")
                .asText()
                .equals("completed"));
    assertThat(CLUSTER.cluster().api(1).get("/services/web").at("/Endpoint/VirtualIPs/0/Addr"))
        .asString()
        .contains("10.99.0.");
    assertThat(one.run("network", "rm", "side").err()).contains("is in use by service");
    var _ = one.ok("service", "rm", "web", "client");
    for (String network : List.of("front", "side")) {
      Wait.until(
          "network " + network + " can go",
          LIMIT,
          () -> run(1, "network", "rm", network).status() == 0);
    }
    for (int host = 1; host <= 3; host++) {
      int at = host;
      String before = BEFORE.get(host - 1);
      Wait.until(
          "nothing is left on host " + host,
          LIMIT,
          () -> {
            String now = seen(at);
            if (!now.equals(before)) {
              throw new IOException("there was\n" + before + "and is\n" + now);
            }
            return true;
          });
    }
  }
}
