package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.client.Swarm.TaskView;
import swarm.chaos.cluster.Wait;

/// Nodes change their roles while their tasks run on: promotion, demotion, and a manager whose disk
/// lost its log.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RolesTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 1);

  @Test
  @Order(1)
  void workers_become_managers_and_keep_their_tasks() throws Exception {
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 3));
    CLUSTER.awaitRunning(1, "web", 3, 0);
    List<String> before = tasks(1);

    role(1, 2, "manager");
    role(1, 3, "manager");
    awaitManagers(1, 3);
    Wait.until("host 3 serves reads", LIMIT, () -> CLUSTER.swarm(3).nodes().size() == 3);
    assertThat(tasks(3)).isEqualTo(before);
    CLUSTER.swarm(2).create(Swarm.service("by-a-promoted-one", IMAGE, 0));
  }

  @Test
  @Order(2)
  void a_promoted_manager_can_take_over() throws Exception {
    int lost = CLUSTER.leaderHost(1);
    int witness = lost % 3 + 1;
    CLUSTER.cluster().kill(lost);
    Wait.until(
        "another host leads", LIMIT, () -> leads(witness) && CLUSTER.leaderHost(witness) != lost);
    CLUSTER.swarm(witness).create(Swarm.service("after-" + lost, IMAGE, 0));
    CLUSTER.cluster().start(lost);
    CLUSTER.awaitReady(lost, 3);
    awaitManagers(lost, 3);
  }

  @Test
  @Order(3)
  void what_would_lose_the_quorum_is_refused_with_the_numbers() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    int dead = leader % 3 + 1;
    int third = dead % 3 + 1;
    CLUSTER.cluster().kill(dead);
    Wait.until("the dead one is noticed", LIMIT, () -> !ready(leader, dead));
    refused(
        400,
        "(2 of 3 managers answer; without this one 1 of 2 would, and 2 are needed)",
        () -> role(leader, third, "worker"));
    CLUSTER.cluster().start(dead);
    CLUSTER.awaitReady(leader, 3);
  }

  @Test
  @Order(4)
  void a_manager_whose_log_is_lost_comes_back_by_itself() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    int wiped = leader % 3 + 1;
    String raftId = raftAddress(leader, wiped);
    CLUSTER.cluster().kill(wiped);
    Path folder = CLUSTER.cluster().folder(wiped).resolve("data/swarm");
    try (var logs = Files.newDirectoryStream(folder, "raft*")) {
      for (Path log : logs) {
        removeAll(log);
      }
    }
    CLUSTER.cluster().start(wiped);
    CLUSTER.awaitReady(leader, 3);
    awaitManagers(leader, 3);
    Wait.until(
        "host " + wiped + " has all services again",
        LIMIT,
        () -> services(wiped) == services(leader));
    assertThat(raftAddress(leader, wiped)).isEqualTo(raftId); // where it is, not who
    CLUSTER.swarm(wiped).create(Swarm.service("by-the-wiped-one", IMAGE, 0));
  }

  @Test
  @Order(5)
  void managers_become_workers_the_leader_too() throws Exception {
    List<String> before = tasks(1);
    int leader = CLUSTER.leaderHost(1);
    int witness = leader % 3 + 1;
    int last = witness % 3 + 1;
    role(witness, leader, "worker");
    awaitManagers(witness, 2);
    Wait.until("it knows", LIMIT, () -> isWorker(leader));
    role(last, witness, "worker");
    awaitManagers(last, 1);
    Wait.until("it knows", LIMIT, () -> isWorker(witness));
    Path key = CLUSTER.cluster().folder(witness).resolve("data/swarm/seal.key");
    Wait.until("it has no key to the log any more", LIMIT, () -> !Files.exists(key));
    CLUSTER.awaitReady(last, 3);
    assertThat(tasks(last)).isEqualTo(before);
    refused(400, "attempting to demote the last manager", () -> role(last, last, "worker"));

    CLUSTER.cluster().kill(witness);
    CLUSTER.cluster().start(witness);
    Wait.until("it stays a worker", LIMIT, () -> isWorker(witness));
    CLUSTER.awaitReady(last, 3);
    role(last, witness, "manager");
    awaitManagers(last, 2);
    Wait.until("host serves reads", LIMIT, () -> services(witness) == services(last));
  }

  private static boolean leads(int seenBy) {
    try {
      return CLUSTER.leaderHost(seenBy) > 0;
    } catch (IOException | RuntimeException _) {
      return false; // no leader yet
    }
  }

  private static boolean isWorker(int host) throws IOException {
    JsonNode swarm = CLUSTER.cluster().api(host).get("/info").path("Swarm");
    return !swarm.path("ControlAvailable").asBoolean()
        && swarm.path("LocalNodeState").asText().equals("active");
  }

  private static int services(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/services").size();
  }

  private static void role(int by, int host, String role) throws IOException {
    Roles.set(CLUSTER.cluster().api(by), CLUSTER.nodeId(by, host), role);
  }

  private static void awaitManagers(int seenBy, int count) throws Exception {
    Roles.awaitManagers(CLUSTER.cluster().api(seenBy), count);
  }

  private static boolean ready(int seenBy, int host) throws IOException {
    return CLUSTER.swarm(seenBy).nodes().stream()
        .anyMatch(n -> n.hostname().equals(CLUSTER.cluster().hostname(host)) && n.ready());
  }

  private static String raftAddress(int seenBy, int host) throws IOException {
    return CLUSTER
        .cluster()
        .api(seenBy)
        .get("/nodes/" + CLUSTER.nodeId(seenBy, host))
        .at("/ManagerStatus/Addr")
        .asText();
  }

  private static List<String> tasks(int seenBy) throws IOException {
    return CLUSTER.swarm(seenBy).running("web").stream().map(TaskView::id).sorted().toList();
  }

  private static void removeAll(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
