package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The unmodified `docker` command about services whose tasks complete; and ours about the same.
@Tag("multihost")
final class JobsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> OVER =
      Set.of("complete", "shutdown", "failed", "rejected", "orphaned", "remove");

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 1);

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);
  private final Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);

  @Test
  void tasks_complete_so_many_at_a_time_again_after_failures_on_every_node_and_elsewhere()
      throws Exception {
    Together.run(List.of(this::soManyAtATime, this::afterFailures, this::onEveryNode));
    refused();
    elsewhere();
  }

  private void soManyAtATime() throws Exception {
    job(
        docker,
        "five",
        "replicated-job",
        "busybox sleep 0.3",
        "--replicas=5",
        "--max-concurrent=2");
    Wait.until(
        "five are complete",
        LIMIT,
        () -> {
          assertThat(CLUSTER.swarm(1).tasks("five").stream().filter(t -> !OVER.contains(t.state())))
              .hasSizeLessThanOrEqualTo(2);
          return completed("five") == 5;
        });
    assertThat(replicas(docker, "five"))
        .isEqualTo(replicas(own, "five"))
        .isEqualTo("0/2 (5/5 completed)");
    assertThat(mode(docker, "five")).isEqualTo(mode(own, "five")).isEqualTo("replicated job");
    assertThat(CLUSTER.swarm(1).tasks("five"))
        .hasSize(5)
        .allMatch(t -> t.state().equals("complete") && t.desired().equals("complete"))
        .extracting(Swarm.TaskView::slot)
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThat(iteration("five")).isZero();
    assertThat(own.ok("service", "inspect", "--pretty", "five"))
        .isEqualTo(docker.ok("service", "inspect", "--pretty", "five"));

    assertThat(docker.ok("service", "update", "--force", "five")).contains("job complete");
    assertThat(iteration("five")).isOne();
    assertThat(CLUSTER.swarm(1).tasks("five")).hasSize(10);
    assertThat(replicas(docker, "five")).isEqualTo("0/2 (5/5 completed)");
    assertThat(own.ok("service", "scale", "five=1")).contains("job complete");
    assertThat(replicas(docker, "five")).isEqualTo("0/2 (1/1 completed)");
  }

  /// The volume stays on its node, as the job's attempts do.
  private void afterFailures() throws Exception {
    String script = "echo x >> /tries/n; test $(busybox wc -l < /tries/n) -ge 3";
    String output =
        docker.ok(
            Stream.concat(
                    Stream.of(
                        "service create --name third --mode replicated-job --restart-delay 100ms"
                            .concat(" --mount type=volume,source=tries,target=/tries")
                            .concat(" --constraint node.role==manager --no-resolve-image ")
                            .concat(IMAGE)
                            .split(" ")),
                    Stream.of("sh", "-c", script))
                .toList());
    assertThat(output).contains("job complete");
    assertThat(replicas(docker, "third")).isEqualTo("0/1 (1/1 completed)");
    assertThat(CLUSTER.swarm(1).tasks("third"))
        .extracting(Swarm.TaskView::state)
        .containsExactlyInAnyOrder("failed", "failed", "complete");

    job(docker, "never", "replicated-job", "exit 7", "--restart-condition=none");
    Wait.until(
        "it has failed",
        LIMIT,
        () ->
            CLUSTER.swarm(1).tasks("never").stream()
                .anyMatch(t -> t.error().contains("non-zero exit (7)")));
    assertThat(docker.ok("service", "ps", "never")).contains("Failed").contains("Shutdown");
    assertThat(replicas(own, "never")).isEqualTo("0/1 (0/1 completed)");
  }

  private void onEveryNode() throws Exception {
    String output =
        own.ok(
            "service create --name all --mode global-job --stop-signal SIGKILL "
                .concat(IMAGE)
                .concat(" true")
                .split(" "));
    assertThat(output).contains("job complete");
    assertThat(replicas(docker, "all")).isEqualTo("0/0 (3/3 completed)");
    assertThat(mode(docker, "all")).isEqualTo(mode(own, "all")).isEqualTo("global job");
    assertThat(CLUSTER.swarm(1).tasks("all").stream().map(Swarm.TaskView::nodeId).distinct())
        .hasSize(3);
    assertThat(docker.ok("service", "update", "--force", "--quiet", "all")).contains("all");
    assertThat(docker.ok("service", "ls", "-q", "--filter", "mode=global-job").lines()).hasSize(1);
  }

  private void refused() throws Exception {
    docker
        .fails("service", "update", "--update-parallelism", "2", "five")
        .contains("Jobs may not have an update config");
    for (Shell shell : List.of(docker, own)) {
      shell
          .fails("service create --mode global-job --update-delay 1s web:1".split(" "))
          .contains("update and rollback configuration is not supported for jobs");
    }
  }

  /// The node that has the task dies; another one does it.
  private void elsewhere() throws Exception {
    job(docker, "safe", "replicated-job", "busybox sleep 2", "--constraint=node.role==worker");
    Wait.until(
        "it runs",
        LIMIT,
        () -> CLUSTER.swarm(1).tasks("safe").stream().anyMatch(t -> t.state().equals("running")));
    String node = CLUSTER.swarm(1).tasks("safe").getFirst().nodeId();
    int dead = CLUSTER.nodeId(1, 2).equals(node) ? 2 : 3;
    CLUSTER.cluster().killHost(dead);
    Wait.until("another node has done it", LIMIT, () -> completed("safe") == 1);
    assertThat(replicas(docker, "safe")).isEqualTo("0/1 (1/1 completed)");
    assertThat(
            CLUSTER.swarm(1).tasks("safe").stream()
                .filter(t -> t.state().equals("complete"))
                .map(Swarm.TaskView::nodeId))
        .containsExactly(CLUSTER.nodeId(1, 5 - dead));
  }

  private static long completed(String name) throws IOException {
    for (JsonNode service : CLUSTER.cluster().api(1).get("/services?status=true")) {
      if (service.at("/Spec/Name").asText().equals(name)) {
        return service.at("/ServiceStatus/CompletedTasks").asLong();
      }
    }
    return -1;
  }

  private static void job(Shell shell, String name, String mode, String script, String... more)
      throws Exception {
    var words = new ArrayList<String>(List.of("service", "create", "--detach", "--name", name));
    words.addAll(List.of("--mode", mode, "--stop-signal", "SIGKILL", "--no-resolve-image"));
    words.addAll(List.of(more));
    words.addAll(List.of(IMAGE, "sh", "-c", script));
    shell.ok(words);
  }

  private static String replicas(Shell shell, String name) throws Exception {
    return cell(shell, name, "{{.Replicas}}");
  }

  private static String mode(Shell shell, String name) throws Exception {
    return cell(shell, name, "{{.Mode}}");
  }

  private static String cell(Shell shell, String name, String format) throws Exception {
    return shell.ok("service", "ls", "--filter", "name=" + name, "--format", format).strip();
  }

  private long iteration(String name) throws Exception {
    JsonNode service = JSON.readTree(docker.ok("service", "inspect", name)).path(0);
    return service.at("/JobStatus/JobIteration/Index").asLong(0);
  }
}
