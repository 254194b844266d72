package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

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
import swarm.scheduler.state.CommandResult;

class HeldStopsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final long LIMIT = HeldStops.LIMIT.toNanos();

  private final HeldStops held = new HeldStops();
  private final StopsUnderWay stops = new StopsUnderWay();
  private ClusterState state = ClusterState.EMPTY;

  private void apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
    stops.changed(applied.changes(), 0);
  }

  /// A service with one task that runs and takes calls.
  private void running(int ingressAddress) throws Exception {
    apply(Formed.at(NOW));
    var spec =
        Wire.JSON.readValue(
            "{\"Name\":\"web\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"i\"}},"
                + "\"Mode\":{\"Replicated\":{\"Replicas\":1}}}",
            ServiceSpec.class);
    apply(new Command.CreateService("s", spec, NOW));
    apply(new Command.CreateTask("t", "s", 1, "", 0, TaskState.RUNNING, NOW, NOW));
    apply(new Command.AllocateTask("t", ingressAddress, NOW));
    apply(new Command.AssignTask("t", "n1", NOW));
    apply(
        new Command.ReportTasks(
            "n1",
            List.of(
                new Command.ReportTasks.Observation(
                    "t", new Task.Status(TaskState.RUNNING, NOW, "", "", null))),
            NOW));
  }

  private void stop() {
    apply(new Command.DesireTask("t", TaskState.SHUTDOWN, NOW));
  }

  private boolean holds(@Nullable TaskState told, long balancedThrough, long now) {
    Task task = state.tasks().get("t");
    assertThat(task).isNotNull();
    return task != null && held.holds(state, task, told, balancedThrough, now);
  }

  @Test
  void aTaskThatIsToRunIsNotHeld() throws Exception {
    running(7);
    assertThat(holds(null, 0, 0)).isFalse();
    assertThat(holds(TaskState.RUNNING, 0, 0)).isFalse();
    assertThat(stops.any(0, 0)).isFalse();
  }

  @Test
  void aStopWaitsForTheLoadBalancers() throws Exception {
    running(7);
    stop();
    long at = state.index();
    assertThat(holds(TaskState.RUNNING, at - 1, 5)).isTrue();
    assertThat(held.tasks()).containsExactly("t");
    assertThat(held.untilNanos()).hasValue(5 + LIMIT);
    assertThat(stops.any(at - 1, 1)).isTrue();
    assertThat(holds(TaskState.RUNNING, at, 6)).isFalse();
    assertThat(held.tasks()).isEmpty();
    assertThat(stops.any(at, 1)).isFalse();
  }

  @Test
  void butNotForEver() throws Exception {
    running(7);
    stop();
    assertThat(holds(TaskState.RUNNING, 0, 5)).isTrue();
    assertThat(holds(TaskState.RUNNING, 0, 4 + LIMIT)).isTrue();
    assertThat(holds(TaskState.RUNNING, 0, 5 + LIMIT)).isFalse();
    assertThat(held.untilNanos()).isEmpty();
    assertThat(stops.any(0, LIMIT)).isFalse();
  }

  @Test
  void whatTakesNoCallsStopsAtOnce() throws Exception {
    running(0);
    stop();
    assertThat(holds(TaskState.RUNNING, 0, 0)).isFalse();
    assertThat(stops.any(0, 0)).isFalse();
  }

  @Test
  void aServiceThatWasRemovedHasNoCallers() throws Exception {
    running(7);
    apply(new Command.RemoveService("s", NOW));
    stop();
    assertThat(holds(TaskState.RUNNING, 0, 0)).isFalse();
  }

  @Test
  void anAgentThatNeverKnewItToRunIsToldAtOnce() throws Exception {
    running(7);
    stop();
    assertThat(holds(null, 0, 0)).isFalse();
  }

  @Test
  void aTaskThatIsTheNodesNoMoreIsForgotten() throws Exception {
    running(7);
    stop();
    assertThat(holds(TaskState.RUNNING, 0, 0)).isTrue();
    held.forget("t");
    assertThat(held.untilNanos()).isEmpty();
  }
}
