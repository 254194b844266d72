package swarm.raft.engine;

import java.io.IOException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/// Ratis' storage of snapshots, which is asked for the latest one with every message that is sent
/// or heard. While there is none, Ratis' own reads the directory each time, on the network's
/// threads, too; this one knows.
///
/// It looks when it is opened and whenever [#loadLatestSnapshot] is called, which is after a
/// snapshot came from the leader; one that this member wrote is told by [#updateLatestSnapshot].
final class SnapshotStorage extends SimpleStateMachineStorage {
  private volatile @Nullable SingleFileSnapshotInfo latest;

  @Override
  public void init(RaftStorage storage) throws IOException {
    super.init(storage);
    loadLatestSnapshot();
  }

  @Override
  public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
    return latest;
  }

  /// Told here of what [#loadLatestSnapshot] found, too.
  @Override
  public @Nullable SingleFileSnapshotInfo updateLatestSnapshot(
      @Nullable SingleFileSnapshotInfo info) {
    @Nullable SingleFileSnapshotInfo newest = super.updateLatestSnapshot(info);
    latest = newest;
    return newest;
  }
}
