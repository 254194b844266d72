/// Tests of the module as a whole.
@NullMarked
package swarm.node;

import org.jspecify.annotations.NullMarked;
