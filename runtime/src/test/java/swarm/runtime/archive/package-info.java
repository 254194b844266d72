@NullMarked
package swarm.runtime.archive;

import org.jspecify.annotations.NullMarked;
