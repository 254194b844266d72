/// Who a node is: the cluster's certificate authority, join tokens, certificates and the TLS made
/// of them. It must not know services, tasks or HTTP.
@NullMarked
package swarm.node.identity;

import org.jspecify.annotations.NullMarked;
