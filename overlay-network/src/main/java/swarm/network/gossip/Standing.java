package swarm.network.gossip;

/// What one member thinks of another.
public enum Standing {
  ALIVE,
  /// Somebody did not reach it, and it has not answered to that yet.
  SUSPECT,
  /// As many observers as can be asked for did not reach it, and it did not refute that in time.
  DEAD,
  /// It said itself that its daemon stops.
  LEFT
}
