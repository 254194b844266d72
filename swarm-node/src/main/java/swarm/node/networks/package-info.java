/// The networks of one host that users make: what is kept of them on disk, which addresses are
/// given out, what containers are called on them.
///
/// It must not know the cluster, nor HTTP.
@NullMarked
package swarm.node.networks;

import org.jspecify.annotations.NullMarked;
