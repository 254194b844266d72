package swarm.node.control;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandFormat;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.StateCodec;
import swarm.scheduler.turn.Agenda;
import swarm.scheduler.turn.TurnPlanner;

/// Drives the planners while this manager leads: looks at the services that something happened to,
/// proposes what was planned within its own term, and begins again. While a proposal is under way
/// changes gather, so the next turn takes them together: the busier the cluster, the larger the
/// turns. Runs on one thread of its own.
public final class ControlLoop implements AutoCloseable, Store.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

  /// Commands in one log entry: it stays far below the log's limit for an entry.
  private static final int BATCH = 500;

  private static final Duration PROPOSAL_LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final ReplicatedLog log;
  private final Store store;
  private final IntPredicate allowed;
  private final Clock clock;
  private final Ids ids;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // guarded by lock
  private final Agenda agenda = new Agenda();
  private long term = -1;
  private boolean closed;

  /// @param allowed whether every manager can follow commands of a format
  public ControlLoop(ReplicatedLog log, Store store, IntPredicate allowed, Clock clock, Ids ids) {
    this.log = log;
    this.store = store;
    this.allowed = allowed;
    this.clock = clock;
    this.ids = ids;
    this.thread = Thread.ofPlatform().name("control-loop").unstarted(this::run);
    store.watch(this);
    thread.start();
  }

  /// This manager leads from now on, in `term`: every service is looked at.
  public void lead(long newTerm) {
    lock.lock();
    try {
      term = newTerm;
      agenda.begin(store.state());
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// This manager leads no more.
  public void follow() {
    lock.lock();
    try {
      term = -1;
      agenda.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Services that the planners have yet to look at; 0 on a manager that does not lead.
  int backlog() {
    lock.lock();
    try {
      return agenda.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    lock.lock();
    try {
      if (term < 0) {
        return;
      }
      agenda.note(state, changes);
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        Work work = next();
        if (work == null) {
          return;
        }
        try {
          turn(work);
        } catch (RuntimeException e) {
          // a leader whose loop is dead would keep its office and do nothing
          LOG.error("a turn over {} failed", work.agenda().services(), e);
          again(work);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private record Work(long term, Agenda.Work agenda) {}

  /// Waits for something to do; null once closed.
  private @org.jspecify.annotations.Nullable Work next() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        Instant now = clock.instant();
        Optional<Agenda.Work> due = term < 0 ? Optional.empty() : agenda.take(now);
        if (due.isPresent()) {
          return new Work(term, due.get());
        }
        long millis =
            agenda
                .nextTimer()
                .map(at -> Math.max(1, Duration.between(now, at).toMillis()))
                .orElse(60_000L);
        wake.await(millis, TimeUnit.MILLISECONDS);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void turn(Work work) throws InterruptedException {
    Agenda.Work look = work.agenda();
    Plan plan =
        TurnPlanner.plan(
            new Turn(
                store.state(),
                look.services(),
                look.nodesChanged(),
                clock.instant(),
                ids,
                allowed.test(CommandFormat.SIXTH)));
    lock.lock();
    try {
      if (term == work.term()) {
        agenda.planned(plan);
      }
    } finally {
      lock.unlock();
    }
    List<Command> commands = plan.commands();
    for (int from = 0; from < commands.size(); from += BATCH) {
      var batch = new ArrayList<>(commands.subList(from, Math.min(commands.size(), from + BATCH)));
      if (!propose(new Command.Many(batch), work.term())) {
        again(work);
        return;
      }
    }
  }

  private boolean propose(Command command, long inTerm) throws InterruptedException {
    try {
      ProposeResult result =
          log.proposeInTerm(StateCodec.encode(command), inTerm)
              .get(PROPOSAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return switch (result) {
        case ProposeResult.Committed committed -> took(committed);
        case ProposeResult.NotLeader _, ProposeResult.Busy _ -> false;
        case ProposeResult.Unknown unknown -> {
          LOG.warn("a plan may not have been kept: {}", unknown.why());
          yield false;
        }
      };
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("a plan may not have been kept: {}", e.toString());
      return false;
    }
  }

  /// A command that was refused was planned on a view that is old by now: the next turn sees more.
  private static boolean took(ProposeResult.Committed committed) {
    try {
      CommandResult result = StateCodec.decodeResult(committed.reply());
      if (!(result instanceof CommandResult.Done)) {
        LOG.info("part of a plan was refused: {}", Outcome.refusal(result).orElse(""));
      }
      return result instanceof CommandResult.Done;
    } catch (IOException e) {
      throw new IllegalStateException("an own reply that cannot be read", e);
    }
  }

  /// What was planned may be lost: looks at the same services again, if this manager still leads.
  private void again(Work work) throws InterruptedException {
    lock.lock();
    try {
      if (term == work.term()) {
        agenda.again(work.agenda());
      }
    } finally {
      lock.unlock();
    }
    Thread.sleep(PAUSE_AFTER_FAILURE);
  }

  @Override
  public void close() {
    store.unwatch(this);
    lock.lock();
    try {
      closed = true;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
