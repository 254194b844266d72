/// Where a test may have the daemon die.
@NullMarked
package swarm.runtime.fault;

import org.jspecify.annotations.NullMarked;
