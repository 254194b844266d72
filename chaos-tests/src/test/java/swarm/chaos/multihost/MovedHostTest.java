package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Hosts get other addresses: the others find them by their identity.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MovedHostTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(4, 3);

  private static int moved;

  @Test
  @Order(1)
  void a_worker_is_found_at_its_new_address() throws Exception {
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 4));
    CLUSTER.awaitRunning(1, "web", 4, 0);
    move(4, "10.77.0.104");
    awaitAt(1, 4, "10.77.0.104");
    CLUSTER.awaitRunning(1, "web", 4, 0);
  }

  @Test
  @Order(2)
  void a_manager_is_found_though_its_daemon_was_away() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    moved = leader % 3 + 1;
    CLUSTER.cluster().kill(moved);
    move(moved, "10.77.0.11" + moved);
    CLUSTER.cluster().start(moved);
    awaitAt(leader, moved, "10.77.0.11" + moved);
    String id = CLUSTER.swarm(moved).create(Swarm.service("by-the-moved-one", IMAGE, 0));
    assertThat(id).isNotEmpty();
  }

  @Test
  @Order(3)
  void the_log_reaches_it_there_also_when_the_others_begin_anew() throws Exception {
    for (int host : new int[] {1, 2, 3}) {
      CLUSTER.cluster().kill(host);
    }
    for (int host : new int[] {1, 2, 3}) {
      CLUSTER.cluster().start(host);
    }
    awaitWrites("again");
  }

  @Test
  @Order(4)
  void writes_reach_it_where_it_leads() throws Exception {
    CLUSTER.awaitReady(moved, 4);
    for (int tries = 1; CLUSTER.leaderHost(moved) != moved; tries++) {
      assertThat(tries).as("elections that host " + moved + " did not win").isLessThan(20);
      int other = CLUSTER.leaderHost(moved);
      CLUSTER.cluster().kill(other);
      Wait.until("another leads", LIMIT, () -> CLUSTER.leaderHost(moved) != other);
      CLUSTER.cluster().start(other);
      CLUSTER.awaitReady(moved, 4);
    }
    awaitWrites("led");
  }

  private static void awaitWrites(String name) throws IOException, InterruptedException {
    Wait.until(
        "every manager accepts writes",
        LIMIT,
        () -> {
          for (int host : new int[] {1, 2, 3}) {
            if (!writes(host, name)) {
              return false;
            }
          }
          return true;
        });
  }

  private static boolean writes(int host, String name) {
    try {
      CLUSTER.swarm(host).create(Swarm.service(name + "-" + host, IMAGE, 0));
      return true;
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("conflicts with an existing object");
    }
  }

  /// The old address goes first: the kernel removes the others of a network with its first one.
  private static void move(int host, String address) throws IOException, InterruptedException {
    String script =
        "ip addr del %s/24 dev eth0 && ip addr add %s/24 dev eth0"
            .formatted(TestCluster.address(host), address);
    assertThat(CLUSTER.cluster().on(host, "sh", "-c", script).inheritIO().start().waitFor())
        .as(script)
        .isZero();
  }

  private static void awaitAt(int seenBy, int host, String address) throws Exception {
    Wait.until(
        "host " + host + " is ready at " + address,
        LIMIT,
        () -> {
          for (JsonNode node : CLUSTER.cluster().api(seenBy).get("/nodes")) {
            if (node.at("/Description/Hostname")
                .asText()
                .equals(CLUSTER.cluster().hostname(host))) {
              JsonNode manager = node.path("ManagerStatus");
              return node.at("/Status/Addr").asText().equals(address)
                  && node.at("/Status/State").asText().equals("ready")
                  && (manager.isMissingNode()
                      || manager.path("Addr").asText().equals(address + ":2377"));
            }
          }
          return false;
        });
  }
}
