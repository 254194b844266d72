@NullMarked
package swarm.runtime.stdio;

import org.jspecify.annotations.NullMarked;
