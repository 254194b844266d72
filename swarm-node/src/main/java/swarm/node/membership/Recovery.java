package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import swarm.node.control.FoundingRoot;
import swarm.node.control.Store;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.raft.engine.NewLog;
import swarm.raft.log.Member;
import swarm.raft.seal.Seal;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.StateCodec;

/// Begins a cluster's log anew, with one manager and everything else as it was: after lost quorum,
/// and from a backup.
///
/// The state is changed before the new log is written, so that there is no moment at which the log
/// has one member and the state several.
final class Recovery {
  private Recovery() {}

  /// The state that a manager's log leads to, and where that stands.
  record Remains(ClusterState state, NewLog.Position at) {}

  /// Reads what is left of a log that is closed.
  static Remains read(Path log, String clusterId, Seal seal) throws IOException {
    var store = new Store();
    NewLog.Position at = NewLog.replay(log, clusterId, store, seal);
    return new Remains(store.state(), at);
  }

  /// An identity for a node that the cluster did not know, signed by the cluster's own root or by
  /// the external authority that has its key.
  static NodeIdentity identity(Cluster cluster, Peer self, Instant now) throws IOException {
    return FoundingRoot.of(cluster)
        .identity(self, now)
        .withRoots(Pem.certificates(cluster.trustedRoots()));
  }

  /// Writes a new log from it; nothing else is touched.
  ///
  /// @param self the only manager, under a new Raft id
  static void begin(Path log, String clusterId, Remains remains, Node self, Seal seal, Instant now)
      throws IOException {
    Node.Manager manager = self.manager();
    if (manager == null) {
      throw new IllegalArgumentException("the only manager is none");
    }
    var at = new NewLog.Position(remains.at().term(), remains.at().index() + 1);
    Cluster cluster = remains.state().cluster();
    if (cluster == null) {
      throw new IOException("this manager has not caught up with its cluster: it holds none");
    }
    var command = new Command.RecoverCluster(self, now.plus(cluster.longestExpiry()), now);
    CommandApplier.Applied applied = CommandApplier.apply(remains.state(), at.index(), command);
    if (!(applied.result() instanceof CommandResult.Done)) {
      throw new IOException(
          "there is no cluster here that could be begun anew: " + applied.result());
    }
    NewLog.write(
        log,
        clusterId,
        new Member(manager.raftId(), manager.address()),
        out -> StateCodec.write(applied.state(), out),
        at,
        seal);
  }
}
