package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.raft.log.Member;

class WhereaboutsTest {
  private static final List<Member> MEMBERS =
      List.of(new Member("a", "10.0.0.1:2377"), new Member("b", "10.0.0.2:2377"));

  @Test
  void nobodyHasMovedWhileTheStateSaysWhatTheLogSays() {
    assertThat(Whereabouts.moved(MEMBERS, Map.of("a", "10.0.0.1:2377"), Map.of())).isEmpty();
  }

  @Test
  void theStateKnowsBetterThanTheLogAndTheManagerItselfBest() {
    assertThat(Whereabouts.moved(MEMBERS, Map.of("b", "10.0.0.8:2377"), Map.of()))
        .containsExactly(Map.entry("10.0.0.2:2377", "10.0.0.8:2377"));
    assertThat(
            Whereabouts.moved(MEMBERS, Map.of("b", "10.0.0.8:2377"), Map.of("b", "10.0.0.9:2377")))
        .containsExactly(Map.entry("10.0.0.2:2377", "10.0.0.9:2377"));
  }

  @Test
  void whoCameBackIsWhereTheLogSaysAgain() {
    assertThat(
            Whereabouts.moved(MEMBERS, Map.of("b", "10.0.0.8:2377"), Map.of("b", "10.0.0.2:2377")))
        .isEmpty();
  }

  @Test
  void whoMovedToWhereAnotherWasIsFoundThere() {
    Map<String, String> stated = Map.of("a", "10.0.0.9:2377", "b", "10.0.0.1:2377");
    assertThat(Whereabouts.moved(MEMBERS, stated, Map.of()))
        .as("what the log sends to .1 is for a, which is at .9; but b is at .1 now")
        .containsExactly(Map.entry("10.0.0.2:2377", "10.0.0.1:2377"));
  }

  @Test
  void aStrangersWordCountsForNoMember() {
    assertThat(Whereabouts.moved(MEMBERS, Map.of(), Map.of("c", "10.0.0.9:2377"))).isEmpty();
  }
}
