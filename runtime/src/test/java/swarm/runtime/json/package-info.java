@NullMarked
package swarm.runtime.json;

import org.jspecify.annotations.NullMarked;
