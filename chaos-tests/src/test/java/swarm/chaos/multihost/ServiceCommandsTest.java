package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Shell.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The unmodified `docker` command and our own `swarm`, about services: what users rely on in their
/// output, their exit status, and where their errors go.
@Tag("multihost")
final class ServiceCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How a line of a service's log begins.
  private static final String NAMED = "talker\\.1\\.[a-z0-9]{12}@\\S+ +\\| ";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  /// Where commands wait for a service, they watch it for 5 s more: one service for each of them,
  /// all at once.
  @Test
  void services_from_their_creation_to_their_end() throws Exception {
    Shell.both(
        CLUSTER,
        shell ->
            Together.run(
                List.of(
                    () -> created_shown_and_removed(shell),
                    () -> scaled(shell),
                    () -> updated(shell),
                    () -> rolled_back(shell))));
  }

  private static void created_shown_and_removed(Shell shell) throws Exception {
    String out =
        shell.ok(
            "service",
            "create",
            "--name",
            "web",
            "--replicas",
            "2",
            "--stop-signal",
            "SIGKILL",
            "--publish",
            "8080:80",
            "--env",
            "A=1",
            "--label",
            "tier=front",
            "--limit-memory",
            "64M",
            IMAGE);
    assertThat(out).contains("converged");
    assertThat(out.lines().findFirst()).hasValueSatisfying(id -> assertThat(id).matches(Shell.ID));
    shell.awaitRunning("web", 2);
    assertThat(CLUSTER.awaitAnswer(shell.host(), 8080)).isNotEmpty();
    shell.fails("service", "create", "--name", "web", IMAGE).contains("web", "exists");

    List<List<String>> rows = table(shell.ok("service", "ls"));
    assertThat(rows.getFirst()).containsExactly("ID", "NAME", "MODE", "REPLICAS", "IMAGE", "PORTS");
    assertThat(rows.stream().filter(row -> row.get(1).equals("web")))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getFirst()).matches("[a-z0-9]{12}");
              assertThat(row.subList(1, 6))
                  .containsExactly("web", "replicated", "2/2", IMAGE, "*:8080->80/tcp");
            });
    rows = table(shell.ok("service", "ps", "web"));
    assertThat(rows.getFirst()).startsWith("ID", "NAME", "IMAGE", "NODE", "DESIRED STATE");
    assertThat(rows).as(shell.swarm().tasks("web").toString()).hasSize(3);
    assertThat(rows.get(1)).contains("Running", CLUSTER.cluster().hostname(shell.host()));
    JsonNode service = JSON.readTree(shell.ok("service", "inspect", "web")).path(0);
    assertThat(service.at("/Spec/TaskTemplate/ContainerSpec/Env/0").asText()).isEqualTo("A=1");
    assertThat(service.at("/Spec/TaskTemplate/Resources/Limits/MemoryBytes").asLong())
        .isEqualTo(64 << 20);
    assertThat(shell.ok("service", "inspect", "--format", "{{.Spec.Labels.tier}}", "web"))
        .isEqualTo("front\n");

    assertThat(shell.ok("service", "rm", "web")).isEqualTo("web\n");
    assertThat(table(shell.ok("service", "ls"))).noneMatch(row -> row.get(1).equals("web"));
    shell.fails("service", "inspect", "web").contains("web");
  }

  private static void scaled(Shell shell) throws Exception {
    shell.swarm().create(Swarm.service("wide", IMAGE, 1));
    assertThat(shell.ok("service", "scale", "wide=3")).contains("wide scaled to 3", "converged");
    shell.awaitRunning("wide", 3);
    assertThat(shell.ok("service", "scale", "--detach", "wide=1")).isEqualTo("wide scaled to 1\n");
    shell.awaitRunning("wide", 1);
  }

  private static void updated(Shell shell) throws Exception {
    shell.swarm().create(Swarm.published(withEnvironment("changed", "A=1"), 8081, 80));
    shell.awaitRunning("changed", 1);
    assertThat(
            shell.ok("service", "update", "--env-add", "B=2", "--update-monitor", "1ms", "changed"))
        .startsWith("changed\n"); // docker says "converged" only where it saw that before the end
    // in any order: docker makes a map of them, whose order is another one each time
    assertThat(environment(shell, "changed")).containsExactlyInAnyOrder("A=1", "B=2");
  }

  private static void rolled_back(Shell shell) throws Exception {
    String id = shell.swarm().create(withEnvironment("back", "A=1"));
    shell.awaitRunning("back", 1);
    ObjectNode spec = withEnvironment("back", "B=2");
    spec.putObject("UpdateConfig").put("Parallelism", 1).put("Monitor", 1_000_000);
    long version = shell.api().get("/services/" + id).path("Version").path("Index").asLong();
    shell.api().post("/services/" + id + "/update?version=" + version, spec);
    Wait.until(
        "the update is complete",
        LIMIT,
        () ->
            shell
                .api()
                .get("/services/" + id)
                .at("/UpdateStatus/State")
                .asText()
                .equals("completed"));
    assertThat(environment(shell, "back")).containsExactly("B=2");
    assertThat(shell.ok("service", "rollback", "back")).contains("back");
    assertThat(environment(shell, "back")).containsExactly("A=1");
  }

  private static ObjectNode withEnvironment(String name, String variable) {
    ObjectNode spec = Swarm.service(name, IMAGE, 1);
    spec.withObject("/TaskTemplate/ContainerSpec").putArray("Env").add(variable);
    return spec;
  }

  private static List<String> environment(Shell shell, String service) throws Exception {
    String format = "{{json .Spec.TaskTemplate.ContainerSpec.Env}}";
    String shown = shell.ok("service", "inspect", "--format", format, service);
    var all = new ArrayList<String>();
    JSON.readTree(shown).forEach(one -> all.add(one.asText()));
    return all;
  }

  @Test
  void logs_of_a_service() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.service("talker", "echo out; echo err >&2; exec sleep 1000");
          Wait.until(
              "both lines are there",
              LIMIT,
              () -> {
                Client.Done done = shell.run("service", "logs", "talker");
                return done.out().lines().anyMatch(l -> l.matches(NAMED + "out"))
                    && done.err().lines().anyMatch(l -> l.matches(NAMED + "err"));
              });
          assertThat(shell.ok("service", "logs", "--raw", "talker")).isEqualTo("out\n");
          shell.fails("service", "logs", "nothing").contains("nothing");
        });
  }

  @Test
  void logs_of_a_task_and_of_none() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.service("talker", "echo out; exec sleep 1000");
          String task = shell.ok("service", "ps", "-q", "--no-trunc", "talker").strip();
          Wait.until(
              "its line is there",
              LIMIT,
              () -> shell.run("service", "logs", "--raw", task).out().equals("out\n"));
          shell
              .fails("service", "logs", "--tail", "abc", "talker")
              .contains("tail value must be a positive integer or \"all\"");
          shell.ok("service", "update", "--detach", "--log-driver", "none", "talker");
          Wait.until(
              "nothing can be read of it any more",
              LIMIT,
              () ->
                  shell
                      .run("service", "logs", "talker")
                      .err()
                      .contains("configured logging driver does not support reading"));
        });
  }

  @Test
  void what_a_client_posts_back_restarts_nothing() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.service("steady", "exec sleep 1000");
          String before = shell.ok("service", "ps", "-q", "steady");
          shell.ok("service", "update", "--detach", "--update-delay", "3s", "steady");
          shell.ok(
              "service", "update", "--detach", "--constraint-add", "node.role==manager", "steady");
          Wait.until(
              "it is done",
              LIMIT,
              () ->
                  shell
                      .run("service", "inspect", "-f", "{{.UpdateStatus.State}}", "steady")
                      .out()
                      .equals("completed\n"));
          assertThat(shell.ok("service", "ps", "-q", "steady")).isEqualTo(before);
        });
  }

  @Test
  void a_port_that_the_host_chose() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.service("open", "exec sleep 1000");
          shell.ok("service", "update", "--publish-add", "target=80,mode=host", "--detach", "open");
          Wait.until(
              "it is told",
              LIMIT,
              () ->
                  shell
                      .run("service", "ps", "--format", "{{.Ports}}", "open")
                      .out()
                      .matches("(?s)\\*:(49|5\\d|6\\d)\\d{3}->80/tcp\n.*"));
        });
  }

  @Test
  void errors_about_services() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          for (List<String> words :
              List.of(
                  List.of("service", "inspect", "nothing"),
                  List.of("service", "ps", "nothing"),
                  List.of("service", "rm", "nothing"),
                  List.of("service", "scale", "nothing=2"),
                  List.of("service", "update", "--env-add", "A=1", "nothing"))) {
            shell.fails(words).contains("nothing");
          }
          shell.fails("service", "create", "--name", "not a name", IMAGE).contains("not a name");
          shell.fails("service", "create", "--name", "x", "Not An Image").contains("Not An Image");
          shell.fails("service", "create").contains("argument");
          shell.fails("service", "scale", "web").contains("web");
          assertThat(table(shell.ok("service", "ls"))).hasSize(1);
          assertThat(shell.api().get("/services")).isEmpty();
        });
  }
}
