package swarm.network;

import java.net.Inet4Address;
import swarm.network.netlink.MacAddress;

/// A container's place on the node's bridge.
///
/// @param containerId whose it is
/// @param address the container's address
/// @param prefixLength of the bridge's subnet
/// @param gateway the bridge's own address, the container's default route
/// @param mac the container's Ethernet address, derived from its address
/// @param interfaceName inside the container
/// @param hostLink the other end of the cable, on the host
public record BridgeEndpoint(
    String containerId,
    Inet4Address address,
    int prefixLength,
    Inet4Address gateway,
    MacAddress mac,
    String interfaceName,
    String hostLink) {}
