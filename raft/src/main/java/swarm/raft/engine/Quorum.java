package swarm.raft.engine;

import java.util.Collection;
import java.util.Set;

/// Who must agree: a majority of the members, and while the membership changes also a majority of
/// the previous members (Raft, section 6, joint consensus). Pure.
///
/// @param members ids of the voters
/// @param previous ids of the previous voters, empty unless a change is under way
record Quorum(Collection<String> members, Collection<String> previous) {
  boolean reachedBy(Set<String> agreeing) {
    return majority(members, agreeing) && (previous.isEmpty() || majority(previous, agreeing));
  }

  private static boolean majority(Collection<String> voters, Set<String> agreeing) {
    return voters.stream().filter(agreeing::contains).count() > voters.size() / 2;
  }
}
