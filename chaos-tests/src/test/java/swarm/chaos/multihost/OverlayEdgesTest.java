package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

/// Two networks with the same addresses, and a host that gets another name.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OverlayEdgesTest {
  private static final int HOSTS = 2;
  private static final int CALLS = 20;
  private static final Duration ANSWER = Duration.ofSeconds(2);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, 1);

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  /// Who answers tasks of a service at an address.
  private static Set<String> answers(String service, String address) throws IOException {
    var all = new TreeSet<String>();
    var to = new InetSocketAddress(InetAddress.ofLiteral(address), 80);
    for (Swarm.TaskView task : CLUSTER.swarm(1).running(service)) {
      for (int call = 0; call < CALLS; call++) {
        all.add(
            NetworkNamespaces.call(
                    Path.of("/proc/" + task.pid() + "/ns/net"),
                    () -> HttpCall.send(to, "GET", "/", "text/plain", new byte[0], ANSWER))
                .text()
                .strip());
      }
    }
    return all;
  }

  private static Set<String> containers(String service) throws IOException {
    var all = new HashSet<String>();
    CLUSTER.swarm(1).running(service).forEach(task -> all.add(task.containerId().substring(0, 12)));
    return all;
  }

  private String virtual(String service) throws IOException {
    return cluster
        .api(1)
        .get("/services/" + service)
        .at("/Endpoint/VirtualIPs/0/Addr")
        .asText()
        .replaceFirst("/.*", "");
  }

  @Test
  @Order(1)
  void theSameAddressesOnTwoNetworksDoNotMeet() throws Exception {
    for (String network : new String[] {"red", "blue"}) {
      docker.ok("network", "create", "-d", "overlay", "--subnet", "10.99.0.0/24", network);
      docker.ok(
          ("service create -d --no-resolve-image --stop-signal SIGKILL --mode global --name web-"
                  + network
                  + " --network "
                  + network
                  + " "
                  + IMAGE)
              .split(" "));
    }
    CLUSTER.awaitRunning(1, "web-red", HOSTS, 0);
    CLUSTER.awaitRunning(1, "web-blue", HOSTS, 0);
    assertThat(virtual("web-red")).as("the same").isEqualTo(virtual("web-blue"));
    for (String service : new String[] {"web-red", "web-blue"}) {
      Wait.until(
          "callers meet the tasks of their own network alone",
          LIMIT,
          () -> answers(service, virtual(service)).equals(containers(service)));
    }
  }

  @Test
  @Order(2)
  void aHostThatGetsAnotherNameGoesOn() throws Exception {
    Set<String> before = containers("web-red");
    Process rename = cluster.on(2, "hostname", "another").inheritIO().start();
    assertThat(rename.waitFor()).isZero();
    cluster.stop(2);
    cluster.start(2);
    Wait.until(
        "the node has its new name",
        LIMIT,
        () ->
            CLUSTER.swarm(1).nodes().stream()
                .anyMatch(node -> node.hostname().equals("another") && node.ready()));
    assertThat(containers("web-red")).as("its tasks run on").isEqualTo(before);
    assertThat(answers("web-red", virtual("web-red"))).isEqualTo(before);
    docker.ok(
        ("service create -d --no-resolve-image --stop-signal SIGKILL --name there --network red"
                + " --constraint node.hostname==another "
                + IMAGE)
            .split(" "));
    CLUSTER.awaitRunning(1, "there", 1, 0);
    Wait.until(
        "it is reached by its virtual address",
        LIMIT,
        () -> answers("web-red", virtual("there")).equals(containers("there")));
  }

  @Test
  @Order(3)
  void theMeshRunsOnTheNetworkThatUsersMadeForIt() throws Exception {
    publish("before").ok();
    CLUSTER.awaitRunning(1, "before", 1, 0);
    assertThat(remove("y\n").err())
        .contains("ingress network cannot be removed because service ")
        .contains("depends on it");
    docker.ok("service", "rm", "before");
    assertThat(remove("n\n").status()).isZero();
    assertThat(docker.ok("network", "ls", "-q", "-f", "name=ingress"))
        .as("not told to")
        .isNotEmpty();
    assertThat(remove("y\n").status()).isZero();
    for (int host = 1; host <= HOSTS; host++) {
      int there = host;
      Wait.until("host " + host + " has no mesh", LIMIT, () -> !hasLink(there, "swingress"));
    }
    publish("without").fails("service needs ingress network, but no ingress network is present");
    docker
        .fails("network", "create", "-d", "overlay", "--ingress", "--attachable", "mesh")
        .contains("ingress network cannot be attachable");
    String id =
        docker
            .ok(
                ("network create -d overlay --ingress --subnet 10.98.0.0/24 --gateway 10.98.0.2 --opt"
                        + " com.docker.network.driver.mtu=1200 --label a=b mesh")
                    .split(" "))
            .strip();
    docker
        .fails("network", "create", "-d", "overlay", "--ingress", "another")
        .contains("ingress network (" + id + ") is already present");
    assertThat(
            docker.ok(
                "network",
                "inspect",
                "mesh",
                "--format",
                "{{.Ingress}} {{.IPAM.Config}} {{.Labels}}"))
        .isEqualTo("true [{10.98.0.0/24  10.98.0.2 map[]}] map[a:b]\n");
    publish("after").ok();
    CLUSTER.awaitRunning(1, "after", 1, 0);
    for (int host = 1; host <= HOSTS; host++) {
      assertThat(containers("after")).contains(CLUSTER.awaitAnswer(host, 8099));
    }
  }

  /// A service on the mesh that is to be made.
  private record Publishing(Shell docker, String name) {
    private String[] words() {
      return ("service create -d --no-resolve-image --stop-signal SIGKILL -p 8099:80 --name "
              + name
              + " "
              + IMAGE)
          .split(" ");
    }

    void ok() throws Exception {
      docker.ok(words());
    }

    void fails(String why) throws Exception {
      docker.fails(words()).contains(why);
    }
  }

  private Publishing publish(String name) {
    return new Publishing(docker, name);
  }

  private Client.Done remove(String answer) throws Exception {
    return docker.run(answer.getBytes(StandardCharsets.UTF_8), List.of("network", "rm", "ingress"));
  }

  private boolean hasLink(int host, String name) throws IOException, InterruptedException {
    return cluster.on(host, "ip", "link", "show", name).start().waitFor() == 0;
  }
}
