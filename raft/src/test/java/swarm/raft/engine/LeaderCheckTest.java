package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeaderCheckTest {
  private final Map<String, CompletableFuture<Long>> asked = new HashMap<>();

  private CompletableFuture<Void> check(String... members) {
    return LeaderCheck.run(
        new Quorum(List.of(members), List.of()),
        "a",
        7,
        member -> asked.computeIfAbsent(member, _ -> new CompletableFuture<>()));
  }

  private void answer(String member, long term) {
    Objects.requireNonNull(asked.get(member)).complete(term);
  }

  private void fail(String member) {
    Objects.requireNonNull(asked.get(member)).completeExceptionally(new IOException("gone"));
  }

  @Test
  void whoIsAloneNeedsNobody() {
    assertThat(check("a")).isCompleted();
    assertThat(asked).isEmpty();
  }

  @Test
  void oneOfTwoOthersIsEnough() {
    CompletableFuture<Void> check = check("a", "b", "c");
    assertThat(check).isNotDone();
    answer("c", 7);
    assertThat(check).isCompleted();
  }

  @Test
  void aMemberThatIsBehindKnowsOfNoLaterLeader() {
    CompletableFuture<Void> check = check("a", "b", "c");
    answer("b", 3);
    assertThat(check).isCompleted();
  }

  @Test
  void aLaterTermAnywhereEndsIt() {
    CompletableFuture<Void> check = check("a", "b", "c");
    answer("b", 8);
    assertThat(check).isCompletedExceptionally();
    answer("c", 7);
    assertThat(check).isCompletedExceptionally();
  }

  @Test
  void failsAsSoonAsNoMajorityIsLeft() {
    CompletableFuture<Void> check = check("a", "b", "c");
    fail("b");
    assertThat(check).isNotDone();
    fail("c");
    assertThat(check).isCompletedExceptionally();
  }
}
