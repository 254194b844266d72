/// Tests of what is taken and what is refused, in tables.
@NullMarked
package swarm.node.api.check;

import org.jspecify.annotations.NullMarked;
