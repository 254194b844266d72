@NullMarked
package swarm.runtime.health;

import org.jspecify.annotations.NullMarked;
