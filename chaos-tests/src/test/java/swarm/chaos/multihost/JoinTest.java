package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Joining, and what it refuses: a refusal says why and changes nothing.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class JoinTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.apart(3, "--rehearse");

  @Test
  @Order(1)
  void a_node_in_no_swarm_says_so() {
    refused(503, () -> CLUSTER.cluster().api(1).get("/nodes"));
  }

  @Test
  @Order(2)
  void init_makes_a_swarm_of_one_and_only_once() throws Exception {
    CLUSTER.cluster().api(1).post("/swarm/init", address(1));
    CLUSTER.awaitReady(1, 1);
    refused(503, () -> CLUSTER.cluster().api(1).post("/swarm/init", address(1)));
    assertThat(CLUSTER.swarm(1).nodes()).hasSize(1);
  }

  @Test
  @Order(3)
  void a_wrong_secret_is_refused() throws Exception {
    String token = token("Worker");
    String wrong = token.substring(0, token.lastIndexOf('-') + 1) + "0".repeat(25);
    refused(400, 599, "", () -> CLUSTER.cluster().join(2, wrong));
    stillOutside(2);
  }

  @Test
  @Order(4)
  void a_token_of_another_swarm_is_refused() throws Exception {
    String[] parts = token("Worker").split("-");
    String digest = "0".repeat(parts[2].length());
    refused(400, 599, "", () -> CLUSTER.cluster().join(2, "SWMTKN-1-" + digest + "-" + parts[3]));
    stillOutside(2);
  }

  @Test
  @Order(5)
  void what_is_no_token_at_all_is_refused() throws Exception {
    refused(400, 599, "", () -> CLUSTER.cluster().join(2, "nonsense"));
    stillOutside(2);
  }

  @Test
  @Order(6)
  void an_address_where_no_manager_answers_is_refused() throws Exception {
    ObjectNode body = address(2).put("JoinToken", token("Worker"));
    body.putArray("RemoteAddrs").add(TestCluster.address(3) + ":2377");
    String why =
        "manager " + TestCluster.address(3) + ":2377 cannot be reached: connection refused";
    refused(503, why, () -> CLUSTER.cluster().api(2).post("/swarm/join", body));
    stillOutside(2);
  }

  @Test
  @Order(7)
  void a_worker_joins_and_may_not_manage() throws Exception {
    CLUSTER.cluster().join(2, token("Worker"));
    CLUSTER.awaitReady(1, 2);
    assertThat(CLUSTER.swarm(1).nodes())
        .anyMatch(n -> n.hostname().equals(CLUSTER.cluster().hostname(2)) && !n.manager());
    refused(503, () -> CLUSTER.cluster().api(2).get("/nodes"));
    refused(503, () -> CLUSTER.cluster().api(2).get("/swarm"));
  }

  @Test
  @Order(8)
  void a_node_in_a_swarm_joins_no_second_time() throws Exception {
    refused(503, () -> CLUSTER.cluster().join(2, token("Manager")));
    assertThat(CLUSTER.swarm(1).nodes()).hasSize(2);
  }

  @Test
  @Order(9)
  void a_rotated_token_is_worth_nothing_any_more() throws Exception {
    String old = token("Manager");
    var swarm = CLUSTER.cluster().api(1).get("/swarm");
    CLUSTER
        .cluster()
        .api(1)
        .post(
            "/swarm/update?rotateManagerToken=true&version="
                + swarm.path("Version").path("Index").asLong(),
            swarm.path("Spec"));
    assertThat(token("Manager")).isNotEqualTo(old);
    refused(400, 599, "", () -> CLUSTER.cluster().join(3, old));
    stillOutside(3);
    CLUSTER.cluster().join(3, token("Manager"));
    CLUSTER.awaitReady(3, 3);
  }

  @Test
  @Order(10)
  void a_worker_leaves() throws Exception {
    CLUSTER.cluster().api(2).post("/swarm/leave");
    stillOutside(2);
    CLUSTER.awaitReady(1, 2);
  }

  /// Its daemon starts again in the middle of it, which is when somebody else could be first.
  @Test
  @Order(11)
  void an_address_of_a_node_is_nobody_elses() throws Exception {
    ObjectNode body = address(3).put("JoinToken", token("Worker"));
    body.putArray("RemoteAddrs").add(TestCluster.address(1) + ":2377");
    String why = "which is the address of node " + CLUSTER.nodeId(1, 3);
    var join =
        CompletableFuture.runAsync(
            () -> refused(503, why, () -> CLUSTER.cluster().api(2).post("/swarm/join", body)));
    Wait.until(
        "it tries", LIMIT, () -> CLUSTER.swarm(1).nodes().stream().anyMatch(n -> !n.manager()));
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    CLUSTER.awaitReady(3, 2);
    join.join();
    stillOutside(2);
    assertThat(CLUSTER.swarm(3).nodes())
        .filteredOn(node -> !node.manager())
        .noneMatch(Swarm.NodeView::ready);
  }

  /// Its manager is not in the log before it is taken in, so it need not wait for that longer than
  /// a worker waits.
  @Test
  @Order(12)
  void nor_is_it_another_managers() throws Exception {
    ObjectNode body = address(3).put("JoinToken", token("Manager"));
    body.putArray("RemoteAddrs").add(TestCluster.address(1) + ":2377");
    String why = "which is the address of node " + CLUSTER.nodeId(1, 3);
    long began = System.nanoTime();
    refused(503, why, () -> CLUSTER.cluster().api(2).post("/swarm/join", body));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    stillOutside(2);
  }

  private static String token(String role) throws IOException {
    return CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path(role).asText();
  }

  private static ObjectNode address(int host) {
    return JSON.createObjectNode()
        .put("ListenAddr", "0.0.0.0:2377")
        .put("AdvertiseAddr", TestCluster.address(host));
  }

  private static void stillOutside(int host) throws IOException {
    assertThat(
            CLUSTER.cluster().api(host).get("/info").path("Swarm").path("LocalNodeState").asText())
        .isEqualTo("inactive");
  }
}
