package swarm.scheduler.plan;

import java.time.Instant;
import java.util.SortedSet;
import swarm.scheduler.state.ClusterState;

/// What a planner decides upon.
///
/// @param state the snapshot
/// @param services the ids of the services to look at: those that something happened to, or whose
///   time has come; some may be gone
/// @param nodesChanged whether a node came, went or changed since the last turn
/// @param now the leader's clock
/// @param ids new identifiers
/// @param earlierSpecs whether tasks may be made from earlier specs of their services: not while
///   there are managers of an earlier version, which could not follow that
public record Turn(
    ClusterState state,
    SortedSet<String> services,
    boolean nodesChanged,
    Instant now,
    Ids ids,
    boolean earlierSpecs) {
  /// One among managers of this version.
  public Turn(
      ClusterState state, SortedSet<String> services, boolean nodesChanged, Instant now, Ids ids) {
    this(state, services, nodesChanged, now, ids, true);
  }

  /// The same turn on what the state will be once the commands so far are applied.
  public Turn on(ClusterState next) {
    return new Turn(next, services, nodesChanged, now, ids, earlierSpecs);
  }
}
