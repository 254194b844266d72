package swarm.raft.log;

/// What became of a read barrier.
public sealed interface BarrierResult {
  /// The state here is fresh up to `index`.
  record Fresh(long index) implements BarrierResult {}

  /// No leader with a majority answered in time; `why` is a sentence for the user.
  record NoQuorum(String why) implements BarrierResult {}
}
