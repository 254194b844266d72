package swarm.network;

import java.net.Inet4Address;
import java.nio.file.Path;
import swarm.network.netlink.MacAddress;

/// A container's place on a network that users made.
///
/// @param netns file of the container's network namespace
/// @param address the container's
/// @param mac the container's Ethernet address
/// @param interfaceName inside the container
public record NetworkEndpoint(
    NetworkBridge network,
    String containerId,
    Path netns,
    Inet4Address address,
    MacAddress mac,
    String interfaceName) {}
