package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import swarm.node.control.Store;
import swarm.node.identity.CertificateAuthority;
import swarm.raft.engine.NewLog;
import swarm.raft.log.Member;
import swarm.raft.seal.Seal;
import swarm.scheduler.model.Node;
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
  record Remains(Store store, NewLog.Position at) {}

  /// Reads what is left of a log that is closed.
  static Remains read(Path log, String clusterId, Seal seal) throws IOException {
    var store = new Store();
    NewLog.Position at = NewLog.replay(log, clusterId, store, seal);
    return new Remains(store, at);
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
    var command =
        new Command.RecoverCluster(self, now.plus(CertificateAuthority.NODE_VALIDITY), now);
    CommandApplier.Applied applied =
        CommandApplier.apply(remains.store().state(), at.index(), command);
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
