package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.Shell.table;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.chaos.cluster.TestCluster;

/// The unmodified `docker` command and our own `swarm`, about themselves, the cluster and its
/// nodes: what users rely on in their output, their exit status, and where their errors go.
@Tag("multihost")
final class ClusterCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void version() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          assertThat(shell.ok("version"))
              .contains("Client:", "Server:")
              .containsPattern("API version: +1\\.50");
          assertThat(shell.ok("version", "--format", "{{.Server.APIVersion}}").strip())
              .isEqualTo("1.50");
        });
  }

  @Test
  void info() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          assertThat(shell.ok("info"))
              .contains(" Swarm: active", "  Is Manager: true", "  Nodes: 1", "  Managers: 1")
              .contains("  Node Address: " + TestCluster.address(shell.host()))
              .contains(" Cgroup Driver:", " Storage Driver:");
          assertThat(shell.ok("info", "--format", "{{.Swarm.LocalNodeState}}"))
              .isEqualTo("active\n");
          assertThat(shell.on(3).ok("info")).contains(" Swarm: inactive");
        });
  }

  @Test
  void what_there_is_not() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          Client.Done done = shell.run("frobnicate");
          assertThat(done.status()).as(done.toString()).isPositive();
          assertThat(done.err()).contains("frobnicate");
          assertThat(done.out()).isEmpty();
        });
  }

  @Test
  void nodes() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          String name = CLUSTER.cluster().hostname(shell.host());
          String id = CLUSTER.nodeId(shell.host(), shell.host());
          List<List<String>> rows = table(shell.ok("node", "ls"));
          assertThat(rows.getFirst())
              .containsExactly(
                  "ID", "HOSTNAME", "STATUS", "AVAILABILITY", "MANAGER STATUS", "ENGINE VERSION");
          assertThat(rows.get(1)).startsWith(id + " *", name, "Ready", "Active", "Leader");
          assertThat(shell.ok("node", "ls", "-q")).isEqualTo(id + "\n");
          assertThat(shell.ok("node", "ls", "--filter", "role=worker", "-q")).isEmpty();
          String format = "{{.Status.State}} {{.ID}}";
          for (String node : List.of("self", name, id)) {
            assertThat(shell.ok("node", "inspect", node, "--format", format))
                .isEqualTo("ready " + id + "\n");
          }
          String shown = shell.ok("node", "inspect", "self");
          assertThat(JSON.readTree(shown).path(0).path("ID").asText()).isEqualTo(id);
          shell.service("web", "sleep 1000");
          rows = table(shell.ok("node", "ps"));
          assertThat(rows.getFirst()).startsWith("ID", "NAME", "IMAGE", "NODE", "DESIRED STATE");
          assertThat(rows.get(1)).contains("web.1", IMAGE, name, "Running");
          shell.fails("node", "inspect", "nothing").contains("nothing");
          shell.fails("node", "ps", "nothing").contains("nothing");
        });
  }

  /// One client after the other, on the same two hosts, which are in no swarm before and after.
  @ParameterizedTest
  @EnumSource
  void init_join_and_leave(Client client) throws Exception {
    Shell first = Shell.of(CLUSTER, client).on(3);
    Shell second = first.on(4);
    String address = TestCluster.address(first.host());
    String manager = address + ":2377";
    first.fails(first.cluster("join-token", "worker")).contains("not a swarm manager");
    assertThat(first.ok(first.cluster("init", "--advertise-addr", address)))
        .containsPattern(
            "Swarm initialized: current node \\(" + Shell.ID + "\\) is now a manager\\.")
        .containsPattern("swarm join --token SWMTKN-1-\\S+ " + manager);
    CLUSTER.awaitReady(first.host(), 1);
    first.fails(first.cluster("init")).contains("already part of a swarm");

    String token = first.ok(first.cluster("join-token", "-q", "worker")).strip();
    assertThat(token).matches("SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}");
    assertThat(first.ok(first.cluster("join-token", "worker")))
        .contains("    ", "swarm join --token " + token + " " + manager);
    assertThat(first.ok(first.cluster("join-token", "manager")))
        .contains("To add a manager to this swarm, run the following command:")
        .doesNotContain(token);
    first.fails(first.cluster("join-token", "king")).contains("king");
    String rotated = first.ok(first.cluster("join-token", "--rotate", "-q", "worker")).strip();
    assertThat(rotated).startsWith("SWMTKN-1-").isNotEqualTo(token);

    second.fails(second.cluster("join", "--token", token, manager)).isNotBlank();
    String own = TestCluster.address(second.host());
    List<String> join =
        second.cluster("join", "--advertise-addr", own, "--token", rotated, manager);
    assertThat(second.ok(join)).isEqualTo("This node joined a swarm as a worker.\n");
    CLUSTER.awaitReady(first.host(), 2);
    second
        .fails(second.cluster("join", "--token", rotated, manager))
        .contains("already part of a swarm");
    second.fails("node", "ls").contains("not a swarm manager");
    assertThat(second.ok("info")).contains("  Is Manager: false");

    assertThat(second.ok(second.cluster("leave"))).isEqualTo("Node left the swarm.\n");
    first.fails(first.cluster("leave")).contains("--force");
    assertThat(first.ok(first.cluster("leave", "--force"))).isEqualTo("Node left the swarm.\n");
    assertThat(first.ok("info")).contains(" Swarm: inactive");
    first.fails(first.cluster("leave")).contains("not part of a swarm");
  }
}
