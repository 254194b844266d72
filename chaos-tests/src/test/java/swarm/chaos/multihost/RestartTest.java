package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Containers outlive daemons, one and all.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RestartTest {
  private static final int PORT = 8080;
  private static final int REPLICAS = 6;
  private static final Duration AWAY = Duration.ofSeconds(10);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  @Test
  @Order(1)
  void a_service_runs() throws Exception {
    CLUSTER.swarm(1).create(Swarm.published(Swarm.service("web", IMAGE, REPLICAS), PORT, 80));
    CLUSTER.awaitRunning(1, "web", REPLICAS, 0);
  }

  @Test
  @Order(2)
  void a_killed_daemon_comes_back_to_the_same_tasks_and_processes() throws Exception {
    Map<String, Long> before = processes();
    int killed = CLUSTER.leaderHost(1) % 3 + 1;
    int witness = killed % 3 + 1;
    CLUSTER.cluster().kill(killed);
    Wait.holds("all containers run on", AWAY, () -> alive(before));
    assertThat(ids(witness)).as("tasks while the daemon is away").isEqualTo(before.keySet());
    CLUSTER.cluster().start(killed);
    CLUSTER.awaitReady(witness, 3);
    CLUSTER.awaitRunning(killed, "web", REPLICAS, 0);
    assertThat(processes()).isEqualTo(before);
    assertThat(alive(before)).isTrue();
    CLUSTER.awaitAnswer(killed, PORT);
  }

  @Test
  @Order(3)
  void a_cleanly_stopped_daemon_comes_back_too() throws Exception {
    Map<String, Long> before = processes();
    int stopped = CLUSTER.leaderHost(1);
    CLUSTER.cluster().stop(stopped);
    assertThat(alive(before)).isTrue();
    CLUSTER.cluster().start(stopped);
    CLUSTER.awaitReady(stopped, 3);
    CLUSTER.awaitRunning(stopped, "web", REPLICAS, 0);
    assertThat(processes()).isEqualTo(before);
  }

  @Test
  @Order(4)
  void three_daemons_killed_at_once_find_everything_again() throws Exception {
    Map<String, Long> before = processes();
    for (int host = 1; host <= 3; host++) {
      CLUSTER.cluster().kill(host);
    }
    assertThat(alive(before)).isTrue();
    for (int host = 1; host <= 3; host++) {
      CLUSTER.cluster().launch(host);
    }
    for (int host = 1; host <= 3; host++) {
      CLUSTER.cluster().awaitDaemon(host);
    }
    for (int host = 1; host <= 3; host++) {
      CLUSTER.awaitReady(host, 3);
      CLUSTER.awaitRunning(host, "web", REPLICAS, 0);
      CLUSTER.awaitAnswer(host, PORT);
    }
    assertThat(processes()).isEqualTo(before);
    assertThat(alive(before)).isTrue();
  }

  @Test
  @Order(5)
  void what_was_adopted_can_be_stopped_and_removed() throws Exception {
    Map<String, Long> before = processes();
    CLUSTER.swarm(2).remove("web");
    for (int host = 1; host <= 3; host++) {
      int at = host;
      Wait.until(
          "no container on host " + host,
          LIMIT,
          () -> CLUSTER.cluster().api(at).get("/containers/json?all=1").isEmpty());
    }
    assertThat(before.values()).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  /// The process of each running task, by the task's id.
  private static Map<String, Long> processes() throws IOException {
    var all = new TreeMap<String, Long>();
    CLUSTER.swarm(1).running("web").forEach(t -> all.put(t.id(), t.pid()));
    assertThat(all).hasSize(REPLICAS).doesNotContainValue(0L);
    return all;
  }

  private static java.util.Set<String> ids(int witness) throws IOException {
    var all = new java.util.TreeSet<String>();
    CLUSTER.swarm(witness).running("web").forEach(t -> all.add(t.id()));
    return all;
  }

  private static boolean alive(Map<String, Long> processes) {
    return processes.values().stream().allMatch(pid -> ProcessHandle.of(pid).isPresent());
  }
}
