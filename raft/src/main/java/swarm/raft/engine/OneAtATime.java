package swarm.raft.engine;

import java.util.concurrent.atomic.AtomicInteger;

/// Runs one task whenever it is asked for, by whoever asks, never twice at once. Nobody waits: who
/// asks while it runs has it run once more by the one who is at it. What one run wrote the next one
/// sees. Thread-safe.
final class OneAtATime {
  private final AtomicInteger asked = new AtomicInteger();
  private final Runnable task;

  /// @param task what it throws goes to whoever runs it, and it never runs again
  OneAtATime(Runnable task) {
    this.task = task;
  }

  void ask() {
    if (asked.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      task.run();
      seen = asked.addAndGet(-seen);
    }
  }
}
