package swarm.raft.log;

/// One member of the log.
///
/// @param id the member's Raft id: new for every new disk, never used again (a wiped disk that came
///   back under its old id could vote twice in a term)
/// @param address `host:port` of the member's cluster port, given to the transport as it is
public record Member(String id, String address) {}
