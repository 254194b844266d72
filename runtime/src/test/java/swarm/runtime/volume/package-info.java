@NullMarked
package swarm.runtime.volume;

import org.jspecify.annotations.NullMarked;
