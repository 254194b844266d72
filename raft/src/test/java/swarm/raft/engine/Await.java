package swarm.raft.engine;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for states, with a bound that only failures reach.
public final class Await {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private Await() {}

  public static void until(String what, BooleanSupplier state) {
    until(() -> what, state);
  }

  /// @param what asked for only where the wait was in vain
  public static void until(Supplier<String> what, BooleanSupplier state) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("Not within " + BOUND + ": " + what.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  public static <T> T value(CompletableFuture<T> future) throws Exception {
    return future.get(BOUND.toSeconds(), TimeUnit.SECONDS);
  }
}
