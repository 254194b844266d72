package swarm.node.control;

import java.util.List;
import java.util.function.Consumer;
import swarm.raft.engine.SnapshotPolicy;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Hands what the cluster's spec says of snapshots to this manager's log, as soon as it is said.
final class SnapshotSettings implements Store.Watcher {
  private final Consumer<SnapshotPolicy> log;

  /// @param log called on the log's thread
  SnapshotSettings(Consumer<SnapshotPolicy> log) {
    this.log = log;
  }

  /// As the spec has it; the bound in bytes is ours, and stays.
  static SnapshotPolicy of(Cluster cluster) {
    return new SnapshotPolicy(
        cluster.snapshotInterval(),
        SnapshotPolicy.defaults().bytes(),
        cluster.slowFollowerEntries(),
        cluster.keepOldSnapshots());
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    Cluster cluster = state.cluster();
    if (cluster != null && Store.Watcher.concernsCluster(changes)) {
      log.accept(of(cluster));
    }
  }
}
