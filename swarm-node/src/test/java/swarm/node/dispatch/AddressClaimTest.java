package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.rpc.SessionMessages;
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

  private static Node.Description description(String host, @Nullable String dataPath) {
    return new Node.Description(host, "linux", "amd64", 1, 1, "1", Map.of()).withDataPath(dataPath);
  }

  private static SessionMessages.Hello hello(String address, @Nullable String dataPath) {
    return new SessionMessages.Hello(description("h3", dataPath), address);
  }

  private Optional<String> refusal(String node, SessionMessages.Hello claimed, String from) {
    return AddressClaim.refusal(state, node, claimed, InetAddress.ofLiteral(from));
  }

  private void owner(Node.State wanted) {
    apply(Formed.at(NOW));
    apply(new Command.AdmitNode("n2", "worker", ADDRESS, NOW));
    apply(new Command.AdmitNode("n3", "worker", "192.0.2.3", NOW));
    if (wanted == Node.State.UNKNOWN) {
      return;
    }
    apply(new Command.DescribeNode("n2", description("h2", "198.51.100.2"), ADDRESS, NOW));
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
    assertThat(refusal("n3", hello(ADDRESS, null), from).isEmpty()).isEqualTo(taken);
  }

  @Test
  void itsOwnItHas() {
    owner(Node.State.DISCONNECTED);
    assertThat(refusal("n2", hello(ADDRESS, null), "192.0.2.9")).isEmpty();
  }

  @Test
  void whoHasLeftHasNone() {
    owner(Node.State.READY);
    apply(new Command.LeaveNode("n2", NOW.plusSeconds(60), NOW));
    assertThat(refusal("n3", hello(ADDRESS, null), "192.0.2.9")).isEmpty();
  }

  @Test
  void whatToDoIsSaid() {
    owner(Node.State.DOWN);
    assertThat(refusal("n3", hello(ADDRESS, null), "192.0.2.9"))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .contains("n3 says that it is at 192.0.2.2", "node n2 (h2)")
                    .contains("docker node rm --force n2", "--advertise-addr"));
  }

  /// What is meant for containers goes by the data path: taking another's address for it would make
  /// that one's tasks look silent as soon as the thief is.
  @ParameterizedTest
  @CsvSource({
    "192.0.2.3, 192.0.2.2, --advertise-addr",
    "192.0.2.3, 198.51.100.2, --data-path-addr",
    "198.51.100.2, 198.51.100.3, --data-path-addr",
    "192.0.2.3, 198.51.100.3, ",
  })
  void nobodyTakesAnothersDataPath(String address, String dataPath, @Nullable String option) {
    owner(Node.State.READY);
    Optional<String> why = refusal("n3", hello(address, dataPath), address);
    assertThat(why.isEmpty()).isEqualTo(option == null);
    why.ifPresent(text -> assertThat(text).contains("node n2 (h2)").endsWith(option));
  }

  /// Every node would read it.
  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.2.3", "01.2.3.4", "1.2.3.4.5", "::1", "example.org"})
  void whatIsNoAddressIsRefused(String text) {
    owner(Node.State.READY);
    assertThat(refusal("n3", hello(text, null), "192.0.2.3").orElse(""))
        .contains("'" + text + "', which is no IPv4 address");
    assertThat(refusal("n3", hello("192.0.2.3", text), "192.0.2.3").orElse(""))
        .contains("'" + text + "', which is no IPv4 address");
  }
}
