/// Tests of the module as a whole.
@NullMarked
package swarm.cli;

import org.jspecify.annotations.NullMarked;
