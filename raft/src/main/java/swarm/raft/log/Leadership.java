package swarm.raft.log;

import java.util.Optional;

/// Who leads, as one member sees it.
///
/// @param term the newest term that this member knows
/// @param leader the leader of that term, where known
/// @param ready whether this member is the leader and has applied every entry of earlier terms, so
///   that it may act
public record Leadership(long term, Optional<Member> leader, boolean ready) {}
