/// Whether a container does its work: what is asked of its probes, and what follows from their
/// results. Pure; it must not know how a probe is run.
@NullMarked
package swarm.runtime.health;

import org.jspecify.annotations.NullMarked;
