package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;

class SightTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Sight sight = new Sight(0);

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static Optional<Node.State> judged(Node.State state, Liveness.Evidence evidence) {
    var node =
        new Node(
            "n1",
            new Version(1, NOW, NOW),
            new NodeSpec(null, null, "worker", "active", null),
            new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
            new Node.Status(state, "", "10.0.0.1", NOW),
            null,
            0);
    return Liveness.judge(node, evidence, LEASE).map(Liveness.Verdict::state);
  }

  /// Its new session is another manager's, whose word comes by the log first.
  @ParameterizedTest(name = "its host had {0}, gossip says {1}")
  @CsvSource({"REFUSED, SUSPECT", "REFUSED, DEAD", "SILENT, DEAD", "SILENT, NONE"})
  void whoIsBackByTheLogIsNotLostByWhatWasSeenBefore(Liveness.Probe probe, Liveness.Hint hint) {
    sight.begin(0);
    sight.state(Node.State.READY, 0);
    sight.heard(millis(1_000));
    sight.ended(millis(1_050));
    for (int i = 0; i < Liveness.FAILED_PROBES; i++) {
      assertThat(sight.beginProbe()).isTrue();
      sight.probed(probe, millis(1_100 + i), millis(1_100 + i));
    }
    assertThat(judged(Node.State.READY, sight.evidence(millis(2_400), _ -> hint))).isPresent();
    sight.state(Node.State.DOWN, millis(2_500));

    sight.state(Node.State.READY, millis(8_000));

    assertThat(judged(Node.State.READY, sight.evidence(millis(8_050), _ -> hint))).isEmpty();
    assertThat(judged(Node.State.READY, sight.evidence(millis(8_250), _ -> hint))).isEmpty();
  }

  @Test
  void thatTheLogFindsItReadyStillIsNoNews() {
    sight.begin(0);
    sight.state(Node.State.READY, 0);
    sight.state(Node.State.READY, millis(5_000));

    Liveness.Evidence evidence = sight.evidence(millis(5_000), _ -> Liveness.Hint.NONE);

    assertThat(evidence.heard()).isFalse();
    assertThat(evidence.silence()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void anAnswerFromBeforeItWasHeardDoesNotCount() {
    assertThat(sight.beginProbe()).isTrue();
    assertThat(sight.beginProbe()).as("one at a time").isFalse();
    sight.heard(millis(20));
    sight.probed(Liveness.Probe.REFUSED, millis(10), millis(30));

    assertThat(sight.evidence(millis(30), _ -> Liveness.Hint.NONE).lastProbe())
        .isEqualTo(Liveness.Probe.NONE);
    assertThat(sight.beginProbe()).as("and then the next").isTrue();
  }

  @Test
  void gossipIsAskedAboutASessionThatWasHeardSinceThisManagerLeads() {
    sight.heard(millis(100));
    assertThat(asked(millis(300))).isEqualTo(200);
    sight.begin(millis(400));
    assertThat(asked(millis(500))).isEqualTo(Hints.NOT_HEARD);
    sight.heard(millis(550));
    sight.ended(millis(600));
    assertThat(asked(millis(700))).isEqualTo(Hints.NOT_HEARD);
  }

  private long asked(long now) {
    long[] asked = {-1};
    var _ =
        sight.evidence(
            now,
            silent -> {
              asked[0] = silent;
              return Liveness.Hint.NONE;
            });
    return asked[0];
  }

  @Test
  void anAnswerCountsForANewLeaderForASecond() {
    assertThat(sight.beginProbe()).isTrue();
    sight.probed(Liveness.Probe.SILENT, millis(100), millis(200));
    sight.begin(millis(1_200));
    assertThat(sight.evidence(millis(1_200), _ -> Liveness.Hint.NONE).silentProbes()).isOne();
    sight.begin(millis(1_201));
    assertThat(sight.evidence(millis(1_201), _ -> Liveness.Hint.NONE).silentProbes()).isZero();
  }

  @Test
  void aPauseOfTheManagerIsNoSilence() {
    sight.heard(millis(100));
    sight.excuse(millis(500), millis(700));
    assertThat(sight.evidence(millis(700), _ -> Liveness.Hint.NONE).silence())
        .isEqualTo(Duration.ofMillis(100));
    sight.excuse(millis(9_000), millis(700));
    assertThat(sight.evidence(millis(700), _ -> Liveness.Hint.NONE).silence()).isZero();
  }

  /// While nobody led, nobody could come back; and the time in the state is another clock's.
  @Test
  void theLeaseRunsFromTheLeadersBeginning() {
    sight.begin(millis(100_000));
    sight.state(Node.State.DISCONNECTED, millis(100_050));
    for (long after : new long[] {700, 29_000, 30_000}) {
      assertThat(
              judged(
                  Node.State.DISCONNECTED,
                  sight.evidence(millis(100_050 + after), _ -> Liveness.Hint.NONE)))
          .as("%s ms", after)
          .isEmpty();
    }
    assertThat(
            judged(
                Node.State.DISCONNECTED, sight.evidence(millis(130_051), _ -> Liveness.Hint.NONE)))
        .contains(Node.State.DOWN);
  }

  @Test
  void aNewLeaderLetsTheLeaseBeginAnew() {
    sight.begin(0);
    sight.state(Node.State.DISCONNECTED, 0);
    sight.begin(millis(29_000));
    sight.state(Node.State.DISCONNECTED, millis(29_050));
    assertThat(
            judged(
                Node.State.DISCONNECTED, sight.evidence(millis(31_000), _ -> Liveness.Hint.NONE)))
        .isEmpty();
  }

  @Test
  void aPauseOfTheLeaderIsNoPartOfTheLease() {
    sight.begin(0);
    sight.state(Node.State.DISCONNECTED, 0);
    sight.excuse(millis(60_000), millis(61_000));
    assertThat(
            judged(
                Node.State.DISCONNECTED, sight.evidence(millis(61_700), _ -> Liveness.Hint.NONE)))
        .isEmpty();
  }
}
