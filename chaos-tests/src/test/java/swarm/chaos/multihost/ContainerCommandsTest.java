package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Shell.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// The unmodified `docker` command and our own `swarm`, about containers: what users rely on in
/// their output, their exit status, and where their errors go.
@Tag("multihost")
final class ContainerCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void containers() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          String id = shell.container("box", "echo out; echo err >&2; exec sleep 1000");
          List<List<String>> rows = table(shell.ok("ps"));
          assertThat(rows.getFirst())
              .containsExactly(
                  "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
          assertThat(rows.get(1)).startsWith(id.substring(0, 12), IMAGE).endsWith("box");
          assertThat(rows.get(1).get(4)).startsWith("Up ");
          assertThat(shell.ok("ps", "-q", "--no-trunc")).isEqualTo(id + "\n");
          JsonNode shown = JSON.readTree(shell.ok("inspect", "box")).path(0);
          assertThat(shown.path("Id").asText()).isEqualTo(id);
          assertThat(shell.ok("inspect", "--format", "{{.State.Status}} {{.Name}}", "box"))
              .isEqualTo("running /box\n");
          Wait.until(
              "its output is logged",
              LIMIT,
              () -> {
                Client.Done done = shell.run("logs", "box");
                return done.status() == 0
                    && done.out().equals("out\n")
                    && done.err().equals("err\n");
              });
          assertThat(shell.ok("stop", "-t", "0", "box")).isEqualTo("box\n");
          assertThat(table(shell.ok("ps"))).hasSize(1);
          assertThat(shell.ok("ps", "-a", "--format", "{{.Names}}: {{.Status}}"))
              .startsWith("box: Exited (137) ");
          assertThat(shell.ok("rm", "box")).isEqualTo("box\n");
          for (List<String> words :
              List.of(
                  List.of("logs", "box"),
                  List.of("inspect", "box"),
                  List.of("stop", "box"),
                  List.of("rm", "box"))) {
            shell.fails(words).containsIgnoringCase("no such").contains("box");
          }
        });
  }

  @Test
  void events() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          long since = Instant.now().getEpochSecond();
          String id = shell.container("short", "true");
          shell.api().post("/containers/short/wait");
          String until = Long.toString(Instant.now().getEpochSecond() + 1);
          String out =
              shell.ok(
                  "events",
                  "--since",
                  Long.toString(since),
                  "--until",
                  until,
                  "--filter",
                  "container=short");
          for (String action : List.of("create", "start", "die")) {
            assertThat(out)
                .containsPattern(
                    "(?m)^\\d{4}-\\d\\d-\\d\\dT\\S+ container "
                        + action
                        + " "
                        + id
                        + " \\(.*name=short.*\\)$");
          }
          assertThat(
                  shell.ok(
                      "events",
                      "--since",
                      Long.toString(since),
                      "--until",
                      until,
                      "--filter",
                      "event=die",
                      "--format",
                      "{{.Type}} {{.Action}}"))
              .contains("container die\n")
              .doesNotContain("create");
        });
  }
}
