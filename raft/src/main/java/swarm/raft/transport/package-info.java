/// The port through which Raft's messages travel. It must not know sockets, TLS or gRPC:
/// `swarm-node` implements it over the cluster's mTLS port.
@NullMarked
package swarm.raft.transport;

import org.jspecify.annotations.NullMarked;
