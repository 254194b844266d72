/// The node's bridge for containers: links into their namespaces, outbound masquerade, published
/// ports of plain containers.
///
/// It must not know the routing mesh or other hosts.
@NullMarked
package swarm.network.bridge;

import org.jspecify.annotations.NullMarked;
