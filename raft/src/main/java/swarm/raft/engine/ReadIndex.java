package swarm.raft.engine;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shares rounds of the leader's read index: everybody who asks while a round is under way gets the
/// next one, because the round under way may have looked at the commit index before they asked. So
/// at most one round runs and one waits, however many ask. Thread-safe.
final class ReadIndex {
  private final Supplier<CompletableFuture<Long>> round;
  private @Nullable CompletableFuture<Long> running;
  private @Nullable CompletableFuture<Long> next;

  /// @param round looks at the commit index, then checks leadership
  ReadIndex(Supplier<CompletableFuture<Long>> round) {
    this.round = round;
  }

  CompletableFuture<Long> get() {
    CompletableFuture<Long> mine;
    synchronized (this) {
      if (running != null) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next.copy();
      }
      mine = new CompletableFuture<>();
      running = mine;
    }
    start(mine);
    return mine.copy();
  }

  private void start(CompletableFuture<Long> result) {
    var _ =
        round
            .get()
            .whenComplete(
                (index, failure) -> {
                  startNext();
                  if (failure == null) {
                    result.complete(index);
                  } else {
                    result.completeExceptionally(failure);
                  }
                });
  }

  private void startNext() {
    CompletableFuture<Long> following;
    synchronized (this) {
      running = next;
      next = null;
      if (running == null) {
        return;
      }
      following = running;
    }
    start(following);
  }
}
