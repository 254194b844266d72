package swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapCareTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # used ms, live MiB, committed MiB, after the last one, due
          0,         18,       32,            0,                  true
          2999,      48,       90,            0,                  true
          3000,      18,       32,            0,                  false
          100,       49,       90,            0,                  false
          100,       18,       28,            24,                 true
          100,       18,       26,            24,                 false
          100,       18,       20,            24,                 false
          9000,      18,       64,            24,                 false
          """)
  void everythingIsCollectedWhenIdleAndTheHeapHasGrownAndLittleLives(
      long usedMs, long live, long committed, long after, boolean due) {
    assertThat(HeapCare.due(Duration.ofMillis(usedMs), live << 20, committed << 20, after << 20))
        .isEqualTo(due);
  }
}
