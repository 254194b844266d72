package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.node.testing.Formed;
import swarm.scheduler.model.ReservedLabels;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

class StopAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private ClusterState state = ClusterState.EMPTY;

  private void apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
  }

  @BeforeEach
  void cluster() throws Exception {
    apply(Formed.at(NOW));
    service("leashed", "90s");
    service("free", null);
    service("odd", "soon");
    task("t1", "leashed", "n1");
    task("t2", "free", "n1");
    task("t3", "odd", "n1");
  }

  private void service(String id, @Nullable String label) throws Exception {
    var spec = Wire.JSON.createObjectNode().put("Name", id);
    spec.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", "i");
    spec.putObject("Mode").putObject("Replicated").put("Replicas", 1);
    if (label != null) {
      spec.putObject("Labels").put(ReservedLabels.STOP_AFTER_DISCONNECT, label);
    }
    apply(new Command.CreateService(id, Wire.JSON.treeToValue(spec, ServiceSpec.class), NOW));
  }

  private void task(String id, String service, String node) {
    apply(new Command.CreateTask(id, service, 1, "", 0, TaskState.RUNNING, NOW, NOW));
    apply(new Command.AllocateTask(id, 0, NOW));
    apply(new Command.AssignTask(id, node, NOW));
  }

  private Service known(String id) {
    return state.service(id).orElseThrow();
  }

  @Test
  void onlyServicesThatSaySoAreTold() {
    assertThat(StopAfter.of(state, "n1")).isEqualTo(Map.of("leashed", 90_000L));
    assertThat(StopAfter.of(state, "n2")).isEmpty();
  }

  @Test
  void aServiceThatSaysSoGovernsItsTasks() {
    assertThat(StopAfter.governs(state, state.task("t1").orElseThrow())).isTrue();
    assertThat(StopAfter.governs(state, state.task("t2").orElseThrow())).isFalse();
  }

  @Test
  void onlyAChangeOfTheLabelConcernsNodes() {
    Service leashed = known("leashed");

    assertThat(StopAfter.concerns(new Change.OfService(null, leashed))).isTrue();
    assertThat(StopAfter.concerns(new Change.OfService(leashed, null))).isTrue();
    assertThat(StopAfter.concerns(new Change.OfService(leashed, leashed))).isFalse();
    assertThat(StopAfter.concerns(new Change.OfService(null, known("free")))).isFalse();
  }
}
