package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  @ParameterizedTest
  @CsvSource({
    // entries, bytes, size of the last snapshot, due
    "0, 0, 0, false",
    "99, 999, 0, false",
    "100, 0, 0, true",
    "1, 1000, 0, true",
    "100, 500, 500, true",
    // many small commands beside a large state: not yet
    "100, 499, 500, false",
    "1000000, 99999, 100000, false",
    "1000000, 100000, 100000, true",
  })
  void snapshotDue(long entries, long bytes, long lastSnapshot, boolean due) {
    Limits limits = new Limits(10, 10, 1000, 100, 1000, 0, 2);
    assertThat(limits.snapshotDue(entries, bytes, lastSnapshot)).isEqualTo(due);
  }

  @Test
  void refusesWhatBoundsNothing() {
    assertThatThrownBy(() -> new Limits(0, 10, 1000, 100, 1000, 0, 2))
        .hasMessageContaining("maxCommandBytes");
  }
}
