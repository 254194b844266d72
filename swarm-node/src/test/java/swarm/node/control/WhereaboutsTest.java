package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.raft.log.Member;

class WhereaboutsTest {
  private static final Member A = new Member("a", "10.0.0.1:2377");
  private static final Member B = new Member("b", "10.0.0.2:2377");

  @Test
  void nobodyHasMovedWhileNobodySaysSo() {
    assertThat(Whereabouts.at(A, Map.of("a", "10.0.0.1:2377"), Map.of()))
        .isEqualTo("10.0.0.1:2377");
    assertThat(Whereabouts.at(B, Map.of(), Map.of("c", "10.0.0.9:2377")))
        .as("a stranger's word counts for no member")
        .isEqualTo("10.0.0.2:2377");
  }

  @Test
  void theStateKnowsBetterThanTheLogAndTheManagerItselfBest() {
    assertThat(Whereabouts.at(B, Map.of("b", "10.0.0.8:2377"), Map.of()))
        .isEqualTo("10.0.0.8:2377");
    assertThat(Whereabouts.at(B, Map.of("b", "10.0.0.8:2377"), Map.of("b", "10.0.0.9:2377")))
        .isEqualTo("10.0.0.9:2377");
  }

  @Test
  void whoMovedIsFoundThoughAnotherIsWhereItWas() {
    Map<String, String> swapped = Map.of("a", "10.0.0.2:2377", "b", "10.0.0.1:2377");
    assertThat(Whereabouts.at(A, swapped, Map.of())).isEqualTo("10.0.0.2:2377");
    assertThat(Whereabouts.at(B, swapped, Map.of())).isEqualTo("10.0.0.1:2377");
  }
}
