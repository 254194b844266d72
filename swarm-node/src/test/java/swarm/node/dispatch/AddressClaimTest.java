package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Formed;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

/// The state is made by commands, as it is in life. Node n2 is at 192.0.2.2, and n3 says that it is
/// there.
class AddressClaimTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String ADDRESS = "192.0.2.2";

  private ClusterState state = ClusterState.EMPTY;

  private void apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
  }

  private void owner(Node.State wanted) {
    apply(Formed.at(NOW));
    apply(new Command.AdmitNode("n2", "worker", ADDRESS, NOW));
    apply(new Command.AdmitNode("n3", "worker", "192.0.2.3", NOW));
    if (wanted == Node.State.UNKNOWN) {
      return;
    }
    apply(
        new Command.DescribeNode(
            "n2", new Node.Description("h2", "linux", "amd64", 1, 1, "1", Map.of()), ADDRESS, NOW));
    if (wanted != Node.State.READY) {
      apply(new Command.SetNodeStatus("n2", Node.State.READY, wanted, "", NOW));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // the owner is, the other calls from, taken
    "READY,        192.0.2.3, false",
    "READY,        192.0.2.2, false",
    "READY,        127.0.0.1, false",
    "DISCONNECTED, 192.0.2.3, false",
    "DISCONNECTED, 192.0.2.2, true",
    "DOWN,         192.0.2.3, false",
    "DOWN,         192.0.2.2, true",
    "DOWN,         127.0.0.1, true",
    "UNKNOWN,      192.0.2.3, true",
    "UNKNOWN,      192.0.2.2, true",
  })
  void whoMayTakeAnAddress(Node.State owner, String from, boolean taken) {
    owner(owner);
    assertThat(AddressClaim.refusal(state, "n3", ADDRESS, InetAddress.ofLiteral(from)).isEmpty())
        .isEqualTo(taken);
  }

  @Test
  void itsOwnItHas() {
    owner(Node.State.DISCONNECTED);
    assertThat(AddressClaim.refusal(state, "n2", ADDRESS, InetAddress.ofLiteral("192.0.2.9")))
        .isEmpty();
  }

  @Test
  void whoHasLeftHasNone() {
    owner(Node.State.READY);
    apply(new Command.LeaveNode("n2", NOW.plusSeconds(60), NOW));
    assertThat(AddressClaim.refusal(state, "n3", ADDRESS, InetAddress.ofLiteral("192.0.2.9")))
        .isEmpty();
  }

  @Test
  void whatToDoIsSaid() {
    owner(Node.State.DOWN);
    assertThat(AddressClaim.refusal(state, "n3", ADDRESS, InetAddress.ofLiteral("192.0.2.9")))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .contains("n3 says that it is at 192.0.2.2", "node n2 (h2)")
                    .contains("docker node rm --force n2", "--advertise-addr"));
  }
}
