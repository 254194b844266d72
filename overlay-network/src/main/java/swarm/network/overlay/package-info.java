/// Networks of the whole cluster that users made, on one host: a bridge and a VXLAN interface for
/// each that a container of the host is on.
///
/// It must not know services, names or virtual addresses.
@NullMarked
package swarm.network.overlay;

import org.jspecify.annotations.NullMarked;
