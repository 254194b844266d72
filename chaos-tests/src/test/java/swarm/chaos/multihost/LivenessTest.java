package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.bench.Liveness;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Who is taken for lost, how soon, and who is not.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LivenessTest {
  /// Of a loaded machine: the figure is measured elsewhere.
  private static final long MOST_MILLIS = 10_000;

  private static final Duration STORM = Duration.ofSeconds(15);
  private static final Duration AWAY = Duration.ofSeconds(5);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(4, 3);

  @Test
  @Order(1)
  void a_cut_host_is_down_soon() throws Exception {
    assertThat(new Liveness(CLUSTER.cluster(), 3, 1).cuts(3))
        .allSatisfy(cut -> assertThat(cut.millis()).isLessThan(MOST_MILLIS));
  }

  @Test
  @Order(2)
  void pauses_and_lost_packets_make_nobody_look_lost() throws Exception {
    assertThat(new Liveness(CLUSTER.cluster(), 3, 2).storm(STORM)).isEmpty();
    CLUSTER.awaitReady(1, 4);
  }

  @Test
  @Order(3)
  void a_daemon_that_is_stopped_keeps_its_tasks_for_the_lease() throws Exception {
    Swarm swarm = CLUSTER.swarm(1);
    swarm.create(Swarm.service("kept", IMAGE, 4));
    CLUSTER.awaitRunning(1, "kept", 4, 0);
    var before = swarm.running("kept").stream().map(Swarm.TaskView::id).sorted().toList();
    CLUSTER.cluster().stop(4);
    Wait.until("it is disconnected", LIMIT, () -> state(4).equals("disconnected"));
    Wait.holds("its tasks are kept", AWAY, () -> state(4).equals("disconnected"));
    CLUSTER.cluster().start(4);
    CLUSTER.awaitReady(1, 4);
    assertThat(swarm.running("kept").stream().map(Swarm.TaskView::id).sorted().toList())
        .isEqualTo(before);
    swarm.remove("kept");
  }

  @Test
  @Order(4)
  void the_lease_can_be_set() throws Exception {
    label("swarm.lease", "1s");
    CLUSTER.cluster().kill(4);
    Wait.until("the lease is over", LIMIT, () -> state(4).equals("down"));
    CLUSTER.cluster().start(4);
    CLUSTER.awaitReady(1, 4);
    label("swarm.lease", "30s");
  }

  private static void label(String name, String value) throws Exception {
    var api = CLUSTER.swarm(1).api();
    ObjectNode swarm = (ObjectNode) api.get("/swarm");
    ObjectNode spec = (ObjectNode) swarm.path("Spec");
    spec.withObject("/Labels").put(name, value);
    api.post("/swarm/update?version=" + swarm.at("/Version/Index").asLong(), spec);
  }

  @Test
  @Order(5)
  void a_cut_off_node_keeps_its_containers_but_for_services_that_say_how_long() throws Exception {
    Swarm swarm = CLUSTER.swarm(1);
    ObjectNode leashed = Swarm.service("leashed", IMAGE, 4);
    leashed.withObject("/Labels").put("swarm.stop-after-disconnect", "2s");
    swarm.create(leashed);
    swarm.create(Swarm.service("free", IMAGE, 4));
    CLUSTER.awaitRunning(1, "leashed", 4, 0);
    CLUSTER.awaitRunning(1, "free", 4, 0);
    String node = CLUSTER.nodeId(1, 4);
    long free = pid(swarm, "free", node);
    long stopped = pid(swarm, "leashed", node);
    CLUSTER.cluster().cut(4);
    Wait.until("the leashed task ends", LIMIT, () -> ProcessHandle.of(stopped).isEmpty());
    assertThat(ProcessHandle.of(free)).as("the other runs on").isPresent();
    CLUSTER.cluster().mend(4);
    CLUSTER.awaitReady(1, 4);
    CLUSTER.awaitRunning(1, "leashed", 4, 0);
  }

  private static long pid(Swarm swarm, String service, String node) throws Exception {
    List<Swarm.TaskView> running = swarm.running(service);
    return running.stream()
        .filter(task -> task.nodeId().equals(node))
        .findFirst()
        .orElseThrow(() -> new AssertionError(service + " is not on " + node + ": " + running))
        .pid();
  }

  private static String state(int host) throws java.io.IOException {
    return CLUSTER.swarm(1).nodes().stream()
        .filter(node -> node.hostname().equals(CLUSTER.cluster().hostname(host)))
        .findFirst()
        .orElseThrow()
        .state();
  }
}
