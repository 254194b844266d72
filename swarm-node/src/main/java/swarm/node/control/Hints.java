package swarm.node.control;

/// What this node's gossip thinks of the others, as evidence. Thread-safe; must not block.
@FunctionalInterface
public interface Hints {
  /// The silence of a session that was not heard since this manager leads.
  long NOT_HEARD = Long.MAX_VALUE / 2;

  /// No gossip.
  static Hints none() {
    return (_, _) -> Liveness.Hint.NONE;
  }

  /// Of one node.
  ///
  /// @param silentMillis how long its session has been silent, or [#NOT_HEARD]: one that was heard
  ///   contradicts gossip
  Liveness.Hint of(String nodeId, long silentMillis);
}
