package swarm.network.balance;

/// Who answers calls to a service, as managers say.
///
/// @param address IPv4, as an int
/// @param endpoint its version: a name that is never used again, so that a hint about who had the
///   address before means nothing to who has it now; empty where it is not known
/// @param host the address of its host towards the others; empty where it is not known
public record Backend(int address, String endpoint, String host) {}
