package swarm.raft.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops a member that can go on no longer, once, and tells its owner then. Called by whichever
/// thread met the failure, which goes on at once: it may be one that closing waits for.
/// Thread-safe.
final class FailStop {
  private static final Logger LOGGER = LoggerFactory.getLogger(FailStop.class);

  /// How long a failed member may take to close before it is reported as it is.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String member;
  private final BooleanSupplier closed;
  private final BooleanSupplier alive;
  private final Runnable stop;
  private final Consumer<Throwable> onFatal;
  private final AtomicBoolean failed = new AtomicBoolean();

  /// @param closed whether the member's owner closed it already: then nothing is left to do
  /// @param alive whether Ratis still runs it
  /// @param stop closes Ratis; may block
  /// @param onFatal told once, on a thread of its own, after at most [#LIMIT]
  FailStop(
      String member,
      BooleanSupplier closed,
      BooleanSupplier alive,
      Runnable stop,
      Consumer<Throwable> onFatal) {
    this.member = member;
    this.closed = closed;
    this.alive = alive;
    this.stop = stop;
    this.onFatal = onFatal;
  }

  /// Something without which it cannot go on has failed: its disk, or a snapshot.
  void fail(Throwable cause) {
    fail(cause, () -> {});
  }

  /// Applying an entry has thrown.
  void applyFailed(Throwable cause) {
    fail(cause, this::awaitOwnClose);
  }

  /// @param before waited for before Ratis is closed
  private void fail(Throwable cause, Runnable before) {
    if (closed.getAsBoolean() || !failed.compareAndSet(false, true)) {
      return;
    }
    LOGGER.error("Raft member {} stops: it can go on no longer.", member, cause);
    // Not on this thread: it is one of those that closing waits for.
    Thread stopping =
        Thread.ofPlatform()
            .daemon()
            .name(member + "-stopping")
            .start(
                () -> {
                  before.run();
                  stop.run();
                });
    Thread.ofPlatform()
        .name(member + "-fatal")
        .start(
            () -> {
              await(stopping);
              onFatal.accept(cause);
            });
  }

  /// A member that cannot even be closed must be told of all the same.
  private static void await(Thread stopping) {
    try {
      if (!stopping.join(LIMIT)) {
        LOGGER.error("Ratis was not closed within {}.", LIMIT);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ratis' updater, to which applying threw, closes its server by itself. Closed by us before it
  /// has come to that, it would be waited for by the closing thread for ever, and spin: it takes
  /// itself to be failed, and not told to stop (`StateMachineUpdater.stopAndJoin` in 3.3.0).
  private void awaitOwnClose() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (alive.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
