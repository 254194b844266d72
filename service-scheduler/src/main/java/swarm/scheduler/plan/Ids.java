package swarm.scheduler.plan;

/// Where planners take new identifiers from: random in a real manager, counted in a test or the
/// simulator.
@FunctionalInterface
public interface Ids {
  /// An identifier that was never given before: 25 characters of `0-9a-z`, as Docker's.
  String next();
}
