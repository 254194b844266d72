package swarm.node.control;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a watcher of what this manager applies once it has caught up with the others. What was
/// there before it started, or came while it was away, is applied again then, and is no news.
/// Thread-safe.
final class News implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(News.class);

  /// Each question waits for some seconds by itself where nobody answers it.
  private static final long PAUSE_MILLIS = 200;

  /// Whether this manager's state has everything that was acknowledged before now; asks a majority.
  @FunctionalInterface
  interface CaughtUp {
    boolean confirm() throws InterruptedException;
  }

  private final Store store;
  private final Store.Watcher watcher;
  private final CaughtUp caughtUp;
  private final Thread thread;
  private boolean closed; // guarded by this

  /// @param fromTheBeginning for the first manager of a new cluster: there is nothing to catch up
  ///   with
  News(Store store, Store.Watcher watcher, CaughtUp caughtUp, boolean fromTheBeginning) {
    this.store = store;
    this.watcher = watcher;
    this.caughtUp = caughtUp;
    thread = Thread.ofVirtual().name("news").unstarted(this::begin);
    if (fromTheBeginning) {
      store.watch(watcher);
    } else {
      thread.start();
    }
  }

  private void begin() {
    try {
      while (!caughtUp.confirm()) {
        Thread.sleep(PAUSE_MILLIS);
      }
      watch();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      LOG.error("what happens in the cluster will not be among this node's events", e);
    }
  }

  private synchronized void watch() {
    if (!closed) {
      store.watch(watcher);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
    store.unwatch(watcher);
  }
}
