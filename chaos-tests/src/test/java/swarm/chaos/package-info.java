@NullMarked
package swarm.chaos;

import org.jspecify.annotations.NullMarked;
