/// Tests of membership.
@NullMarked
package swarm.node.membership;

import org.jspecify.annotations.NullMarked;
