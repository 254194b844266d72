@NullMarked
package swarm.scheduler.turn;

import org.jspecify.annotations.NullMarked;
