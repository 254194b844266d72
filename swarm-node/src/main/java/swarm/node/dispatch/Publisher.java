package swarm.node.dispatch;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import swarm.node.control.Store;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Tells agents in session what has changed for them, on one thread that takes together what came
/// while it was busy. Thread-safe: the log's thread brings changes and waits for nothing but the
/// lock, which is never held while a session is told.
final class Publisher implements AutoCloseable {
  private final Store store;
  private final Collection<Session> sessions;
  private final Thread thread = Thread.ofVirtual().name("dispatch-publish").unstarted(this::run);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition publish = lock.newCondition();

  // guarded by lock
  private final TreeSet<String> touched = new TreeSet<>();
  private long changedIndex;
  private boolean ingressTouched;
  private boolean clusterTouched;
  private OverlayTouches overlayTouches = OverlayTouches.NONE;
  private boolean replaced;
  private boolean woken;
  private boolean closed;

  private volatile int sessionsBehind; // its thread writes it
  private final AtomicLong balancedThrough = new AtomicLong();
  private volatile boolean holding; // its thread writes it
  private long toldThrough; // its thread's

  /// Its thread's, made anew when it may have changed.
  private Roster roster;

  private final OverlayViews views = new OverlayViews(); // likewise

  /// @param sessions a live view of those that count, which any thread may change
  Publisher(Store store, Collection<Session> sessions) {
    this.store = store;
    this.sessions = sessions;
    this.roster = Roster.EMPTY;
  }

  /// Begins. Whatever changes from now on it must be told of.
  void start() {
    roster = Roster.of(store.state());
    thread.start();
  }

  /// Sessions that could take no more when they were to be told something last.
  int sessionsBehind() {
    return sessionsBehind;
  }

  /// The index of the state that all load balancers follow, as far as is known here.
  long balancedThrough() {
    return balancedThrough.get();
  }

  /// They follow more. Any thread may call.
  void balancedThrough(long index) {
    if (balancedThrough.getAndAccumulate(index, Math::max) < index && holding) {
      wake();
    }
  }

  /// The log's thread has applied something.
  ///
  /// @param index of the state that it has made
  /// @param changes empty where the whole state was replaced
  void changed(long index, List<Change> changes) {
    lock.lock();
    try {
      changedIndex = index;
      replaced |= changes.isEmpty();
      for (Change change : changes) {
        if (change instanceof Change.OfTask task) {
          Task any = task.after() != null ? task.after() : task.before();
          if (any != null) {
            touched.add(any.id());
          }
        }
        ingressTouched |= IngressView.concerns(change);
        woken |= CredentialsView.concerns(change);
        overlayTouches = overlayTouches.and(OverlayTouches.of(change));
        clusterTouched |= Roster.concerns(change) || StopAfter.concerns(change);
      }
      if (publishable()) { // most writes concern no agent, and waking a thread costs as much
        publish.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Looks again, as a session was greeted or can take more. Any thread may call.
  void wake() {
    lock.lock();
    try {
      woken = true;
      publish.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether there is something to tell agents. Guarded by the lock.
  private boolean publishable() {
    return !touched.isEmpty()
        || ingressTouched
        || clusterTouched
        || replaced
        || woken
        || !overlayTouches.isEmpty();
  }

  private void run() {
    // what each session that could take no more has yet to be told
    var behind = new HashMap<Session, Set<String>>();
    try {
      while (true) {
        TreeSet<String> news;
        boolean ingress;
        boolean cluster;
        OverlayTouches overlay;
        long index;
        lock.lock();
        try {
          awaitNews();
          if (closed) {
            return;
          }
          news = new TreeSet<>(touched);
          index = changedIndex;
          if (replaced) {
            news.addAll(store.state().tasks().keySet());
          }
          ingress = ingressTouched || replaced;
          cluster = clusterTouched || replaced;
          overlay = replaced ? OverlayTouches.ALL : overlayTouches;
          overlayTouches = OverlayTouches.NONE;
          touched.clear();
          ingressTouched = false;
          clusterTouched = false;
          replaced = false;
          woken = false;
        } finally {
          lock.unlock();
        }
        views.touched(overlay);
        publishTo(news, ingress, cluster, !overlay.isEmpty(), index, behind);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// Waits until there is something to tell, or some task has waited long enough to be told to
  /// stop. Guarded by the lock.
  private void awaitNews() throws InterruptedException {
    while (!publishable() && !closed) {
      OptionalLong until =
          sessions.stream().map(Session::holdsUntilNanos).flatMapToLong(OptionalLong::stream).min();
      holding = until.isPresent();
      if (until.isEmpty()) {
        publish.await();
      } else if (balancedThrough.get() > toldThrough) { // before anybody could know that one waits
        woken = true;
      } else if (publish.awaitNanos(until.getAsLong() - System.nanoTime()) <= 0) {
        woken = true;
      }
    }
  }

  private void publishTo(
      Set<String> news,
      boolean ingress,
      boolean cluster,
      boolean overlay,
      long index,
      Map<Session, Set<String>> behind) {
    ClusterState state = store.state();
    toldThrough = balancedThrough.get();
    if (cluster) {
      Roster now = Roster.of(state);
      roster = now.equals(roster) ? roster : now; // sessions ask whether it is the same
    }
    behind.keySet().retainAll(sessions);
    for (Session session : sessions) {
      if (!session.greeted()) {
        continue;
      }
      Set<String> all = behind.remove(session);
      boolean late = all != null;
      if (all == null) {
        all = news;
      } else {
        all.addAll(news);
      }
      if (session.ready()) {
        session.publish(
            state,
            all,
            ingress || late,
            cluster || late,
            overlay || late,
            roster,
            views,
            toldThrough);
        session.looked(index);
      } else {
        behind.put(session, new TreeSet<>(all));
      }
    }
    sessionsBehind = behind.size();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      publish.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
