package swarm.raft.log;

/// How a member comes up.
public sealed interface Start {
  /// A new log with this member as its only one.
  record Bootstrap() implements Start {}

  /// An empty member that waits to be added by the leader of an existing log.
  record Join() implements Start {}

  /// What is on the disk goes on.
  record Restart() implements Start {}
}
