package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;

class TroubleTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static Node node(Node.State state, String message, boolean manager) {
    return new Node(
        "n1",
        new Version(1, NOW, NOW),
        new NodeSpec(null, null, manager ? "manager" : "worker", "active", null),
        new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
        new Node.Status(state, message, "10.0.0.1", NOW),
        manager ? new Node.Manager("r1", "10.0.0.1:2377") : null,
        0);
  }

  @ParameterizedTest(name = "{0} with {1}, manager: {2}, told {3}: {4}")
  @CsvSource(
      nullValues = "-",
      value = {
        "READY, '',     true,  -,       -", // it has said nothing yet
        "READY, '',     true,  '',      -",
        "READY, '',     true,  '3 left', '3 left'",
        "READY, '3 left', true, '2 left', -", // bytes change all the time
        "READY, '3 left', true, -,       -", // another leader, to whom nothing was said yet
        "READY, '3 left', true, '',      ''",
        "READY, '3 left', false, -,      ''", // demoted meanwhile
        "READY, '',     false, '3 left', -",
        "READY, '',     true, 'its manager has not been heard by the leader for 10 s', 'its manager"
            + " has not been heard by the leader for 10 s'",
        "READY, 'its manager has not been heard by the leader for 10 s', true, '', ''",
        "READY, 'its manager has not been heard by the leader for 10 s', true, '3 left', '3 left'",
        "DOWN,  'silent', true, '3 left', -",
        "DISCONNECTED, '', true, '3 left', -",
        "UNKNOWN, '',   true,  '3 left', -"
      })
  void aManagersTroubleIsSeenAsLongAsItLasts(
      Node.State state,
      String message,
      boolean manager,
      @Nullable String told,
      @Nullable String then) {
    var verdict = Trouble.judge(node(state, message, manager), told);

    assertThat(verdict.map(Liveness.Verdict::why).orElse(null)).isEqualTo(then);
    assertThat(verdict.map(Liveness.Verdict::state).orElse(Node.State.READY))
        .isEqualTo(Node.State.READY);
  }
}
