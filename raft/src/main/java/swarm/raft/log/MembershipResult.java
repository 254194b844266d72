package swarm.raft.log;

import java.util.List;
import java.util.Optional;

/// What became of a change of the membership.
public sealed interface MembershipResult {
  /// In force; the members from now on.
  record Changed(List<Member> members) implements MembershipResult {}

  /// Not the leader: nothing was changed.
  record NotLeader(Optional<Member> leader) implements MembershipResult {}

  /// Refused or not finished in time (a new member that never caught up): the old configuration
  /// holds.
  record Failed(String why) implements MembershipResult {}
}
