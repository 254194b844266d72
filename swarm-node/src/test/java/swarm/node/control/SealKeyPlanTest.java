package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SealKeyPlanTest {
  private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
  private static final String LOCK = "SWMKEY-1-a";
  private static final String OTHER = "SWMKEY-1-b";

  private static SealKey key(int id, Duration age, @Nullable String lock) {
    return new SealKey(id, new byte[32], NOW.minus(age), 100, SealKey.lockOf(lock));
  }

  private static SealKeys keys(int sealing, SealKey... all) {
    return new SealKeys(sealing, List.of(all));
  }

  private static String step(SealKeys keys, @Nullable String lock, long index) {
    return switch (SealKeyPlan.next(keys, lock, NOW, index)) {
      case SealKeyPlan.Step.Stay _ -> "stay";
      case SealKeyPlan.Step.Make _ -> "make";
      case SealKeyPlan.Step.Change change -> "change to " + change.id();
      case SealKeyPlan.Step.Exhausted _ -> "exhausted";
    };
  }

  @Test
  void whenTheKeyChanges() {
    record Row(String what, SealKeys keys, @Nullable String lock, long index, String step) {}
    Duration hour = Duration.ofHours(1);
    Duration moment = Duration.ofSeconds(5);
    Duration old = Duration.ofDays(91);
    var table = new ArrayList<Row>();
    SealKey first = key(0, hour, null);
    table.add(new Row("all is well", keys(0, first), null, 200, "stay"));
    table.add(new Row("90 days", keys(0, key(0, Duration.ofDays(90), null)), null, 200, "stay"));
    table.add(new Row("older", keys(0, key(0, old, null)), null, 200, "make"));
    table.add(new Row("much written", keys(0, first), null, 100 + (1L << 30), "stay"));
    table.add(new Row("too much", keys(0, first), null, 101 + (1L << 30), "make"));
    table.add(new Row("of an earlier version", SealKeys.bare(new byte[32]), null, 200, "make"));
    table.add(new Row("locked", keys(0, first), LOCK, 200, "make"));
    table.add(new Row("locked at once", keys(0, key(0, moment, null)), LOCK, 200, "make"));
    table.add(new Row("locked since", keys(0, key(0, hour, LOCK)), LOCK, 200, "stay"));
    table.add(new Row("locked otherwise", keys(0, key(0, hour, LOCK)), OTHER, 200, "make"));
    table.add(new Row("unlocked for good", keys(0, key(0, hour, LOCK)), null, 200, "stay"));
    table.add(
        new Row("the next waits", keys(0, first, key(1, hour, null)), null, 200, "change to 1"));
    table.add(new Row("a gap", keys(0, first, key(4, moment, LOCK)), LOCK, 200, "change to 4"));
    table.add(
        new Row(
            "the next is not good any more",
            keys(0, first, key(1, hour, LOCK)),
            OTHER,
            200,
            "make"));
    table.add(
        new Row(
            "nor is it, but it is too soon for another",
            keys(0, first, key(1, moment, LOCK)),
            OTHER,
            200,
            "change to 1"));
    table.add(new Row("too soon", keys(1, first, key(1, moment, LOCK)), OTHER, 200, "stay"));
    table.add(
        new Row(
            "made by a clock that is ahead",
            keys(1, first, key(1, hour.negated(), LOCK)),
            OTHER,
            200,
            "make"));
    table.add(
        new Row(
            "the last one waits", keys(0, first, key(255, old, null)), null, 200, "change to 255"));
    table.add(
        new Row("no ids left", keys(255, first, key(255, old, null)), null, 200, "exhausted"));
    for (Row row : table) {
      assertThat(step(row.keys(), row.lock(), row.index())).as(row.what()).isEqualTo(row.step());
    }
  }

  @Test
  void anUnlockKeyIsNamedButNotTold() {
    assertThat(SealKey.lockOf(null)).isEmpty();
    assertThat(SealKey.lockOf(LOCK)).hasSize(32).doesNotContain(LOCK);
    assertThat(SealKey.lockOf(LOCK)).isNotEqualTo(SealKey.lockOf(OTHER));
  }
}
