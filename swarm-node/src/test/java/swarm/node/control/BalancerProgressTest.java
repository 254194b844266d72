package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.node.testing.Formed;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

class BalancerProgressTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final BalancerProgress progress = new BalancerProgress();
  private ClusterState state = ClusterState.EMPTY;

  BalancerProgressTest() {
    apply(Formed.at(NOW));
    apply(new Command.SetNodeManager("n1", new Node.Manager("r1", "192.0.2.1:2377"), NOW));
    apply(new Command.SetNodeIngress("n1", 1, NOW));
    worker("n2", 2);
  }

  private void apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
  }

  private void worker(String id, int address) {
    apply(new Command.AdmitNode(id, "worker", "192.0.2." + address, NOW));
    apply(
        new Command.DescribeNode(
            id,
            new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
            "192.0.2." + address,
            NOW));
    apply(new Command.SetNodeIngress(id, address, NOW));
  }

  @Test
  void theSlowestHostCounts() {
    progress.told("n1", Map.of("n1", 5L, "n2", 3L));
    assertThat(progress.through(state)).isEqualTo(3);
  }

  @Test
  void aHostThatNobodySpokeOfHasFollowedNothing() {
    progress.told("n1", Map.of("n1", 5L));
    assertThat(progress.through(state)).isZero();
  }

  @Test
  void aHostWithoutAnAddressBalancesNothing() {
    progress.told("n1", Map.of("n1", 4L, "n2", 4L));
    apply(new Command.AdmitNode("n3", "worker", "192.0.2.3", NOW));
    assertThat(progress.through(state)).isEqualTo(4);
  }

  @Test
  void aHostThatIsDownLeadsNobody() {
    progress.told("n1", Map.of("n1", 4L));
    apply(new Command.SetNodeStatus("n2", Node.State.READY, Node.State.DOWN, "gone", NOW));
    assertThat(progress.through(state)).isEqualTo(4);
  }

  @Test
  void nothingIsAheadOfTheState() {
    progress.told("n1", Map.of("n1", 400L, "n2", 400L));
    assertThat(progress.through(state)).isEqualTo(state.index());
  }

  @Test
  void whoIsNoManagerNowIsNotBelieved() {
    progress.told("n1", Map.of("n1", 4L));
    progress.told("n2", Map.of("n2", 4L));
    assertThat(progress.through(state)).isZero();
  }
}
