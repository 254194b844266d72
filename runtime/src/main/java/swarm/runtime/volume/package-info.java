/// Folders that outlive containers: which there are, who uses them, and what is mounted in them. It
/// must not know what a container is: users are ids.
@NullMarked
package swarm.runtime.volume;

import org.jspecify.annotations.NullMarked;
