package swarm.raft.engine;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Lets one thread sleep until a time that others move. It is woken only where the time has moved
/// before the one that it sleeps until: to wake a thread costs more than most of what it would do.
/// Times are values of [System#nanoTime]. Thread-safe.
final class Alarm {
  private volatile long due;
  private volatile long sleepsUntil;
  private volatile @Nullable Thread sleeper;

  Alarm(long now) {
    due = now;
    sleepsUntil = now;
  }

  /// From now on it is due then, whether that is sooner or later than before.
  void set(long then) {
    due = then;
    if (then - sleepsUntil < 0) {
      LockSupport.unpark(sleeper);
    }
  }

  /// Sleeps until it is due. For one thread only, always the same.
  void await() throws InterruptedException {
    sleeper = Thread.currentThread();
    while (true) {
      long then = due;
      long left = then - System.nanoTime();
      if (left <= 0) {
        return;
      }
      sleepsUntil = then;
      if (due == then) { // else it was set between, by somebody who saw the older sleepsUntil
        LockSupport.parkNanos(this, left);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
