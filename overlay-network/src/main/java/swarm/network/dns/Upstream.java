package swarm.network.dns;

import java.net.InetSocketAddress;

/// A server elsewhere that is asked what we do not know.
///
/// @param inside whether it is asked from the container's network namespace, else from the host's
public record Upstream(InetSocketAddress address, boolean inside) {}
