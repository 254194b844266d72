@NullMarked
package swarm.runtime;

import org.jspecify.annotations.NullMarked;
