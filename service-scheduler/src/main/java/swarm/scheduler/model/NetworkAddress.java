package swarm.scheduler.model;

/// An address on a network that users made for the whole cluster.
///
/// @param address IPv4, as an int
public record NetworkAddress(String networkId, int address) {}
