package swarm.raft.log;

import java.util.List;
import java.util.Optional;

/// What became of a change of the membership.
public sealed interface MembershipResult {
  /// In force; the members from now on.
  record Changed(List<Member> members) implements MembershipResult {}

  /// Not the leader: nothing was changed.
  record NotLeader(Optional<Member> leader) implements MembershipResult {}

  /// The change makes no sense, now or later: nothing was changed.
  record Refused(String why) implements MembershipResult {}

  /// Not finished in time (a new member that never caught up): nothing was changed, and trying
  /// again may help.
  record Unchanged(String why) implements MembershipResult {}

  /// The change may be in the log, and may yet come into force. Only asking again tells: a member
  /// that is to be added must go on answering until then.
  record Unknown(String why) implements MembershipResult {}
}
