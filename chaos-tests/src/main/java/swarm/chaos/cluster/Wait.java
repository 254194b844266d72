package swarm.chaos.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waiting for a state, with a bound.
public final class Wait {
  private static final long PAUSE_NANOS = 20_000_000;

  private Wait() {}

  /// Whether a state is reached. An exception means not yet; the last one is told at the bound.
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /// Returns once the condition holds.
  ///
  /// @param what the state, for the message
  /// @return how long it took
  /// @throws IOException where the limit is over, with the last reason
  public static Duration until(String what, Duration limit, Condition condition)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    IOException last = null;
    do {
      try {
        if (condition.holds()) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
        last = null;
      } catch (IOException e) {
        last = e;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() - start < limit.toNanos());
    String why = last == null ? "" : "; the last error: " + last.getMessage();
    throw new IOException("not reached within " + limit.toSeconds() + " s: " + what + why, last);
  }

  /// Lets time pass, where no state tells that there was enough of it. A test has no use for it: it
  /// waits for a state.
  public static void pause(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  /// Watches that the condition holds all the time.
  ///
  /// @throws IOException as soon as it does not
  public static void holds(String what, Duration time, Condition condition)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      if (!condition.holds()) {
        long after = (System.nanoTime() - start) / 1_000_000;
        throw new IOException("no longer so after " + after + " ms: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
