@NullMarked
package swarm.scheduler.place;

import org.jspecify.annotations.NullMarked;
