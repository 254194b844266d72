package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadIndexTest {
  private final List<CompletableFuture<Long>> rounds = new ArrayList<>();
  private final ReadIndex readIndex =
      new ReadIndex(
          () -> {
            CompletableFuture<Long> round = new CompletableFuture<>();
            rounds.add(round);
            return round;
          });

  @Test
  void whoAsksDuringARoundGetsTheNextOneTogether() {
    CompletableFuture<Long> first = readIndex.get();
    CompletableFuture<Long> second = readIndex.get();
    CompletableFuture<Long> third = readIndex.get();
    assertThat(rounds).hasSize(1);
    rounds.get(0).complete(5L);
    assertThat(first).isCompletedWithValue(5L);
    assertThat(second).isNotDone();
    assertThat(rounds).hasSize(2);
    rounds.get(1).complete(6L);
    assertThat(second).isCompletedWithValue(6L);
    assertThat(third).isCompletedWithValue(6L);
    assertThat(rounds).hasSize(2);
  }

  @Test
  void aFailedRoundFailsItsOwnAndTheNextGoesOn() {
    CompletableFuture<Long> first = readIndex.get();
    CompletableFuture<Long> second = readIndex.get();
    rounds.get(0).completeExceptionally(new IOException("deposed"));
    assertThat(first).isCompletedExceptionally();
    rounds.get(1).complete(6L);
    assertThat(second).isCompletedWithValue(6L);
    assertThat(readIndex.get()).isNotDone();
    assertThat(rounds).hasSize(3);
  }

  @Test
  void oneCallersTimeoutIsNotTheOthers() {
    assertThat(readIndex.get()).isNotDone();
    CompletableFuture<Long> impatient = readIndex.get();
    CompletableFuture<Long> patient = readIndex.get();
    impatient.cancel(true);
    rounds.get(0).complete(1L);
    rounds.get(1).complete(2L);
    assertThat(patient).isCompletedWithValue(2L);
  }
}
