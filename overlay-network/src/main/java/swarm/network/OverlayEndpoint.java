package swarm.network;

import java.net.Inet4Address;
import java.nio.file.Path;

/// A container's place on a network of the whole cluster.
///
/// @param netns file of the container's network namespace
/// @param address the container's
/// @param prefixLength of the network's subnet
/// @param interfaceName inside the container
public record OverlayEndpoint(
    String networkId,
    String containerId,
    Path netns,
    Inet4Address address,
    int prefixLength,
    String interfaceName) {}
