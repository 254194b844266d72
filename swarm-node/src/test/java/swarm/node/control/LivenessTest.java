package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Flaps;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;

class LivenessTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static Node node(Node.State state) {
    return new Node(
        "n1",
        new Version(1, NOW, NOW),
        new NodeSpec(null, null, "worker", "active", null),
        new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
        new Node.Status(state, "", "10.0.0.1", NOW),
        null,
        0);
  }

  private static Liveness.Evidence evidence(
      boolean heard,
      long silentMillis,
      Liveness.Probe probe,
      int silentProbes,
      Liveness.Hint hint,
      long inStateSeconds) {
    return new Liveness.Evidence(
        heard,
        Duration.ofMillis(silentMillis),
        Duration.ofSeconds(20),
        Duration.ofSeconds(inStateSeconds),
        probe,
        silentProbes,
        hint);
  }

  /// `-` stands for: it keeps its state.
  @ParameterizedTest(name = "{0} heard {1}, silent {2} ms, {3} x{4}, gossip {5}, for {6} s -> {7}")
  @CsvSource({
    // in session
    "READY,        true,  0,     NONE,     0, ALIVE,   5,  -",
    "READY,        true,  600,   NONE,     0, NONE,    5,  -",
    "DOWN,         true,  100,   NONE,     0, ALIVE,   5,  READY",
    "DISCONNECTED, true,  100,   NONE,     0, NONE,    5,  READY",
    "UNKNOWN,      true,  100,   NONE,     0, NONE,    5,  -",
    // in session, whatever gossip says
    "READY,        true,  300,   SILENT,   9, DEAD,    5,  -",
    "READY,        true,  300,   NONE,     0, LEFT,    5,  -",
    // a new leader has heard nobody yet: patience for all
    "READY,        false, 100,   NONE,     0, NONE,    5,  -",
    "DOWN,         false, 100,   NONE,     0, ALIVE,   5,  -",
    "DISCONNECTED, false, 100,   NONE,     0, NONE,    99, -",
    // but for those that gossip has found dead meanwhile, and that do not answer
    "READY,        false, 100,   NONE,     0, DEAD,    5,  -",
    "READY,        false, 100,   ANSWERED, 0, DEAD,    5,  -",
    "READY,        false, 100,   SILENT,   1, DEAD,    5,  DOWN",
    "READY,        false, 100,   SILENT,   1, SUSPECT, 5,  -",
    // silent, and not asked yet
    "READY,        true,  601,   NONE,     0, NONE,    5,  -",
    "READY,        true,  60000, NONE,     0, DEAD,    5,  -",
    // the host says nothing, and no other node reaches it
    "READY,        true,  600,   SILENT,   1, DEAD,    5,  -",
    "READY,        true,  601,   SILENT,   1, DEAD,    5,  DOWN",
    "DOWN,         true,  700,   SILENT,   9, DEAD,    5,  -",
    // one observer, or its own goodbye, is not enough
    "READY,        true,  2999,  SILENT,   3, SUSPECT, 5,  -",
    "READY,        true,  3001,  SILENT,   2, SUSPECT, 5,  -",
    "READY,        true,  3001,  SILENT,   3, SUSPECT, 5,  DOWN",
    // others reach it
    "READY,        true,  9000,  SILENT,   9, ALIVE,   5,  -",
    "READY,        true,  10001, SILENT,   9, ALIVE,   5,  DISCONNECTED",
    // gossip knows nothing of it
    "READY,        true,  1200,  SILENT,   3, NONE,    5,  -",
    "READY,        true,  1201,  SILENT,   2, NONE,    5,  -",
    "READY,        true,  1201,  SILENT,   3, NONE,    5,  DOWN",
    "UNKNOWN,      false, 1201,  SILENT,   3, NONE,    5,  DOWN",
    // without a daemon only the host's own silence counts
    "DISCONNECTED, true,  700,   SILENT,   2, DEAD,    5,  -",
    "DISCONNECTED, true,  700,   SILENT,   3, DEAD,    5,  DOWN",
    "DISCONNECTED, true,  700,   SILENT,   3, LEFT,    5,  DOWN",
    // the host refuses: its daemon is not there, its containers are
    "READY,        true,  700,   REFUSED,  0, NONE,    5,  DISCONNECTED",
    "READY,        true,  700,   REFUSED,  0, DEAD,    5,  DISCONNECTED",
    "READY,        true,  301,   REFUSED,  0, SUSPECT, 5,  DISCONNECTED",
    "UNKNOWN,      false, 700,   REFUSED,  0, NONE,    5,  -",
    "DOWN,         true,  700,   REFUSED,  0, NONE,    5,  -",
    // a clean stop asks for the lease
    "READY,        true,  301,   NONE,     0, LEFT,    5,  DISCONNECTED",
    // the daemon listens, but there is no session
    "READY,        true,  700,   ANSWERED, 0, DEAD,    5,  -",
    "READY,        true,  10000, ANSWERED, 0, DEAD,    5,  -",
    "READY,        true,  10001, ANSWERED, 0, DEAD,    5,  DISCONNECTED",
    "UNKNOWN,      false, 10001, ANSWERED, 0, NONE,    5,  -",
    "DOWN,         true,  10001, ANSWERED, 0, NONE,    5,  -",
    // the lease
    "DISCONNECTED, true,  40000, REFUSED,  0, LEFT,    29, -",
    "DISCONNECTED, true,  40000, REFUSED,  0, DEAD,    30, -",
    "DISCONNECTED, true,  40000, REFUSED,  0, DEAD,    31, DOWN",
    "DISCONNECTED, true,  40000, ANSWERED, 0, DEAD,    31, DOWN",
    "DISCONNECTED, true,  40000, NONE,     0, NONE,    31, DOWN",
    "DISCONNECTED, true,  100,   NONE,     0, NONE,    31, READY",
  })
  void verdicts(
      Node.State state,
      boolean heard,
      long silentMillis,
      Liveness.Probe probe,
      int silentProbes,
      Liveness.Hint hint,
      long inStateSeconds,
      String expected) {
    String verdict =
        Liveness.judge(
                node(state),
                evidence(heard, silentMillis, probe, silentProbes, hint, inStateSeconds),
                LEASE)
            .map(v -> v.state().name())
            .orElse("-");

    assertThat(verdict).isEqualTo(expected);
  }

  @Test
  void aVerdictNeverRepeatsTheState() {
    for (Node.State state : Node.State.values()) {
      for (Liveness.Probe probe : Liveness.Probe.values()) {
        for (Liveness.Hint hint : Liveness.Hint.values()) {
          for (int silent = 0; silent < 5; silent++) {
            for (long millis : new long[] {0, 301, 601, 1_201, 20_000}) {
              Liveness.judge(node(state), evidence(true, millis, probe, silent, hint, 60), LEASE)
                  .ifPresent(v -> assertThat(v.state()).isNotEqualTo(state));
            }
          }
        }
      }
    }
  }

  @Test
  void whyIsSaidWithTheLimit() {
    assertThat(
            Liveness.judge(
                node(Node.State.DISCONNECTED),
                evidence(true, 40_000, Liveness.Probe.REFUSED, 0, Liveness.Hint.DEAD, 31),
                LEASE))
        .hasValueSatisfying(
            v -> assertThat(v.why()).isEqualTo("no daemon for longer than the lease of 30 s"));
  }

  /// Lost 8 times: it must stay for 8 s.
  @ParameterizedTest
  @CsvSource({"DOWN, 9, 9, READY", "DOWN, 9, 7, -", "DOWN, 7, 9, -", "DISCONNECTED, 1, 1, READY"})
  void aNodeThatFlapsMustStayBeforeItCounts(
      Node.State state, long inStateSeconds, long steadySeconds, String expected) {
    Node calm = node(state);
    Node.Status status = calm.status();
    Node flapping =
        calm.with(
            calm.version(),
            new Node.Status(
                status.state(), "", status.address(), status.since(), new Flaps(8, NOW)));

    assertThat(
            Liveness.judge(
                    flapping,
                    new Liveness.Evidence(
                        true,
                        Duration.ZERO,
                        Duration.ofSeconds(steadySeconds),
                        Duration.ofSeconds(inStateSeconds),
                        Liveness.Probe.NONE,
                        0,
                        Liveness.Hint.ALIVE),
                    LEASE)
                .map(v -> v.state().name())
                .orElse("-"))
        .isEqualTo(expected);
  }
}
