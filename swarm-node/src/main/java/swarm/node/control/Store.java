package swarm.node.control;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import swarm.raft.log.StateMachine;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandGroup;
import swarm.scheduler.state.StateCodec;

/// The cluster's state on this manager: what the log applied. Readers take [#state] and keep it as
/// long as they like. Thread-safe; the log alone writes.
public final class Store implements StateMachine {
  /// Hears of every change, on the log's thread and in its order: must hand over and return.
  @FunctionalInterface
  public interface Watcher {
    /// @param changes empty where the whole state was replaced by a snapshot
    void changed(ClusterState state, List<Change> changes);

    /// Whether the cluster's settings may be among what changed.
    static boolean concernsCluster(List<Change> changes) {
      if (changes.isEmpty()) {
        return true;
      }
      for (Change change : changes) { // with every write: no stream
        if (change instanceof Change.OfCluster) {
          return true;
        }
      }
      return false;
    }
  }

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final OwnCommands own = new OwnCommands();
  private volatile ClusterState state = ClusterState.EMPTY;
  private volatile boolean ended;

  /// The newest state.
  public ClusterState state() {
    return state;
  }

  /// What this manager proposed, as the log applies it.
  OwnCommands own() {
    return own;
  }

  /// Adds a watcher; it hears of changes from now on.
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /// Ends a watch.
  public void unwatch(Watcher watcher) {
    watchers.remove(watcher);
  }

  /// Nothing more will be applied here: whoever waits for it is let go.
  void end() {
    lock.lock();
    try {
      ended = true;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether nothing more will be applied here, as this node is no manager any more.
  boolean ended() {
    return ended;
  }

  /// Waits until the command at `index` is applied here.
  ///
  /// @return whether it was within `limit`, and before the [#end]
  public boolean awaitIndex(long index, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (state.index() < index) {
        if (left <= 0 || ended) {
          return false;
        }
        left = advanced.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte[] apply(long index, long term, byte[] bytes) {
    try {
      return CommandGroup.isGroup(bytes)
          ? applyGroup(index, CommandGroup.parts(bytes))
          : applyOne(index, bytes);
    } catch (IOException e) {
      // Going on without it would let this manager's state part from the others'.
      throw new IllegalStateException("log entry " + index + ": " + e.getMessage(), e);
    }
  }

  private byte[] applyOne(long index, byte[] bytes) throws IOException {
    CommandApplier.Applied applied = CommandApplier.apply(state, index, StateCodec.decode(bytes));
    publish(applied.state(), applied.changes());
    byte[] result = StateCodec.encode(applied.result());
    own.applied(bytes, new OwnCommands.Applied(index, result));
    return result;
  }

  private byte[] applyGroup(long index, List<byte[]> parts) throws IOException {
    CommandApplier.AppliedGroup applied =
        CommandApplier.apply(state, index, CommandGroup.read(parts));
    publish(applied.state(), applied.changes());
    List<byte[]> results = applied.results().stream().map(StateCodec::encode).toList();
    for (int i = 0; i < results.size(); i++) {
      own.applied(parts.get(i), new OwnCommands.Applied(index, results.get(i)));
    }
    return CommandGroup.joinResults(results);
  }

  @Override
  public SnapshotWriter snapshot() {
    ClusterState frozen = state;
    return out -> StateCodec.write(frozen, out);
  }

  @Override
  public void restore(InputStream snapshot) throws IOException {
    publish(StateCodec.read(snapshot), List.of());
    own.skipped();
  }

  private void publish(ClusterState next, List<Change> changes) {
    lock.lock();
    try {
      state = next;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
    for (Watcher watcher : watchers) {
      watcher.changed(next, changes);
    }
  }
}
