package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.client.Swarm.TaskView;
import swarm.chaos.cluster.Wait;

/// Rolling updates that do not go as they should.
@Tag("multihost")
final class UpdateTest {
  /// Nobody listens there: a pull is refused at once.
  private static final String MISSING = "127.0.0.1:5999/nothing:1";

  private static final long MILLISECOND = 1_000_000;
  private static final int LOST = 3;
  private static final Duration GRACE = Duration.ofSeconds(10);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 1);

  private final Swarm swarm = CLUSTER.swarm(1);

  @Test
  void a_bad_image_is_rolled_back_while_the_old_tasks_serve() throws Exception {
    ObjectNode spec = Swarm.published(Swarm.service("shop", IMAGE, 3), 8080, 80);
    configure(spec.putObject("UpdateConfig"), "start-first").put("FailureAction", "rollback");
    configure(spec.putObject("RollbackConfig"), "start-first");
    String id = swarm.create(spec);
    CLUSTER.awaitRunning(1, "shop", 3, 0);
    String _ = CLUSTER.awaitAnswer(2, 8080);
    List<String> before = running("shop");
    update("shop", changed -> changed.put("Image", MISSING));
    var states = new ArrayList<String>();
    Duration _ =
        Wait.until(
            "the update is rolled back",
            LIMIT,
            () -> {
              assertThat(running("shop")).containsAll(before);
              assertThat(CLUSTER.cluster().fetch(2, 8080, "/").status()).isEqualTo(200);
              states.add(state("shop"));
              return states.getLast().equals("rollback_completed");
            });
    assertThat(states).doesNotContain("completed", "paused", "rollback_paused");
    assertThat(swarm.api().get("/services/shop").at("/Spec/TaskTemplate/ContainerSpec/Image"))
        .hasToString("\"" + IMAGE + "\"");
    assertThat(running("shop")).containsExactlyInAnyOrderElementsOf(before);
    assertThat(swarm.tasks("shop"))
        .filteredOn(task -> task.state().equals("rejected"))
        .isNotEmpty()
        .allSatisfy(task -> assertThat(task.error()).contains("127.0.0.1:5999"));
    swarm.remove(id);
    CLUSTER.awaitRunning(1, "shop", 0, 0);
  }

  /// Which heeds no SIGTERM is killed, but not before its time: Docker's ten seconds, unsaid.
  @Test
  void a_task_has_ten_seconds_to_end() throws Exception {
    ObjectNode spec = Swarm.service("deaf", IMAGE, 1);
    ObjectNode task = spec.withObject("/TaskTemplate");
    ObjectNode container = task.withObject("/ContainerSpec");
    container.remove(List.of("StopSignal", "StopGracePeriod"));
    container
        .putArray("Command")
        .add("sh")
        .add("-c")
        .add("trap '' TERM; while :; do sleep 1; done");
    task.withObject("/Placement").putArray("Constraints").add("node.role==manager"); // host 1
    String id = swarm.create(spec);
    CLUSTER.awaitRunning(1, "deaf", 1, 0);
    String first = swarm.running("deaf").getFirst().containerId();
    Instant asked = Instant.now();
    update("deaf", changed -> changed.put("StopSignal", "SIGKILL")); // its successor is quick
    Duration _ =
        Wait.until("it was killed", LIMIT, () -> !container(first).path("Running").asBoolean());
    assertThat(container(first).path("ExitCode").asInt()).isEqualTo(137);
    assertThat(Instant.parse(container(first).path("FinishedAt").asText()))
        .isAfterOrEqualTo(asked.plus(GRACE));
    swarm.remove(id);
    CLUSTER.awaitRunning(1, "deaf", 0, 0);
  }

  private JsonNode container(String id) throws IOException {
    return CLUSTER.cluster().api(1).get("/containers/" + id + "/json").path("State");
  }

  @Test
  void an_update_goes_on_where_a_host_is_lost() throws Exception {
    ObjectNode spec = Swarm.service("wide", IMAGE, 6);
    configure(spec.putObject("UpdateConfig"), "stop-first").put("Delay", 500 * MILLISECOND);
    String id = swarm.create(spec);
    CLUSTER.awaitRunning(1, "wide", 6, 0);
    List<String> before = running("wide");
    update("wide", changed -> changed.putArray("Env").add("VERSION=2"));
    Duration _ =
        Wait.until(
            "a task was replaced",
            LIMIT,
            () -> running("wide").stream().anyMatch(task -> !before.contains(task)));
    assertThat(state("wide")).isEqualTo("updating");
    String lost = CLUSTER.nodeId(1, LOST);
    CLUSTER.cluster().killHost(LOST);
    Duration _ =
        Wait.until("the update is complete", LIMIT, () -> state("wide").equals("completed"));
    CLUSTER.awaitRunning(1, "wide", 6, LOST);
    assertThat(running("wide")).doesNotContainAnyElementsOf(before);
    assertThat(swarm.running("wide")).noneMatch(task -> task.nodeId().equals(lost));
    swarm.remove(id);
  }

  private interface Change {
    void to(ObjectNode container);
  }

  private static ObjectNode configure(ObjectNode config, String order) {
    return config.put("Parallelism", 1).put("Monitor", 200 * MILLISECOND).put("Order", order);
  }

  private void update(String service, Change change) throws IOException {
    JsonNode current = swarm.api().get("/services/" + service);
    ObjectNode spec = current.path("Spec").deepCopy();
    change.to(spec.withObject("/TaskTemplate/ContainerSpec"));
    long version = current.path("Version").path("Index").asLong();
    JsonNode _ = swarm.api().post("/services/" + service + "/update?version=" + version, spec);
  }

  private List<String> running(String service) throws IOException {
    return swarm.running(service).stream().map(TaskView::id).toList();
  }

  private String state(String service) throws IOException {
    return swarm.api().get("/services/" + service).at("/UpdateStatus/State").asText();
  }
}
