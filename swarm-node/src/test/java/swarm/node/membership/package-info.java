/// Tests of what a node knows of its membership.
@NullMarked
package swarm.node.membership;

import org.jspecify.annotations.NullMarked;
