@NullMarked
package swarm.runtime.dockerfile;

import org.jspecify.annotations.NullMarked;
