package swarm.raft.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Ends futures that take longer than one limit, at most a tenth of it too late. All have the same
/// limit, so the oldest is always due first, and a look ten times per limit is enough: no thread is
/// woken for the many that end in time. (`CompletableFuture.orTimeout` wakes its timer twice for
/// each: a sixth of the leader's thread switches for a write.) Thread-safe.
final class Expiry implements AutoCloseable {
  private record Watched<T>(
      CompletableFuture<T> future, Consumer<CompletableFuture<T>> late, long due) {
    void expire() {
      late.accept(future);
    }
  }

  private final long limitNanos;
  private final LongSupplier nanoTime;
  private final @Nullable ScheduledExecutorService timer;
  private final ConcurrentLinkedQueue<Watched<?>> watched = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean closed;

  /// @param timer not closed here; to be shut down after this
  Expiry(Duration limit, ScheduledExecutorService timer) {
    this(limit, timer, System::nanoTime);
  }

  /// @param timer null: only [#sweep] looks
  Expiry(Duration limit, @Nullable ScheduledExecutorService timer, LongSupplier nanoTime) {
    this.limitNanos = limit.toNanos();
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  /// Watches a future from now on, and gives it to `late` where it has not ended in time: `late`
  /// completes it, and must not block.
  ///
  /// @return the same future
  <T> CompletableFuture<T> watch(CompletableFuture<T> future, Consumer<CompletableFuture<T>> late) {
    if (!future.isDone()) {
      watched.add(new Watched<>(future, late, nanoTime.getAsLong() + limitNanos));
      if (closed) {
        sweep();
      } else {
        look();
      }
    }
    return future;
  }

  private void look() {
    if (timer == null || !looking.compareAndSet(false, true)) {
      return;
    }
    try {
      var _ = timer.schedule(this::looked, Math.max(1, limitNanos / 10), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // being closed, which ends what waits
    }
  }

  private void looked() {
    try {
      sweep();
    } finally {
      looking.set(false);
    }
    if (!watched.isEmpty()) {
      look();
    }
  }

  /// Ends what is due; forgets what has ended.
  void sweep() {
    long now = nanoTime.getAsLong();
    for (Watched<?> oldest = watched.peek(); oldest != null; oldest = watched.peek()) {
      if (!closed && !oldest.future().isDone() && now - oldest.due() < 0) {
        return;
      }
      if (watched.remove(oldest) && !oldest.future().isDone()) {
        oldest.expire();
      }
    }
  }

  /// Ends all that waits, and from now on whatever is to be watched.
  @Override
  public void close() {
    closed = true;
    sweep();
  }
}
