package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnEndedTest {
  private final OwnEnded ended = new OwnEnded();

  @Test
  void isToldUntilManagersHaveItAndAWhileLonger() {
    assertThat(ended.any()).isFalse();
    assertThat(ended.add("t1", 0)).isTrue();
    assertThat(ended.add("t1", 5)).as("once").isFalse();
    assertThat(ended.add("t2", 10)).isTrue();
    assertThat(ended.tell(_ -> false, 20)).as("the newest first").containsExactly("t2", "t1");
    assertThat(ended.tell("t1"::equals, 20_000)).as("not kept yet").containsExactly("t1");
    assertThat(ended.any()).isTrue();
    assertThat(ended.tell(_ -> false, 20_000)).isEmpty();
    assertThat(ended.any()).isFalse();
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(ended.add("t" + i, i)).isTrue();
    }
    assertThat(ended.tell(_ -> true, 1_000)).hasSize(256).startsWith("t999").endsWith("t744");
  }
}
