@NullMarked
package swarm.scheduler.model;

import org.jspecify.annotations.NullMarked;
