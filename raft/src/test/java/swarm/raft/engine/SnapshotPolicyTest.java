package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotPolicyTest {
  @ParameterizedTest
  @CsvSource({
    // entries, bytes, size of the last snapshot, due
    "0, 0, 0, false",
    "99, 4999999, 0, false",
    "100, 0, 0, true",
    "1, 5000000, 0, true",
    // a small state is written for as few commands as somebody wishes
    "100, 1, 1048576, true",
    // many small commands beside a large state: not yet
    "100, 1048576, 1048577, false",
    "100, 1048577, 1048577, true",
    "1000000, 99999999, 100000000, false",
    "1000000, 100000000, 100000000, true",
  })
  void aSnapshotIsDue(long entries, long bytes, long lastSnapshot, boolean due) {
    var policy = new SnapshotPolicy(100, 5_000_000, 0, 1);
    assertThat(policy.due(entries, bytes, lastSnapshot, 1)).isEqualTo(due);
  }

  @Test
  void aPatientMemberWaitsForMoreWhereItsStateIsLarge() {
    var policy = new SnapshotPolicy(100, 5_000_000, 0, 1);
    assertThat(policy.due(100, 14_999_999, 10_000_000, 1.5)).isFalse();
    assertThat(policy.due(100, 15_000_000, 10_000_000, 1.5)).isTrue();
    assertThat(policy.due(100, 1, 1000, 1.5)).isTrue();
  }

  @Test
  void refusesWhatBoundsNothing() {
    assertThatThrownBy(() -> new Limits(0, 10, 1000, SnapshotPolicy.defaults()))
        .hasMessageContaining("maxCommandBytes");
    assertThatThrownBy(() -> new SnapshotPolicy(0, 1, 0, 0)).hasMessageContaining("one entry");
    assertThatThrownBy(() -> new SnapshotPolicy(1, 1, 0, -1)).hasMessageContaining("negative");
  }
}
