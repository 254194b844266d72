package swarm.raft.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// How far the state machine is, and who waits for it to get further. Thread-safe.
final class AppliedIndex {
  private final NavigableMap<Long, CompletableFuture<Long>> waiting = new TreeMap<>();
  private volatile long index = -1;

  long get() {
    return index;
  }

  /// Sets the index, which may go back only by restoring an older state at start-up.
  void set(long newIndex) {
    List<CompletableFuture<Long>> reached;
    synchronized (this) {
      index = newIndex;
      if (waiting.isEmpty() || waiting.firstKey() > newIndex) {
        return;
      }
      Map<Long, CompletableFuture<Long>> head = waiting.headMap(newIndex, true);
      reached = new ArrayList<>(head.values());
      head.clear();
    }
    // Outside of the lock: continuations run here.
    reached.forEach(future -> future.complete(newIndex));
  }

  /// Completes with the applied index once it is at least `wanted`.
  synchronized CompletableFuture<Long> reach(long wanted) {
    if (index >= wanted) {
      return CompletableFuture.completedFuture(index);
    }
    // A copy, so that one caller's timeout does not complete the future of another.
    return waiting.computeIfAbsent(wanted, _ -> new CompletableFuture<>()).copy();
  }
}
