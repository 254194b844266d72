@NullMarked
package swarm.scheduler.state;

import org.jspecify.annotations.NullMarked;
