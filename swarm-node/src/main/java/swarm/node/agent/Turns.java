package swarm.node.agent;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One at a time for each container; different ones do not wait for each other. Thread-safe, not
/// reentrant.
final class Turns {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final Set<String> taken = new HashSet<>(); // guarded by lock

  /// Waits for a container's turn.
  void take(String containerId) {
    lock.lock();
    try {
      while (!taken.add(containerId)) {
        freed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /// @return whether it was free, and is taken now
  boolean tryTake(String containerId) {
    lock.lock();
    try {
      return taken.add(containerId);
    } finally {
      lock.unlock();
    }
  }

  void giveBack(String containerId) {
    lock.lock();
    try {
      taken.remove(containerId);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
