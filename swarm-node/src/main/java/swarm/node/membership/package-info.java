/// Whether this node is in a cluster, and as what: init, join, leave, and taking up again after a
/// restart. It must not know HTTP.
@NullMarked
package swarm.node.membership;

import org.jspecify.annotations.NullMarked;
