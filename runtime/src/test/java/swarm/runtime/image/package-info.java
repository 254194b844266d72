@NullMarked
package swarm.runtime.image;

import org.jspecify.annotations.NullMarked;
