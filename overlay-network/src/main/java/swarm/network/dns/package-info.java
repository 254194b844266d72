/// The name server of containers: messages, what is answered by ourselves, and the sockets in
/// containers' network namespaces. Messages and decisions are pure.
///
/// It must not know which kind of network a name belongs to: [swarm.network.dns.Names] tells names.
@NullMarked
package swarm.network.dns;

import org.jspecify.annotations.NullMarked;
