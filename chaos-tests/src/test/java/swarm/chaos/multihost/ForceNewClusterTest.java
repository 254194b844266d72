package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Two of three managers die for good; the third goes on alone. Host 4 is a worker, 5 in no swarm.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ForceNewClusterTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(5);

  private static String managerToken = "";
  private static String workerToken = "";
  private static JsonNode authority = MissingNode.getInstance();
  private static Set<Long> onWorker = new TreeSet<>();

  @Test
  @Order(1)
  void a_cluster_with_a_service_loses_two_of_three_managers() throws Exception {
    CLUSTER.cluster().init(1);
    JsonNode tokens = CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens");
    managerToken = tokens.path("Manager").asText();
    workerToken = tokens.path("Worker").asText();
    authority = CLUSTER.cluster().api(1).get("/swarm").path("TLSInfo");
    CLUSTER.cluster().join(2, managerToken);
    CLUSTER.cluster().join(3, managerToken);
    CLUSTER.cluster().join(4, workerToken);
    CLUSTER.awaitReady(1, 4);
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 8));
    CLUSTER.awaitRunning(1, "web", 8, 0);
    onWorker = processesOn(1, 4);
    assertThat(onWorker).isNotEmpty();

    CLUSTER.cluster().killHost(1);
    CLUSTER.cluster().killHost(2);
    Wait.until(
        "the last manager misses its leader",
        LIMIT,
        () -> CLUSTER.cluster().api(3).text("/metrics").contains("swarm_raft_has_leader 0"));
    refused(
        500,
        "does not have a leader",
        () -> CLUSTER.swarm(3).create(Swarm.service("none", IMAGE, 1)));
  }

  @Test
  @Order(2)
  void a_worker_cannot_force_a_new_cluster() throws Exception {
    var done =
        Client.SWARM.run(CLUSTER.cluster(), 4, new byte[0], List.of("init", "--force-new-cluster"));
    assertThat(done.status()).isEqualTo(1);
    assertThat(done.err()).contains("This node is not participating as a Swarm manager");
  }

  @Test
  @Order(3)
  void the_third_goes_on_alone_with_everything() throws Exception {
    var done =
        Client.SWARM.run(CLUSTER.cluster(), 3, new byte[0], List.of("init", "--force-new-cluster"));
    assertThat(done.status()).as("%s", done).isZero();
    assertThat(done.out()).contains("Swarm initialized: current node (");

    JsonNode swarm = CLUSTER.cluster().api(3).get("/swarm");
    assertThat(swarm.path("JoinTokens").path("Manager").asText()).isEqualTo(managerToken);
    assertThat(swarm.path("JoinTokens").path("Worker").asText()).isEqualTo(workerToken);
    assertThat(swarm.path("TLSInfo")).isEqualTo(authority);
    assertThat(CLUSTER.cluster().api(3).get("/services")).hasSize(1);
    assertThat(CLUSTER.swarm(3).nodes().stream().filter(Swarm.NodeView::manager))
        .singleElement()
        .satisfies(
            n -> {
              assertThat(n.hostname()).isEqualTo(CLUSTER.cluster().hostname(3));
              assertThat(n.leader()).isTrue();
            });
    CLUSTER.awaitReady(3, 2);
    CLUSTER.awaitRunning(3, "web", 8, 0);
    assertThat(processesOn(3, 4)).as("tasks of the worker run on").containsAll(onWorker);
    CLUSTER.swarm(3).scale("web", 10);
    CLUSTER.awaitRunning(3, "web", 10, 0);
  }

  @Test
  @Order(4)
  void the_daemon_starts_again_as_what_it_became() throws Exception {
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    CLUSTER.awaitReady(3, 2);
    CLUSTER.awaitRunning(3, "web", 10, 0);
  }

  @Test
  @Order(5)
  void a_new_manager_joins_with_the_old_token() throws Exception {
    CLUSTER.cluster().join(5, 3, managerToken);
    CLUSTER.awaitReady(3, 3);
    Wait.until(
        "both managers are named",
        LIMIT,
        () ->
            CLUSTER.swarm(5).nodes().stream()
                    .filter(n -> n.reachability().equals("reachable"))
                    .count()
                == 2);
    CLUSTER.swarm(5).scale("web", 6);
    CLUSTER.awaitRunning(5, "web", 6, 0);
  }

  @Test
  @Order(6)
  void old_managers_that_come_back_have_no_say() throws Exception {
    String leader = CLUSTER.swarm(3).leader().orElseThrow().id();
    long version = CLUSTER.cluster().api(3).get("/swarm").path("Version").path("Index").asLong();
    for (int old = 1; old <= 2; old++) {
      CLUSTER.cluster().mend(old);
      CLUSTER.cluster().start(old);
    }
    // two of the old three are a majority of the old cluster: they may think what they like
    Wait.until(
        "the old ones have a leader among them",
        LIMIT,
        () -> CLUSTER.swarm(1).leader().isPresent());
    CLUSTER.swarm(3).scale("web", 7);
    CLUSTER.awaitRunning(3, "web", 7, 0);
    assertThat(CLUSTER.swarm(3).leader().orElseThrow().id()).isEqualTo(leader);
    assertThat(CLUSTER.cluster().api(3).get("/swarm").path("Version").path("Index").asLong())
        .isEqualTo(version);
    assertThat(CLUSTER.swarm(3).nodes().stream().filter(Swarm.NodeView::ready)).hasSize(3);
  }

  @Test
  @Order(7)
  void an_old_manager_joins_again_after_it_left() throws Exception {
    var left = Client.SWARM.run(CLUSTER.cluster(), 1, new byte[0], List.of("leave", "--force"));
    assertThat(left.status()).as("%s", left).isZero();
    CLUSTER.cluster().join(1, 3, managerToken);
    CLUSTER.awaitReady(3, 4);
    assertThat(CLUSTER.swarm(1).nodes().stream().filter(n -> n.reachability().equals("reachable")))
        .hasSize(3);
  }

  private static Set<Long> processesOn(int seenBy, int host) throws IOException {
    String node = CLUSTER.nodeId(seenBy, host);
    var all = new TreeSet<Long>();
    CLUSTER.swarm(seenBy).running("web").stream()
        .filter(t -> t.nodeId().equals(node))
        .forEach(t -> all.add(t.pid()));
    return all;
  }
}
