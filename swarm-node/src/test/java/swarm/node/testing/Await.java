package swarm.node.testing;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for states, with a bound that only failures reach.
public final class Await {
  private static final Duration BOUND = Duration.ofSeconds(20);

  private Await() {}

  public static void until(String what, BooleanSupplier state) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("Not within " + BOUND + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }
}
