package swarm.node.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Outcome;
import swarm.node.control.Proposer;
import swarm.node.control.Store;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandFormat;

/// What agents say of themselves and of their tasks, on its way into the log. One thread writes,
/// taking together what came while it was busy; what could not be written is kept, the newest of
/// each task, and tried again. Thread-safe.
final class Reports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
  private static final long RETRY_MILLIS = 200;

  private final Store store;
  private final Proposer proposer;
  private final Clock clock;
  private final Consumer<String> onDescribed;
  private final Thread writer =
      Thread.ofVirtual().name("dispatch-write").unstarted(this::writeLoop);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition write = lock.newCondition();

  // guarded by lock
  private Batch next = new Batch();
  private boolean closed;

  /// What is not in the log yet.
  private static final class Batch {
    final Map<String, Pending> observations = new LinkedHashMap<>();
    final Map<String, SessionMessages.Hello> hellos = new LinkedHashMap<>();

    boolean isEmpty() {
      return observations.isEmpty() && hellos.isEmpty();
    }

    Pending of(String nodeId) {
      return observations.computeIfAbsent(nodeId, _ -> new Pending());
    }

    /// What came before this, where nothing newer is here.
    void addOlder(Batch older) {
      older.hellos.forEach(hellos::putIfAbsent);
      older.observations.forEach((id, old) -> of(id).addOlder(old));
    }
  }

  /// Of one node: the newest status of each task, and what to acknowledge then.
  private static final class Pending {
    final Map<String, Task.Status> statuses = new TreeMap<>();
    final Map<Session, Long> acknowledge = new HashMap<>();

    void addOlder(Pending old) {
      old.statuses.forEach(statuses::putIfAbsent);
      old.acknowledge.forEach((session, n) -> acknowledge.merge(session, n, Math::max));
    }
  }

  /// @param onDescribed told of a node whose greeting is in the log: it is ready
  Reports(Store store, Proposer proposer, Clock clock, Consumer<String> onDescribed) {
    this.store = store;
    this.proposer = proposer;
    this.clock = clock;
    this.onDescribed = onDescribed;
  }

  void start() {
    writer.start();
  }

  /// How a node describes itself at the begin of a session.
  void hello(String nodeId, SessionMessages.Hello hello) {
    lock.lock();
    try {
      next.hellos.put(nodeId, hello);
      write.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What a node saw of its tasks. The session is told once it is in the log.
  void observed(Session session, SessionMessages.Statuses statuses) {
    lock.lock();
    try {
      Pending mine = next.of(session.nodeId());
      for (var seen : statuses.observations()) {
        mine.statuses.put(seen.taskId(), seen.status().bounded()); // an agent may say anything
      }
      mine.acknowledge.merge(session, statuses.sequence(), Math::max);
      write.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// How many statuses wait to be written.
  int observationsWaiting() {
    lock.lock();
    try {
      return next.observations.values().stream().mapToInt(each -> each.statuses.size()).sum();
    } finally {
      lock.unlock();
    }
  }

  private void writeLoop() {
    try {
      while (true) {
        Batch batch;
        lock.lock();
        try {
          while (next.isEmpty() && !closed) {
            write.await();
          }
          if (closed) {
            return;
          }
          batch = next;
          next = new Batch();
        } finally {
          lock.unlock();
        }
        if (written(batch)) {
          tell(batch);
        } else {
          putBack(batch);
          Thread.sleep(RETRY_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void putBack(Batch batch) {
    lock.lock();
    try {
      next.addOlder(batch);
    } finally {
      lock.unlock();
    }
  }

  private boolean written(Batch batch) throws InterruptedException {
    boolean ports = proposer.allows(CommandFormat.SIXTH);
    List<Command> commands = commands(store.state(), batch, ports, clock.instant());
    for (List<Command> piece : Pieces.of(commands)) { // many nodes may say much at once
      Outcome outcome = proposer.propose(new Command.Many(piece));
      if (outcome instanceof Outcome.TooLarge) { // no agent of ours says so much; it never shrinks
        LOG.warn("what an agent said is left out: {}", outcome.failure().orElse(""));
        continue;
      }
      if (!(outcome instanceof Outcome.Applied)) {
        LOG.warn("what agents observed is not in the log yet: {}", outcome.failure().orElse(""));
        return false;
      }
    }
    return true;
  }

  /// @param ports whether all managers know of ports that were chosen
  private static List<Command> commands(
      ClusterState state, Batch batch, boolean ports, Instant now) {
    var commands = new ArrayList<Command>();
    batch.hellos.forEach(
        (id, hello) -> {
          if (!known(state.nodes().get(id), hello)) {
            commands.add(new Command.DescribeNode(id, hello.description(), hello.address(), now));
          }
        });
    batch.observations.forEach(
        (id, mine) -> {
          var seen = new ArrayList<Command.ReportTasks.Observation>();
          mine.statuses.forEach(
              (task, status) ->
                  seen.add(
                      new Command.ReportTasks.Observation(
                          task, ports ? status : status.withoutPorts())));
          for (var piece : Pieces.of(seen)) {
            commands.add(new Command.ReportTasks(id, piece, now));
          }
        });
    return commands;
  }

  private static boolean known(@Nullable Node node, SessionMessages.Hello hello) {
    return node != null
        && node.status().state() == Node.State.READY
        && node.description().equals(hello.description())
        && node.status().address().equals(hello.address());
  }

  private void tell(Batch batch) {
    batch.hellos.keySet().forEach(onDescribed);
    for (Pending mine : batch.observations.values()) {
      mine.acknowledge.forEach(
          (session, sequence) -> session.send(new SessionMessages.StatusesKept(sequence)));
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      write.signalAll();
    } finally {
      lock.unlock();
    }
    writer.interrupt();
  }
}
