package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AlarmTest {
  private static final long LONG = TimeUnit.MINUTES.toNanos(10);

  private final Alarm alarm = new Alarm(System.nanoTime());
  private Thread sleeping = Thread.currentThread(); // the last one of sleeper()

  private CompletableFuture<Boolean> sleeper() {
    var woken = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    alarm.await();
                    woken.complete(true);
                  } catch (InterruptedException _) {
                    woken.complete(false);
                  }
                });
    Await.until("it sleeps", () -> thread.getState() == Thread.State.TIMED_WAITING);
    sleeping = thread;
    return woken;
  }

  @Test
  void whatIsDueDoesNotSleep() throws Exception {
    alarm.await();
    alarm.set(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5));
    alarm.await();
  }

  @Test
  void whoMovesTheTimeForwardWakesTheSleeper() {
    alarm.set(System.nanoTime() + LONG);
    var woken = sleeper();
    alarm.set(System.nanoTime() + LONG + LONG);
    assertThat(woken).as("later is no reason to wake").isNotDone();
    alarm.set(System.nanoTime());
    assertThat(woken.join()).isTrue();
  }

  @Test
  void theSleeperCanBeInterrupted() {
    alarm.set(System.nanoTime() + LONG);
    var woken = sleeper();
    sleeping.interrupt();
    assertThat(woken.join()).isFalse();
  }

  /// Whoever sets it just when the other one falls asleep must not be missed.
  @Test
  void noSettingIsMissed() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      alarm.set(System.nanoTime() + LONG);
      var woken = new CompletableFuture<Void>();
      Thread.startVirtualThread(
          () -> {
            alarm.set(System.nanoTime());
            woken.complete(null);
          });
      alarm.await();
      woken.join();
    }
  }
}
