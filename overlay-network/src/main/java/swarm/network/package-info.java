/// The networks of one node: [HostNetwork] is the facade that a daemon drives, and the records
/// beside it are its vocabulary. Everything is relative to the network namespace that the daemon
/// runs in.
///
/// It must not know tasks, services or Raft: it is given containers' namespaces, addresses and the
/// wanted state of the routing mesh.
@NullMarked
package swarm.network;

import org.jspecify.annotations.NullMarked;
