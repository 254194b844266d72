package swarm.node.membership;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Store;
import swarm.node.identity.UnlockKey;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Keeps a manager's keys locked with the unlock key that the cluster's state has, from the moment
/// that this manager has applied it. Thread-safe.
final class LockWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

  /// Writes every file anew that the node's keys seal.
  @FunctionalInterface
  interface Resealing {
    void reseal() throws IOException;
  }

  private final Store store;
  private final NodeKeys keys;
  private final Resealing resealing;
  private final Consumer<Throwable> onFatal;
  private final Store.Watcher watcher = this::changed;
  private boolean closed; // guarded by this

  /// @param onFatal told where the keys cannot be locked as the operator was told that they are
  LockWatch(Store store, NodeKeys keys, Resealing resealing, Consumer<Throwable> onFatal) {
    this.store = store;
    this.keys = keys;
    this.resealing = resealing;
    this.onFatal = onFatal;
    store.watch(watcher);
    apply();
  }

  private void changed(ClusterState state, List<Change> changes) {
    if (Store.Watcher.concernsCluster(changes)) {
      Thread.ofVirtual().name("lock-watch").start(this::apply); // it writes to the disk
    }
  }

  /// One at a time, each with the newest state.
  private synchronized void apply() {
    if (closed) {
      return; // this node may be no manager any more: its keys are not to be locked
    }
    try {
      renew(); // what a crash left
      if (follow(keys, store.state().cluster())) {
        LOG.info("the keys of this manager are locked as the cluster says");
      }
      renew();
    } catch (IOException e) {
      onFatal.accept(new IOException("the keys of this manager cannot be locked", e));
    }
  }

  private void renew() throws IOException {
    if (keys.outdated()) {
      resealing.reseal();
      keys.forgetOutdated();
    }
  }

  /// @return whether anything had to be written
  static boolean follow(NodeKeys keys, @Nullable Cluster cluster) throws IOException {
    if (cluster == null) {
      return false; // not known yet
    }
    @Nullable String text = cluster.tokens().unlockKey();
    if (text == null) {
      return keys.lockWith(null);
    }
    Optional<UnlockKey> key = UnlockKey.parse(text);
    if (key.isEmpty()) {
      throw new IOException("the cluster's unlock key has an unknown form; upgrade this manager");
    }
    return keys.lockWith(key.get());
  }

  /// Ends it; nothing is written any more when this returns.
  @Override
  public synchronized void close() {
    closed = true;
    store.unwatch(watcher);
  }
}
