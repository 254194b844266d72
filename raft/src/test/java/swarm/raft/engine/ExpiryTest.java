package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ExpiryTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000); // it overflows
  private final Expiry expiry = new Expiry(Duration.ofNanos(1_000), null, now::get);

  private CompletableFuture<String> watch() {
    return expiry.watch(new CompletableFuture<>(), f -> f.complete("late"));
  }

  @Test
  void whatIsDueIsEndedAndNothingElse() {
    var all = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < 20; i++) {
      all.add(watch());
      now.addAndGet(500);
      expiry.sweep();
      for (int j = 0; j <= i; j++) {
        assertThat(all.get(j).isDone()).as("%d after %d", j, i).isEqualTo(j < i);
      }
    }
  }

  @Test
  void whatHasEndedIsLeftAsItIs() {
    var ended = watch();
    ended.complete("in time");
    var open = watch();

    now.addAndGet(2_000);
    expiry.sweep();

    assertThat(ended.join()).isEqualTo("in time");
    assertThat(open.join()).isEqualTo("late");
  }

  @Test
  void oneThatWaitsDoesNotKeepWhatEndedBeforeIt() {
    watch().complete("a");
    var open = watch();
    watch().complete("b");
    expiry.sweep();

    assertThat(open).isNotDone();
    now.addAndGet(1_000);
    expiry.sweep();
    assertThat(open.join()).isEqualTo("late");
  }

  @Test
  void theTimerLooksAsLongAsSomethingWaits() {
    try (var timer = Executors.newSingleThreadScheduledExecutor()) {
      var real = new Expiry(Duration.ofMillis(20), timer);
      for (int i = 0; i < 3; i++) {
        assertThat(real.watch(new CompletableFuture<String>(), f -> f.complete("late")).join())
            .isEqualTo("late");
      }
    }
  }

  @Test
  void aCloseEndsWhatWaitsAndWhateverComesLater() {
    var before = watch();
    expiry.close();
    assertThat(before.join()).isEqualTo("late");
    assertThat(watch().join()).isEqualTo("late");
  }

  @Test
  void onceTheTimerIsClosedNothingIsThrown() throws Exception {
    var timer = Executors.newSingleThreadScheduledExecutor();
    timer.shutdownNow();
    assertThat(timer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    var real = new Expiry(Duration.ofMillis(20), timer);

    assertThat(real.watch(new CompletableFuture<String>(), f -> f.complete("late"))).isNotDone();
  }
}
