package swarm.raft.log;

/// Hears of every change of leadership. Called on one thread of the log's, in order; must not
/// block.
@FunctionalInterface
public interface LeadershipListener {
  void changed(Leadership leadership);
}
