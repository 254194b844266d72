package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.bench.Weather;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// What workers and the other managers go through when a manager is one no more, or hangs.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LostManagersTest {
  private static final int HOSTS = 6;
  private static final int MANAGERS = 3;
  private static final Pattern SESSIONS =
      Pattern.compile("^swarm_dispatcher_sessions (\\d+)", Pattern.MULTILINE);

  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, MANAGERS);

  @Test
  @Order(1)
  void workers_of_a_demoted_manager_go_on_with_another() throws Exception {
    int going = mostSessions();
    int by = going % MANAGERS + 1;
    assertThat(sessions(going)).as("a worker's beside its own").isGreaterThan(1);
    role(by, going, "worker");
    Roles.awaitManagers(CLUSTER.cluster().api(by), 2);
    Wait.until("all are in session with the others", LIMIT, () -> sessionsBeside(going) == HOSTS);
    assertThat(down(by)).isEmpty();
    role(by, going, "manager");
    Roles.awaitManagers(CLUSTER.cluster().api(by), MANAGERS);
    CLUSTER.awaitReady(by, HOSTS);
  }

  @Test
  @Order(2)
  void workers_of_a_manager_that_hangs_go_on_with_another() throws Exception {
    int hanging = mostSessions();
    int witness = hanging % MANAGERS + 1;
    List<Long> pid = List.of(CLUSTER.cluster().pid(hanging));
    Weather.signal("STOP", pid);
    try {
      Wait.until(
          "all others are in session with the others",
          LIMIT,
          () -> sessionsBeside(hanging) == HOSTS - 1);
      Wait.until("they are ready", LIMIT, () -> ready(witness) == HOSTS - 1);
      assertThat(down(witness)).isEmpty();
    } finally {
      Weather.signal("CONT", pid);
    }
    CLUSTER.awaitReady(witness, HOSTS);
  }

  @Test
  @Order(3)
  void two_demotions_at_once_leave_a_majority() throws Exception {
    role(1, 4, "manager");
    Roles.awaitManagers(CLUSTER.cluster().api(1), 4);
    int leader = CLUSTER.leaderHost(1);
    List<Integer> others = IntStream.rangeClosed(1, 4).filter(h -> h != leader).boxed().toList();
    int dead = others.getLast();
    CLUSTER.cluster().kill(dead);
    Wait.until("the dead one is noticed", LIMIT, () -> ready(leader) == HOSTS - 1);

    var both =
        others.subList(0, 2).stream()
            .map(host -> CompletableFuture.supplyAsync(() -> demoted(leader, host)))
            .toList();
    int accepted = (int) both.stream().filter(CompletableFuture::join).count();

    Wait.until("the first is none any more", LIMIT, () -> managers(leader) == 3);
    for (int write = 0; write < 3; write++) {
      CLUSTER.swarm(leader).create(Swarm.service("after-both-" + write, IMAGE, 0));
    }
    assertThat(managers(leader)).as("the other one is needed").isEqualTo(3);
    CLUSTER.cluster().start(dead);
    CLUSTER.awaitReady(leader, HOSTS);
    Roles.awaitManagers(CLUSTER.cluster().api(leader), 4 - accepted);
    CLUSTER.swarm(leader).create(Swarm.service("after-the-second", IMAGE, 0));
  }

  /// Whether it was taken in. A refusal is as good: then the other one had been before.
  private static boolean demoted(int by, int host) {
    try {
      role(by, host, "worker");
      return true;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("loss of quorum");
      return false;
    }
  }

  private static long managers(int seenBy) throws IOException {
    return CLUSTER.swarm(seenBy).nodes().stream().filter(Swarm.NodeView::manager).count();
  }

  private static int mostSessions() {
    return IntStream.rangeClosed(1, MANAGERS)
        .boxed()
        .max(Comparator.comparingInt(LostManagersTest::sessions))
        .orElseThrow();
  }

  private static int sessions(int manager) {
    return sessions(CLUSTER.cluster(), manager);
  }

  /// How many nodes are in session with a manager.
  static int sessions(TestCluster cluster, int manager) {
    try {
      Matcher line = SESSIONS.matcher(cluster.api(manager).text("/metrics"));
      return line.find() ? Integer.parseInt(line.group(1)) : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int sessionsBeside(int manager) {
    return IntStream.rangeClosed(1, MANAGERS)
        .filter(other -> other != manager)
        .map(LostManagersTest::sessions)
        .sum();
  }

  private static long ready(int seenBy) throws IOException {
    return CLUSTER.swarm(seenBy).nodes().stream().filter(Swarm.NodeView::ready).count();
  }

  /// The nodes that are down.
  private static List<String> down(int seenBy) throws IOException {
    return CLUSTER.swarm(seenBy).nodes().stream()
        .filter(node -> node.state().equals("down"))
        .map(Swarm.NodeView::hostname)
        .toList();
  }

  private static void role(int by, int host, String role) throws IOException {
    Roles.set(CLUSTER.cluster().api(by), CLUSTER.nodeId(by, host), role);
  }
}
