package swarm.network;

import java.net.Inet4Address;

/// A network that users made on this host, as its bridge has to be.
///
/// @param networkId the full id
/// @param name of the bridge
/// @param gateway the bridge's own address, in the subnet
/// @param internal whether nothing leads in or out
/// @param neighbours whether its containers reach each other
/// @param masquerade whether what leaves the network takes the host's address
/// @param mtu bytes
public record NetworkBridge(
    String networkId,
    String name,
    Inet4Network subnet,
    Inet4Address gateway,
    boolean internal,
    boolean neighbours,
    boolean masquerade,
    int mtu) {}
