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
@Tag("chaos")
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

  /// Each is where the log says that the other is.
  @Test
  @Order(5)
  void managers_that_swap_their_addresses_are_told_apart() throws Exception {
    int one = moved % 3 + 1;
    int other = one % 3 + 1;
    for (int host : new int[] {one, other}) {
      CLUSTER.cluster().kill(host);
    }
    move(one, TestCluster.address(one), "10.77.0.130");
    move(other, TestCluster.address(other), TestCluster.address(one));
    move(one, "10.77.0.130", TestCluster.address(other));
    for (int host : new int[] {one, other}) {
      CLUSTER.cluster().start(host);
    }
    awaitAt(moved, one, TestCluster.address(other));
    awaitAt(moved, other, TestCluster.address(one));
    awaitWrites("swapped");
    awaitVotesOf(one, other);
  }

  /// The log names this address for another member.
  @Test
  @Order(6)
  void a_node_where_a_manager_was_when_it_joined_can_be_promoted() throws Exception {
    move(4, "10.77.0.104", TestCluster.address(moved));
    awaitAt(moved, 4, TestCluster.address(moved));
    var _ =
        new Shell(CLUSTER, Client.DOCKER, moved)
            .ok("node", "promote", CLUSTER.cluster().hostname(4));
    Wait.until("the new manager accepts writes", LIMIT, () -> writes(4, "promoted"));
  }

  /// The third one is away: each needs the other's.
  private static void awaitVotesOf(int one, int other) throws Exception {
    CLUSTER.cluster().kill(moved);
    Wait.until(
        "the two that swapped agree", LIMIT, () -> writes(one, "alone") && writes(other, "alone"));
    CLUSTER.cluster().start(moved);
    CLUSTER.awaitReady(moved, 4);
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
    move(host, TestCluster.address(host), address);
  }

  private static void move(int host, String from, String to)
      throws IOException, InterruptedException {
    String script = "ip addr del %s/24 dev eth0 && ip addr add %s/24 dev eth0".formatted(from, to);
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
