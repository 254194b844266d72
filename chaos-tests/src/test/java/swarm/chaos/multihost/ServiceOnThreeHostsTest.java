package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The main job: form, place, publish, lose a host, heal, take it back.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServiceOnThreeHostsTest {
  private static final int PORT = 8080;
  private static final int REPLICAS = 3;

  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3, "--rehearse");

  @Test
  @Order(1)
  void every_manager_sees_three_managers_and_one_leader() throws Exception {
    for (int host = 1; host <= 3; host++) {
      CLUSTER.awaitReady(host, 3);
      var nodes = CLUSTER.swarm(host).nodes();
      assertThat(nodes).allMatch(Swarm.NodeView::manager);
      assertThat(nodes.stream().filter(Swarm.NodeView::leader)).hasSize(1);
    }
  }

  @Test
  @Order(2)
  void replicas_spread_over_the_hosts_and_every_host_answers() throws Exception {
    Swarm swarm = CLUSTER.swarm(1);
    swarm.create(Swarm.published(Swarm.service("web", IMAGE, REPLICAS), PORT, 80));
    CLUSTER.awaitRunning(1, "web", REPLICAS, 0);
    assertThat(swarm.running("web").stream().map(Swarm.TaskView::nodeId)).doesNotHaveDuplicates();
    for (int host = 1; host <= 3; host++) {
      String first = CLUSTER.awaitAnswer(host, PORT);
      assertThat(containers()).contains(first);
    }
  }

  @Test
  @Order(3)
  void every_host_reaches_every_replica() throws Exception {
    Set<String> replicas = containers();
    for (int host = 1; host <= 3; host++) {
      int through = host;
      Set<String> seen = new HashSet<>();
      Wait.until(
          "host " + host + " hands out all replicas",
          LIMIT,
          () -> {
            seen.add(CLUSTER.cluster().fetch(through, PORT, "/").text().strip());
            return seen.equals(replicas);
          });
    }
  }

  @Test
  @Order(4)
  void a_killed_host_is_noticed_and_its_task_replaced() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    int dead = leader == 3 ? 2 : 3;
    int witness = 1;
    CLUSTER.cluster().killHost(dead);
    Wait.until(
        "host " + dead + " is down",
        LIMIT,
        () ->
            CLUSTER.swarm(witness).nodes().stream()
                .anyMatch(
                    n ->
                        n.hostname().equals(CLUSTER.cluster().hostname(dead))
                            && n.state().equals("down")));
    CLUSTER.awaitRunning(witness, "web", REPLICAS, dead);
    for (int host = 1; host <= 3; host++) {
      if (host != dead) {
        CLUSTER.awaitAnswer(host, PORT);
      }
    }
    CLUSTER.cluster().mend(dead);
    CLUSTER.cluster().start(dead);
    CLUSTER.awaitReady(dead, 3);
    CLUSTER.awaitRunning(dead, "web", REPLICAS, 0);
    CLUSTER.awaitAnswer(dead, PORT);
  }

  @Test
  @Order(5)
  void a_removed_service_leaves_no_container_and_no_open_port() throws Exception {
    CLUSTER.swarm(1).remove("web");
    for (int host = 1; host <= 3; host++) {
      int at = host;
      Wait.until(
          "no container on host " + host,
          LIMIT,
          () -> CLUSTER.cluster().api(at).get("/containers/json?all=1").isEmpty());
      Wait.until("port " + PORT + " of host " + host + " is closed", LIMIT, () -> isClosed(at));
    }
  }

  private static boolean isClosed(int host) {
    try {
      CLUSTER.cluster().fetch(host, PORT, "/");
      return false;
    } catch (java.io.IOException _) {
      return true;
    }
  }

  /// What the replicas call themselves: the beginnings of their containers' ids.
  private static Set<String> containers() throws java.io.IOException {
    return CLUSTER.swarm(1).running("web").stream()
        .map(t -> t.containerId().substring(0, 12))
        .collect(Collectors.toSet());
  }
}
