@NullMarked
package swarm.runtime.build;

import org.jspecify.annotations.NullMarked;
