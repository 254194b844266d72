package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// What services ask for that Docker has no field for: set by our own command, kept by the
/// unmodified `docker` command, and done.
@Tag("multihost")
final class ServiceAdditionsTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 1);

  private static final String CANARY_WAITS =
      "canary: 1 of 3 tasks replaced; 'swarm service promote web'";

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);
  private final Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);

  @Test
  void additions_survive_docker_and_are_heeded() throws Exception {
    Together.run(
        List.of(this::dependentAndCanary, this::scheduled, this::rebalanced, this::preempted));
    refused();
  }

  private void create(String name, String options, String... script) throws Exception {
    var words = new ArrayList<String>(List.of("service", "create", "--detach", "--name", name));
    words.addAll(List.of("--stop-signal", "SIGKILL", "--no-resolve-image"));
    words.addAll(List.of(options.split(" ")));
    words.add(IMAGE);
    words.addAll(List.of(script));
    own.ok(words);
  }

  private static JsonNode inspect(String name) throws IOException {
    return CLUSTER.cluster().api(1).get("/services/" + name);
  }

  private void awaitUpdate(String name, String state, String message) throws Exception {
    Wait.until(
        "the update of " + name + " is " + state + ": " + message,
        LIMIT,
        () -> {
          JsonNode update = inspect(name).path("UpdateStatus");
          return update.path("State").asText().equals(state)
              && update.path("Message").asText().contains(message);
        });
  }

  private static void awaitError(String service, String error) throws Exception {
    Wait.until(
        "a task of " + service + " says " + error,
        LIMIT,
        () -> CLUSTER.swarm(1).tasks(service).stream().anyMatch(t -> t.error().contains(error)));
  }

  private void dependentAndCanary() throws Exception {
    create(
        "web",
        "--replicas 3 --update-order start-first --update-monitor 1ms --depends-on db:service_healthy"
            + " --canary 1 --canary-approval manual --stop-after-disconnect 1h",
        "sleep",
        "1000");
    awaitError("web", "waits for db: there is no such service");
    docker.ok(
        "service create --detach --name db --no-resolve-image --stop-signal SIGKILL "
            .concat(IMAGE)
            .concat(" sleep 1000")
            .split(" "));
    docker.awaitRunning("web", 3);
    placedByDocker();
    Swarm.TaskView task = CLUSTER.swarm(1).running("web").getFirst();
    docker
        .on(CLUSTER.hostOf(1, task.nodeId())) // only its own host knows the container
        .fails("rename", task.containerId(), "other")
        .contains("of the swarm, which is found by its name");

    JsonNode before = inspect("web").at("/Spec/Labels");
    docker.ok("service", "update", "--detach", "--no-resolve-image", "--env-add", "A=1", "web");
    assertThat(inspect("web").at("/Spec/Labels")).isEqualTo(before);
    assertThat(before.size()).isEqualTo(4);
    awaitUpdate("web", "updating", CANARY_WAITS);
    assertThat(runningUpToDate("web")).as("docker's command waits for three").isEqualTo(1);
    docker.ok("service", "update", "--detach", "--no-resolve-image", "--env-add", "A=2", "web");
    awaitUpdate("web", "updating", CANARY_WAITS);
    assertThat(inspect("web").at("/PreviousSpec/TaskTemplate/ContainerSpec/Env").isMissingNode())
        .isTrue(); // back is what ran before both
    assertThat(own.ok("service", "promote", "--detach", "web")).isEqualTo("web\n");
    awaitUpdate("web", "completed", "update completed");
    own.fails("service", "promote", "web").contains("has no update that waits");
  }

  /// A wish for placement leaves alone the tasks that meet it.
  private void placedByDocker() throws Exception {
    var before = ids("web");
    docker.ok(
        "service update --detach --no-resolve-image --placement-pref-add spread=node.labels.rack web"
            .split(" "));
    awaitUpdate("web", "completed", "update completed");
    assertThat(ids("web")).isEqualTo(before);
  }

  private static long runningUpToDate(String service) throws IOException {
    String filters = "{\"service\":[\"%s\"],\"_up-to-date\":[\"true\"]}".formatted(service);
    JsonNode tasks =
        CLUSTER
            .cluster()
            .api(1)
            .get("/tasks?filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8));
    return tasks.findValuesAsText("State").stream().filter("running"::equals).count();
  }

  private static List<String> ids(String service) throws IOException, InterruptedException {
    return CLUSTER.swarm(1).running(service).stream().map(Swarm.TaskView::id).sorted().toList();
  }

  private void scheduled() throws Exception {
    assertThat(
            own.ok(
                "service create --name nightly --mode replicated-job --no-resolve-image --schedule"
                    .concat(" @yearly --schedule-timezone Europe/Berlin ")
                    .concat(IMAGE)
                    .concat(" true")
                    .split(" ")))
        .contains("job runs next at ");
    assertThat(CLUSTER.swarm(1).tasks("nightly")).isEmpty();
    assertThat(own.ok("service", "ls", "--filter", "name=nightly"))
        .contains("0/1 (0/1 completed, next ");
    assertThat(own.ok("service", "inspect", "--pretty", "nightly")).contains(" Next Execution:\t");
    assertThat(docker.ok("service", "update", "--force", "nightly")).contains("job complete");
    assertThat(CLUSTER.swarm(1).tasks("nightly"))
        .extracting(Swarm.TaskView::state)
        .containsExactly("complete");
  }

  private void rebalanced() throws Exception {
    create("wide", "--replicas 2 --constraint node.labels.wide==1", "sleep", "1000");
    docker.ok("node", "update", "--label-add", "wide=1", CLUSTER.nodeId(1, 2));
    docker.awaitRunning("wide", 2);
    docker.ok("node", "update", "--label-add", "wide=1", CLUSTER.nodeId(1, 3));
    assertThat(own.ok("service", "rebalance", "wide")).isEqualTo("wide\n");
    Wait.until(
        "one runs on each",
        LIMIT,
        () -> {
          var counts = new TreeMap<String, Integer>();
          CLUSTER.swarm(1).running("wide").forEach(t -> counts.merge(t.nodeId(), 1, Integer::sum));
          return counts.equals(
              new TreeMap<>(Map.of(CLUSTER.nodeId(1, 2), 1, CLUSTER.nodeId(1, 3), 1)));
        });
  }

  private void preempted() throws Exception {
    String all = "--constraint node.role==manager --reserve-cpu " + cpus();
    create("low", all, "sleep", "1000");
    docker.awaitRunning("low", 1);
    create("high", all + " --priority 10", "sleep", "1000");
    docker.awaitRunning("high", 1);
    awaitError("low", "; preempted by high.1 (priority 10)");
    assertThat(docker.ok("service", "ps", "--no-trunc", "low"))
        .contains("\"preempted by high.1 (priority 10)\"");
  }

  private String cpus() throws Exception {
    return docker.ok("info", "--format", "{{.NCPU}}").strip();
  }

  private void refused() throws Exception {
    own.fails("service", "update", "--depends-on", "web", "db")
        .contains("db -> web -> db", "swarm.depends-on");
    docker
        .fails("service", "update", "--label-add", "swarm.priorty=1", "db")
        .contains("unknown label 'swarm.priorty'");
    own.fails("service", "update", "--priority", "5000", "db")
        .contains("label swarm.priority must be a number from -1000 to 1000, not '5000'");
    own.fails("service", "rebalance", "nightly").contains("only replicated services");
    own.fails("service", "update", "--max-concurrent", "2", "db")
        .contains("max-concurrent can only be used with replicated-job mode");
  }
}
