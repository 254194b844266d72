package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Opinion;
import swarm.network.gossip.Standing;
import swarm.node.control.Hints;
import swarm.node.control.Liveness;

class GossipHintsTest {
  private static Hints gossip(Standing standing, long sinceMillis, long contact) {
    var opinion = new Opinion(standing, 2, 2, Gossip.now() - sinceMillis, contact);
    return new GossipHints(() -> Map.of("n1", opinion));
  }

  @ParameterizedTest
  @CsvSource({
    // what gossip says counts while the session is as silent as it says
    "DEAD,    1000, 900,   DEAD",
    "SUSPECT, 1000, 900,   SUSPECT",
    "LEFT,    1000, 900,   LEFT",
    "ALIVE,   9000, 0,     ALIVE",
    // a session that was heard long after contradicts it: gossip does not get through
    "DEAD,    9000, 100,   NONE",
    "SUSPECT, 9000, 100,   NONE",
    "LEFT,    9000, 100,   NONE",
  })
  void isWeighedAgainstTheSession(
      Standing standing, long sinceMillis, long silentMillis, Liveness.Hint expected) {
    Hints hints = gossip(standing, sinceMillis, 0);

    assertThat(hints.of("n1", silentMillis)).isEqualTo(expected);
    assertThat(hints.of("n2", silentMillis)).isEqualTo(Liveness.Hint.NONE);
  }

  @Test
  void saysNothingOfWhomItNeverReached() {
    Hints hints = gossip(Standing.DEAD, 100, Opinion.NEVER);

    assertThat(hints.of("n1", 1_000)).isEqualTo(Liveness.Hint.NONE);
    assertThat(Hints.none().of("n1", 0)).isEqualTo(Liveness.Hint.NONE);
  }

  @Test
  void isBelievedWhereNoSessionWasHeardYet() {
    assertThat(gossip(Standing.DEAD, 60_000, 0).of("n1", Hints.NOT_HEARD))
        .isEqualTo(Liveness.Hint.DEAD);
  }
}
