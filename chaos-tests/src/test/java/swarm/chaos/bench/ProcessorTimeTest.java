package swarm.chaos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
  private static final ProcessorTime THEN = ProcessorTime.of("cpu  10 1 5 100 3 0 2 4 9 9");

  @Test
  void guestsAreNotCountedTwice() {
    assertThat(THEN).isEqualTo(new ProcessorTime(125, 4));
  }

  @Test
  void whatWasStolenIsToldInPercentOfAll() {
    var now = ProcessorTime.of("cpu  50 1 15 120 3 0 2 34 9 9");
    assertThat(now.stolenSince(THEN)).isEqualTo(30);
    assertThat(now.note(THEN)).isEqualTo(", 30 % of the processors stolen meanwhile");
    assertThat(THEN.stolenSince(THEN)).isZero();
    assertThat(THEN.note(THEN)).isEmpty();
  }

  @Test
  void thisMachineTellsIt() throws Exception {
    assertThat(ProcessorTime.now().all()).isPositive();
  }
}
