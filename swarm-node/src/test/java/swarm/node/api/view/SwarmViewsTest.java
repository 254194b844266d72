package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Tasks;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.state.ClusterState;

class SwarmViewsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String ADDRESS = "10.0.0.1:2377";

  private static JsonNode shown(Node.State state, Node.@Nullable Manager manager) {
    var node =
        new Node(
            "n1",
            new Version(7, NOW, NOW),
            new NodeSpec(null, null, manager == null ? "worker" : "manager", "active"),
            new Node.Description("one", "linux", "amd64", 1, 1, "0.1.0", Map.of()),
            new Node.Status(state, "", "10.0.0.1", NOW),
            manager,
            0);
    return SwarmViews.node(
        node, new Leadership(3, Optional.of(new Member("raft-1", ADDRESS)), false));
  }

  /// A manager whose daemon is dead has no say in the log, whether or not its host answers.
  @ParameterizedTest
  @CsvSource({
    "READY, reachable",
    "DISCONNECTED, unreachable",
    "DOWN, unreachable",
    "UNKNOWN, unreachable"
  })
  void a_manager_is_reachable_while_its_daemon_answers(Node.State state, String reachability) {
    JsonNode status = shown(state, new Node.Manager("raft-2", ADDRESS)).path("ManagerStatus");
    assertThat(status.path("Reachability").asText()).isEqualTo(reachability);
    assertThat(status.has("Leader")).isFalse();
  }

  @Test
  void the_leader_says_so_and_a_worker_has_no_status_as_a_manager() {
    assertThat(
            shown(Node.State.READY, new Node.Manager("raft-1", ADDRESS))
                .at("/ManagerStatus/Leader")
                .asBoolean())
        .isTrue();
    assertThat(shown(Node.State.READY, null).has("ManagerStatus")).isFalse();
  }

  @Test
  void generic_resources_of_a_node_and_what_a_task_got_of_them() {
    var has = List.of(GenericResource.named("GPU", "red"), GenericResource.discrete("SSD", 3));
    var node =
        new Node(
            "n1",
            new Version(7, NOW, NOW),
            new NodeSpec(null, null, "worker", "active"),
            new Node.Description("one", "linux", "amd64", 1, 1, "0.1.0", Map.of()).with(has),
            new Node.Status(Node.State.READY, "", "10.0.0.1", NOW),
            null,
            0);
    assertThat(
            SwarmViews.node(node, new Leadership(3, Optional.empty(), false))
                .at("/Description/Resources/GenericResources"))
        .hasToString(
            "[{\"NamedResourceSpec\":{\"Kind\":\"GPU\",\"Value\":\"red\"}},"
                + "{\"DiscreteResourceSpec\":{\"Kind\":\"SSD\",\"Value\":3}}]");
    assertThat(shown(Node.State.READY, null).at("/Description/Resources").has("GenericResources"))
        .isFalse();
  }

  /// Docker's clients group them by kind.
  @Test
  void a_node_names_the_drivers_that_every_node_has_by_kind() {
    assertThat(shown(Node.State.READY, null).at("/Description/Engine/Plugins"))
        .extracting(plugin -> plugin.path("Type").asText() + " " + plugin.path("Name").asText())
        .containsExactly(
            "Log json-file",
            "Log local",
            "Log syslog",
            "Network bridge",
            "Network host",
            "Network null",
            "Network overlay",
            "Volume local");
    assertThat(Drivers.byKind())
        .hasToString(
            "{\"Volume\":[\"local\"],\"Network\":[\"bridge\",\"host\",\"null\",\"overlay\"],"
                + "\"Authorization\":[],\"Log\":[\"json-file\",\"local\",\"syslog\"]}");
  }

  @Test
  void what_gave_way_says_for_whom() {
    JsonNode task =
        SwarmViews.task(
            ClusterState.EMPTY, Tasks.assigned("t1", "").preempted("web.3 (priority 9)"));
    assertThat(task.at("/Status/Err").asText()).isEqualTo("preempted by web.3 (priority 9)");
  }
}
