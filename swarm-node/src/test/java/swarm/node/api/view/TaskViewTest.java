package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import swarm.node.testing.Formed;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;

class TaskViewTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private ClusterState state = ClusterState.EMPTY;

  private void run(Command command) {
    state = CommandApplier.apply(state, state.index() + 1, command).state();
  }

  /// What is published of a task that asks for 80 on any port and 81 on port 8081 of its host.
  private JsonNode published(@Nullable List<Integer> chosen) throws Exception {
    run(Formed.at(NOW));
    run(
        new Command.CreateService(
            "s",
            Wire.JSON.readValue(
                """
                {"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"i"}},"EndpointSpec":{"Ports":[
                  {"TargetPort":80,"PublishMode":"host"},
                  {"TargetPort":81,"PublishedPort":8081,"PublishMode":"host"}]}}""",
                ServiceSpec.class),
            NOW));
    run(new Command.CreateTask("t", "s", 1, "", 0, TaskState.RUNNING, NOW, NOW));
    run(new Command.AllocateTask("t", 0, NOW));
    run(new Command.AssignTask("t", "n1", null, NOW));
    var seen = new Task.Status(TaskState.RUNNING, NOW, "", "", null, chosen);
    run(
        new Command.ReportTasks(
            "n1", List.of(new Command.ReportTasks.Observation("t", seen)), NOW));
    return SwarmViews.task(state, state.task("t").orElseThrow()).at("/Status/PortStatus/Ports");
  }

  @Test
  void portsThatTheHostChoseAreShown() throws Exception {
    assertThat(published(List.of(49_153, 8081)).findValuesAsText("PublishedPort"))
        .containsExactly("49153", "8081");
  }

  @Test
  void anOlderAgentSaysNothingOfThem() throws Exception {
    assertThat(published(null).get(1).path("PublishedPort").asInt()).isEqualTo(8081);
  }
}
