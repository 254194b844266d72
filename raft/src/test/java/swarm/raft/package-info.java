/// Tests of the module as a whole.
@NullMarked
package swarm.raft;

import org.jspecify.annotations.NullMarked;
