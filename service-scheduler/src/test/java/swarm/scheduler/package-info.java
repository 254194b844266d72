@NullMarked
package swarm.scheduler;

import org.jspecify.annotations.NullMarked;
