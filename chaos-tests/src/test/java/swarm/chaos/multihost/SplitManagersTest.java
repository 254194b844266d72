package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.bench.Weather;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// A leader that other managers do not reach while its clients and workers do, and a node that
/// comes and goes.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SplitManagersTest {
  private static final int HOSTS = 6;
  private static final List<Integer> MANAGERS = List.of(1, 2, 3);
  private static final List<Integer> WORKERS = List.of(4, 5, 6);

  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, MANAGERS.size());

  /// Fencing: what the old leader wants to write, to show as the newest state or to hand out counts
  /// for nothing once the others have gone on, also where everybody else still hears it.
  @Test
  @Order(1)
  void a_leader_without_a_majority_decides_nothing_any_more() throws Exception {
    CLUSTER.swarm(1).create(onWorkers("before", WORKERS.size()));
    CLUSTER.awaitRunning(1, "before", WORKERS.size(), 0);
    int old = CLUSTER.leaderHost(1);
    List<Integer> others = MANAGERS.stream().filter(host -> host != old).toList();
    int witness = others.getFirst();
    Weather.part(CLUSTER.cluster(), old, others);
    try {
      Wait.until("another leads", LIMIT, () -> CLUSTER.leaderHost(witness) != old);
      assertThatThrownBy(() -> CLUSTER.swarm(old).create(Swarm.service("lost", IMAGE, 1)))
          .isInstanceOf(ApiException.class);
      assertThatThrownBy(() -> CLUSTER.swarm(old).api().get("/services"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("The swarm does not have a leader");
      CLUSTER.swarm(witness).create(onWorkers("after", WORKERS.size()));
      CLUSTER.awaitRunning(witness, "after", WORKERS.size(), 0);
      CLUSTER.swarm(witness).remove("before");
      Wait.until("workers heard of the removal", LIMIT, () -> containersOf("before") == 0);
      assertThat(containersOf("after")).isEqualTo(WORKERS.size());
    } finally {
      Weather.part(CLUSTER.cluster(), old, List.of());
    }
    CLUSTER.awaitReady(old, HOSTS);
    assertThat(CLUSTER.swarm(old).api().get("/services"))
        .extracting(service -> service.at("/Spec/Name").asText())
        .containsExactly("after");
    assertThat(containersOf("after")).as("none was begun twice").isEqualTo(WORKERS.size());
    CLUSTER.swarm(old).remove("after");
  }

  /// What the workers have of a service, asked of themselves.
  private static long containersOf(String service) throws IOException {
    long count = 0;
    for (int host : WORKERS) {
      for (JsonNode container : CLUSTER.cluster().api(host).get("/containers/json?all=1")) {
        String label = container.at("/Labels/com.docker.swarm.service.name").asText();
        count += label.equals(service) ? 1 : 0;
      }
    }
    return count;
  }

  private static ObjectNode onWorkers(String name, int replicas) {
    ObjectNode spec = Swarm.service(name, IMAGE, replicas);
    spec.withObject("/TaskTemplate/Placement").putArray("Constraints").add("node.role==worker");
    return spec;
  }

  /// Whatever manager it is that the others do not reach: who has a session with it is healthy.
  @Test
  @Order(2)
  void workers_of_a_manager_that_is_cut_off_go_on_with_another() throws Exception {
    int cut = mostSessions();
    List<Integer> others = MANAGERS.stream().filter(host -> host != cut).toList();
    int witness = others.getFirst();
    assertThat(sessions(cut)).as("a worker's among them").isGreaterThan(1);
    Weather.part(CLUSTER.cluster(), cut, others);
    try {
      Wait.until(
          "all others are in session with the others",
          LIMIT,
          () -> others.stream().mapToInt(SplitManagersTest::sessions).sum() == HOSTS - 1);
      Wait.until("they are ready", LIMIT, () -> ready(witness) == HOSTS - 1);
    } finally {
      Weather.part(CLUSTER.cluster(), cut, List.of());
    }
    CLUSTER.awaitReady(cut, HOSTS);
  }

  /// The node of a manager whose link to the leader is broken reaches the leader by the third.
  @Test
  @Order(3)
  void a_broken_link_between_two_managers_downs_nobody() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    List<Integer> followers = MANAGERS.stream().filter(host -> host != leader).toList();
    int cut = followers.getFirst();
    int witness = followers.getLast();
    Weather.part(CLUSTER.cluster(), cut, List.of(leader));
    try {
      Wait.until("its own sessions have ended", LIMIT, () -> sessions(cut) == 0);
      Wait.until(
          "all are in session with those two",
          LIMIT,
          () -> sessions(leader) + sessions(witness) == HOSTS);
      CLUSTER.awaitReady(witness, HOSTS);
      assertThat(CLUSTER.leaderHost(witness)).as("it leads on").isEqualTo(leader);
    } finally {
      Weather.part(CLUSTER.cluster(), cut, List.of());
    }
    CLUSTER.awaitReady(cut, HOSTS);
  }

  private static int mostSessions() {
    return MANAGERS.stream()
        .max(Comparator.comparingInt(SplitManagersTest::sessions))
        .orElseThrow();
  }

  private static int sessions(int manager) {
    return LostManagersTest.sessions(CLUSTER.cluster(), manager);
  }

  private static long ready(int seenBy) throws IOException {
    return CLUSTER.swarm(seenBy).nodes().stream().filter(Swarm.NodeView::ready).count();
  }

  @Test
  @Order(4)
  void a_node_that_comes_and_goes_is_held_back() throws Exception {
    int host = HOSTS;
    for (int loss = 1; loss <= 6; loss++) {
      CLUSTER.cluster().cut(host);
      Wait.until("it is down", LIMIT, () -> status(host).path("State").asText().equals("down"));
      if (loss < 6) {
        CLUSTER.cluster().mend(host);
        CLUSTER.awaitReady(1, HOSTS);
      }
    }
    Wait.until(
        "it says what it will have to do",
        LIMIT,
        () -> status(host).path("Message").asText().contains("flapping: lost 6 times lately"));
    CLUSTER.cluster().mend(host);
    Wait.holds("it is held back", Duration.ofSeconds(1), () -> ready(1) == HOSTS - 1);
    CLUSTER.awaitReady(1, HOSTS);
  }

  private static JsonNode status(int host) throws IOException {
    return CLUSTER.swarm(1).api().get("/nodes/" + CLUSTER.nodeId(1, host)).path("Status");
  }
}
