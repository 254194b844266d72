/// Calls between nodes over the cluster port: gRPC on mutual TLS, records as CBOR. It must not know
/// what a call does: handlers are given to it.
@NullMarked
package swarm.node.rpc;

import org.jspecify.annotations.NullMarked;
