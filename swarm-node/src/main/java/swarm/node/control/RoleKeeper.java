package swarm.node.control;

import io.grpc.StatusException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.Messages;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Takes managers that were demoted out of the log while this manager leads. Only then does the
/// state name them no more, and they get a worker's certificate: nobody votes as a manager with
/// one. Runs on one thread of its own. Thread-safe.
final class RoleKeeper implements Store.Watcher, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoleKeeper.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 5_000;

  /// What it does to the cluster.
  interface Effects {
    /// Takes a node's member out of the log and the state.
    ///
    /// @return whether that is done
    boolean remove(Node node, Node.Manager member) throws StatusException, InterruptedException;

    /// Lets another manager lead.
    void resign();
  }

  private final Store store;
  private final String self;
  private final Effects effects;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // guarded by lock
  private boolean leading;
  private boolean changed;

  /// @param self this node's id
  RoleKeeper(Store store, String self, Effects effects) {
    this.store = store;
    this.self = self;
    this.effects = effects;
    this.thread = Thread.ofVirtual().name("role-keeper").unstarted(this::run);
    store.watch(this);
    thread.start();
  }

  /// This manager leads from now on, or no more.
  void lead(boolean now) {
    lock.lock();
    try {
      leading = now;
      changed = true;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    if (changes.isEmpty() || changes.stream().anyMatch(Change.OfNode.class::isInstance)) {
      lock.lock();
      try {
        changed = true;
        wake.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// The managers that are to be none any more, in the order in which to try: who does not answer
  /// first, as the others may have to wait until he counts no more; this node itself only when
  /// nobody else is left, as it leads. Pure.
  static List<Node> demoted(ClusterState state, String self) {
    List<Node> others =
        state.nodes().values().stream()
            .filter(node -> node.manager() != null && !node.spec().manager())
            .filter(node -> !node.id().equals(self))
            .sorted(Comparator.comparing(node -> node.status().state() == Node.State.READY))
            .toList();
    Node own = state.nodes().get(self);
    boolean me = own != null && own.manager() != null && !own.spec().manager();
    return others.isEmpty() && me ? List.of(own) : others;
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        awaitChange();
        List<Node> next = demoted(store.state(), self);
        if (next.isEmpty()) {
          pause = FIRST_PAUSE_MILLIS;
        } else if (removedOne(next)) {
          again(); // there may be more
        } else {
          Thread.sleep(pause);
          pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
          again();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void awaitChange() throws InterruptedException {
    lock.lock();
    try {
      while (!leading || !changed) {
        var _ = wake.await(1, TimeUnit.MINUTES);
      }
      changed = false;
    } finally {
      lock.unlock();
    }
  }

  private void again() {
    lock.lock();
    try {
      changed = true;
    } finally {
      lock.unlock();
    }
  }

  private boolean removedOne(List<Node> those) throws InterruptedException {
    for (Node node : those) {
      if (removed(node)) {
        return true;
      }
    }
    return false;
  }

  private boolean removed(Node node) throws InterruptedException {
    Node.Manager member = node.manager();
    if (member == null) {
      return true;
    }
    if (node.id().equals(self)) {
      effects.resign(); // the next leader removes it
      return false;
    }
    try {
      boolean done = effects.remove(node, member);
      if (done) {
        LOG.info("node {} is no manager any more", node.id());
      }
      return done;
    } catch (StatusException e) {
      LOG.warn("node {} is still in the log: {}", node.id(), e.getMessage());
      return false;
    } catch (RuntimeException e) { // a leader whose keeper is dead would never demote anybody
      LOG.error("node {} could not be taken out of the log", node.id(), e);
      return false;
    }
  }

  /// How a change of the log's members was answered, for the log of this daemon.
  static boolean done(Messages.MemberReply reply, Node node) {
    if (reply.outcome() != Messages.MemberOutcome.DONE) {
      LOG.info("node {} is still in the log: {}", node.id(), reply.error());
    }
    return reply.outcome() == Messages.MemberOutcome.DONE;
  }

  @Override
  public void close() {
    store.unwatch(this);
    thread.interrupt();
  }
}
