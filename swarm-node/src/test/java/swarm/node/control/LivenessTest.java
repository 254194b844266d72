package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;

class LivenessTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static Node node(Node.State state, Duration inStateFor) {
    return new Node(
        "n1",
        new Version(1, NOW, NOW),
        new NodeSpec(null, null, "worker", "active", null),
        new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
        new Node.Status(state, "", "10.0.0.1", NOW.minus(inStateFor)),
        null,
        0);
  }

  /// `-` stands for: it keeps its state.
  @ParameterizedTest(name = "{0} heard {1}, silent {2} ms, {3} x{4}, for {5} s -> {6}")
  @CsvSource({
    // in session
    "READY,        true,  0,     NONE,     0, 5,  -",
    "READY,        true,  600,   NONE,     0, 5,  -",
    "DOWN,         true,  100,   NONE,     0, 5,  READY",
    "DISCONNECTED, true,  100,   NONE,     0, 5,  READY",
    "UNKNOWN,      true,  100,   NONE,     0, 5,  -",
    // a new leader has heard nobody yet: patience for all
    "READY,        false, 100,   NONE,     0, 5,  -",
    "DOWN,         false, 100,   NONE,     0, 5,  -",
    "DISCONNECTED, false, 100,   NONE,     0, 99, -",
    // silent, and not asked yet
    "READY,        true,  601,   NONE,     0, 5,  -",
    "READY,        true,  60000, NONE,     0, 5,  -",
    // the host says nothing
    "READY,        true,  700,   SILENT,   1, 5,  -",
    "READY,        true,  700,   SILENT,   2, 5,  DOWN",
    "DISCONNECTED, true,  700,   SILENT,   2, 5,  DOWN",
    "UNKNOWN,      false, 700,   SILENT,   2, 5,  DOWN",
    "DOWN,         true,  700,   SILENT,   9, 5,  -",
    "READY,        true,  600,   SILENT,   2, 5,  -",
    // the host refuses: its daemon is not there, its containers are
    "READY,        true,  700,   REFUSED,  0, 5,  DISCONNECTED",
    "UNKNOWN,      false, 700,   REFUSED,  0, 5,  -",
    "DOWN,         true,  700,   REFUSED,  0, 5,  -",
    // the daemon listens, but there is no session
    "READY,        true,  700,   ANSWERED, 0, 5,  -",
    "READY,        true,  10000, ANSWERED, 0, 5,  -",
    "READY,        true,  10001, ANSWERED, 0, 5,  DISCONNECTED",
    "UNKNOWN,      false, 10001, ANSWERED, 0, 5,  -",
    "DOWN,         true,  10001, ANSWERED, 0, 5,  -",
    // the lease
    "DISCONNECTED, true,  40000, REFUSED,  0, 29, -",
    "DISCONNECTED, true,  40000, REFUSED,  0, 30, -",
    "DISCONNECTED, true,  40000, REFUSED,  0, 31, DOWN",
    "DISCONNECTED, true,  40000, ANSWERED, 0, 31, DOWN",
    "DISCONNECTED, true,  40000, NONE,     0, 31, DOWN",
    "DISCONNECTED, true,  100,   NONE,     0, 31, READY",
  })
  void verdicts(
      Node.State state,
      boolean heard,
      long silentMillis,
      Liveness.Probe probe,
      int silentProbes,
      long inStateSeconds,
      String expected) {
    var evidence =
        new Liveness.Evidence(heard, Duration.ofMillis(silentMillis), probe, silentProbes);

    String verdict =
        Liveness.judge(node(state, Duration.ofSeconds(inStateSeconds)), evidence, NOW, LEASE)
            .map(v -> v.state().name())
            .orElse("-");

    assertThat(verdict).isEqualTo(expected);
  }

  @Test
  void aVerdictNeverRepeatsTheState() {
    for (Node.State state : Node.State.values()) {
      for (Liveness.Probe probe : Liveness.Probe.values()) {
        for (int silent = 0; silent < 4; silent++) {
          for (long millis : new long[] {0, 600, 601, 20_000}) {
            var evidence = new Liveness.Evidence(true, Duration.ofMillis(millis), probe, silent);
            Liveness.judge(node(state, Duration.ofMinutes(1)), evidence, NOW, LEASE)
                .ifPresent(v -> assertThat(v.state()).isNotEqualTo(state));
          }
        }
      }
    }
  }

  @Test
  void whyIsSaidWithTheLimit() {
    var evidence = new Liveness.Evidence(true, Duration.ofSeconds(40), Liveness.Probe.REFUSED, 0);

    assertThat(
            Liveness.judge(
                node(Node.State.DISCONNECTED, Duration.ofSeconds(31)), evidence, NOW, LEASE))
        .hasValueSatisfying(
            v -> assertThat(v.why()).isEqualTo("no daemon for longer than the lease of 30 s"));
  }
}
