package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Flaps;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.ReservedLabels;

class FlapsTest {
  private static final Instant T0 = Instant.parse("2026-01-02T03:04:05Z");

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "5, 0", "6, 2", "7, 4", "8, 8", "11, 64", "12, 120", "20, 120"})
  void theMoreLossesTheLongerItMustStay(int losses, long seconds) {
    assertThat(Flaps.hold(new Flaps(losses, T0))).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(Flaps.explain(new Flaps(losses, T0)).isEmpty()).isEqualTo(seconds == 0);
  }

  @Test
  void lossesAreForgottenAndCountedUpToALimit() {
    Flaps flaps = Flaps.lost(null, T0);
    assertThat(flaps.losses()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      flaps = Flaps.lost(flaps, T0);
    }
    assertThat(flaps.losses()).isEqualTo(20);
    assertThat(Flaps.lost(flaps, T0.plusSeconds(150)).losses()).isEqualTo(19);
    assertThat(Flaps.lost(flaps, T0.plusSeconds(86_400)).losses()).isEqualTo(1);
    assertThat(Flaps.lost(flaps, T0.minusSeconds(86_400)).losses()).isEqualTo(20);
    assertThat(Flaps.hold(null)).isZero();
  }

  @Test
  void aNodeThatIsLostAgainAndAgainIsHeldBackAndItsStatusSaysSo() {
    ClusterState state = ClusterState.EMPTY;
    long index = 1;
    state = apply(state, index++, new Command.AdmitNode("n", "worker", "192.0.2.1", T0));
    for (int i = 0; i < Flaps.FORGIVEN; i++) {
      state = apply(state, index++, described());
      assertThat(status(state).state()).isEqualTo(Node.State.READY);
      state = apply(state, index++, lost());
      assertThat(status(state).message())
          .as("loss %d is forgiven", i + 1)
          .isEqualTo("host does not answer");
    }
    state = apply(state, index++, described());
    state = apply(state, index++, lost());
    assertThat(status(state).message())
        .isEqualTo(
            "host does not answer; flapping: lost 6 times lately, so it must stay for 2 s before it"
                + " is ready");
    state = apply(state, index++, described());
    assertThat(status(state).state()).isEqualTo(Node.State.DOWN);
    assertThat(status(state).message()).startsWith("flapping: lost 6 times");
    state =
        apply(
            state,
            index,
            new Command.SetNodeStatus(
                "n", Node.State.DOWN, Node.State.READY, "", T0.plusSeconds(2)));
    assertThat(status(state).state()).isEqualTo(Node.State.READY);
    assertThat(status(state).flaps()).isNotNull();
  }

  private static Command described() {
    return new Command.DescribeNode(
        "n", new Node.Description("h", "linux", "x86_64", 1, 1, "1", Map.of()), "192.0.2.1", T0);
  }

  private static Command lost() {
    return new Command.SetNodeStatus(
        "n", Node.State.READY, Node.State.DOWN, "host does not answer", T0);
  }

  private static ClusterState apply(ClusterState state, long index, Command command) {
    return CommandApplier.apply(state, index, command).state();
  }

  private static Node.Status status(ClusterState state) {
    return state.node("n").orElseThrow().status();
  }

  @ParameterizedTest
  @CsvSource({
    "30s, 30000", "1m30s, 90000", "500ms, 500", "1.5h, 5400000", "0s, 0", "'', -1", "30, -1",
    "-3s, -1", "1x, -1", "s, -1", "99999h, -1", "1e9s, -1", "5s5, -1", ".5s, 500"
  })
  void durationsAreGos(String text, long millis) {
    assertThat(ReservedLabels.duration(text).map(Duration::toMillis).orElse(-1L)).isEqualTo(millis);
  }
}
