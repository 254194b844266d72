package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectionTimerTest {
  private static final Timing TIMING =
      new Timing(
          Duration.ofMillis(200),
          Duration.ofMillis(400),
          Duration.ofSeconds(3),
          Duration.ofSeconds(1));

  private static long turn(List<String> followers, String self, long term) {
    return ElectionTimer.turn(followers, self, term, TIMING).toMillis();
  }

  @ParameterizedTest
  @CsvSource({"b,2,350", "c,2,450", "b,3,450", "c,3,350", "b,4,350", "c,4,450"})
  void followersTakeTurnsThatMoveOnWithTheTerm(String self, long term, long millis) {
    assertThat(turn(List.of("b", "c"), self, term)).isEqualTo(millis);
    assertThat(turn(List.of("c", "b"), self, term)).isEqualTo(millis);
  }

  @Test
  void noTwoHaveTheSame() {
    var followers = List.of("a", "b", "c", "d", "e", "f");
    for (long term = 1; term < 20; term++) {
      var seen = new HashSet<Long>();
      for (String each : followers) {
        seen.add(turn(followers, each, term));
      }
      assertThat(seen).containsExactlyInAnyOrder(350L, 450L, 550L, 650L, 750L, 850L);
    }
  }

  @Test
  void whoIsAloneGoesFirst() {
    assertThat(turn(List.of("b"), "b", 7)).isEqualTo(350);
  }

  @Test
  void onlyFollowersHaveOne() {
    assertThatThrownBy(() -> turn(List.of("b", "c"), "a", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
