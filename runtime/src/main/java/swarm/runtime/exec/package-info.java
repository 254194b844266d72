/// Further processes in running containers: what is asked for and what comes back. It must not know
/// containers' states or how they were made.
@NullMarked
package swarm.runtime.exec;

import org.jspecify.annotations.NullMarked;
