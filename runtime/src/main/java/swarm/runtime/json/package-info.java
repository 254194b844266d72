/// Types of JSON that came from outside.
@NullMarked
package swarm.runtime.json;

import org.jspecify.annotations.NullMarked;
