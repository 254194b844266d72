/// Tests of the cluster port.
@NullMarked
package swarm.node.rpc;

import org.jspecify.annotations.NullMarked;
