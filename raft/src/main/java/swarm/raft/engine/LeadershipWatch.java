package swarm.raft.engine;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.Leadership;
import swarm.raft.log.LeadershipListener;

/// Tells the listener of every change of leadership, on the timer's one thread, in order.
///
/// Ratis announces new leaders but not that one was lost, so besides looking when told to it looks
/// from time to time.
final class LeadershipWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(LeadershipWatch.class);
  private static final long LOOK_EVERY_MS = 100;

  private final String member;
  private final Supplier<Leadership> now;
  private final LeadershipListener listener;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean looking = new AtomicBoolean();
  private @Nullable Leadership told; // the timer's thread only

  LeadershipWatch(
      String member,
      Supplier<Leadership> now,
      LeadershipListener listener,
      ScheduledExecutorService timer) {
    this.member = member;
    this.now = now;
    this.listener = listener;
    this.timer = timer;
  }

  void start() {
    var _ = timer.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// Looks soon. Many calls are one look.
  void poke() {
    if (looking.compareAndSet(false, true)) {
      try {
        timer.execute(
            () -> {
              looking.set(false);
              look();
            });
      } catch (RejectedExecutionException _) {
        // Nobody hears any more.
        looking.set(false);
      }
    }
  }

  private void look() {
    Leadership current = now.get();
    if (current.equals(told)) {
      return;
    }
    told = current;
    LOGGER.info(
        "{}: term {}, leader {}{}",
        member,
        current.term(),
        current.leader().map(Object::toString).orElse("unknown"),
        current.ready() ? ", ready" : "");
    try {
      listener.changed(current);
    } catch (RuntimeException e) {
      // It is the listener's bug; the next change must be told all the same.
      LOGGER.error("{}: the leadership listener failed on {}", member, current, e);
    }
  }
}
