package swarm.node.control;

import swarm.scheduler.state.CommandResult;

/// What became of a command that this node proposed.
public sealed interface Outcome {
  /// It is in the log, and applied here too.
  record Applied(long index, CommandResult result) implements Outcome {}

  /// No leader with a majority took it; it surely had no effect.
  record NoLeader(String why) implements Outcome {}

  /// It may yet take effect.
  record Unknown(String why) implements Outcome {}
}
