package swarm.node.control;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.state.ClusterState;

/// Linearizable reads of the state: a barrier in the log, then what is applied here. Thread-safe;
/// the caller's thread waits.
final class FreshReads implements Issuer.Fresh {
  private static final Logger LOG = LoggerFactory.getLogger(FreshReads.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 100;

  private final ReplicatedLog log;
  private final Store store;
  private final BooleanSupplier closed;

  /// @param closed whether this manager has ended: then nobody waits any more
  FreshReads(ReplicatedLog log, Store store, BooleanSupplier closed) {
    this.log = log;
    this.store = store;
    this.closed = closed;
  }

  /// A state that has everything which was acknowledged anywhere before the call; empty with a
  /// reason in the log where no majority answers.
  @Override
  public Optional<ClusterState> state() throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed.getAsBoolean()) {
      if (barrier(end - System.nanoTime())) {
        return Optional.of(store.state());
      }
      if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) >= end) {
        return Optional.empty();
      }
      Thread.sleep(pause); // an election is under way: it takes less than a second
      pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
    }
    return Optional.empty();
  }

  private boolean barrier(long nanos) throws InterruptedException {
    try {
      return switch (log.readBarrier().get(Math.max(1, nanos), TimeUnit.NANOSECONDS)) {
        case BarrierResult.Fresh _ -> true;
        case BarrierResult.NoQuorum none -> {
          LOG.debug("no fresh read: {}", none.why());
          yield false;
        }
      };
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("no fresh read: {}", e.toString());
      return false;
    }
  }
}
