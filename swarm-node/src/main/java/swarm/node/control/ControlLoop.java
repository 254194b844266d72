package swarm.node.control;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;
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
  private final Clock clock;
  private final Ids ids;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // guarded by lock
  private final TreeSet<String> dirty = new TreeSet<>();
  private final Map<String, Instant> timers = new TreeMap<>();
  private final TreeSet<String> waiting = new TreeSet<>();
  private boolean nodesChanged;
  private long term = -1;
  private boolean closed;

  public ControlLoop(ReplicatedLog log, Store store, Clock clock, Ids ids) {
    this.log = log;
    this.store = store;
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
      dirty.addAll(store.state().services().keySet());
      dirty.addAll(store.state().tasksByService().keySet());
      timers.clear();
      waiting.clear();
      nodesChanged = true;
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
      dirty.clear();
      timers.clear();
      waiting.clear();
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
      for (Change change : changes) {
        note(state, change);
      }
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void note(ClusterState state, Change change) {
    switch (change) {
      case Change.OfCluster _ -> nodesChanged = true;
      case Change.OfNode node -> {
        nodesChanged = true;
        dirty.addAll(waiting);
        String id = node.after() != null ? node.after().id() : nodeId(node);
        state.tasksOnNode(id).forEach(t -> dirty.add(t.serviceId()));
        for (Service service : state.services().values()) {
          if (service.spec().global()) {
            dirty.add(service.id());
          }
        }
      }
      case Change.OfService service -> {
        Service any = service.after() != null ? service.after() : service.before();
        if (any != null) {
          dirty.add(any.id());
        }
      }
      case Change.OfTask task -> {
        Task any = task.after() != null ? task.after() : task.before();
        if (any != null) {
          dirty.add(any.serviceId());
          if (any.leaving()) {
            dirty.addAll(waiting); // what it held is free for others
          }
        }
      }
    }
  }

  private static String nodeId(Change.OfNode node) {
    return node.before() == null ? "" : node.before().id();
  }

  private void run() {
    try {
      while (true) {
        Work work = next();
        if (work == null) {
          return;
        }
        turn(work);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private record Work(long term, TreeSet<String> services, boolean nodesChanged) {}

  /// Waits for something to do; null once closed.
  private @org.jspecify.annotations.Nullable Work next() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        Instant now = clock.instant();
        timers
            .entrySet()
            .removeIf(
                timer -> {
                  boolean due = !timer.getValue().isAfter(now);
                  if (due) {
                    dirty.add(timer.getKey());
                  }
                  return due;
                });
        if (term >= 0 && (!dirty.isEmpty() || nodesChanged)) {
          var work = new Work(term, new TreeSet<>(dirty), nodesChanged);
          dirty.clear();
          waiting.removeAll(work.services());
          nodesChanged = false;
          return work;
        }
        long millis =
            timers.values().stream()
                .mapToLong(at -> Math.max(1, Duration.between(now, at).toMillis()))
                .min()
                .orElse(60_000);
        wake.await(millis, TimeUnit.MILLISECONDS);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void turn(Work work) throws InterruptedException {
    Plan plan =
        TurnPlanner.plan(
            new Turn(store.state(), work.services(), work.nodesChanged(), clock.instant(), ids));
    lock.lock();
    try {
      if (term == work.term()) {
        plan.wake().forEach((id, at) -> timers.merge(id, at, (a, b) -> a.isBefore(b) ? a : b));
        waiting.addAll(plan.waiting().keySet());
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
        case ProposeResult.Committed _ -> true;
        case ProposeResult.NotLeader _ -> false;
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

  /// What was planned may be lost: looks at the same services again, if this manager still leads.
  private void again(Work work) throws InterruptedException {
    lock.lock();
    try {
      if (term == work.term()) {
        dirty.addAll(work.services());
        nodesChanged |= work.nodesChanged();
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
