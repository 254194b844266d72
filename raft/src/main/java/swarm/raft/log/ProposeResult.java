package swarm.raft.log;

import java.util.Optional;

/// What became of a proposal.
public sealed interface ProposeResult {
  /// Durable on a majority and applied here; `reply` is what [StateMachine#apply] returned.
  record Committed(long index, byte[] reply) implements ProposeResult {}

  /// Refused and surely without effect; `leader` is the member to ask instead, where known.
  record NotLeader(Optional<Member> leader) implements ProposeResult {}

  /// Refused and surely without effect: as many as may be are under way. `why` is a sentence for
  /// the user; try again after a pause.
  record Busy(String why) implements ProposeResult {}

  /// Timed out or cut off: the command may yet take effect. `why` is a sentence for the user.
  record Unknown(String why) implements ProposeResult {}
}
