/// Tests of the measurements.
@NullMarked
package swarm.chaos.bench;

import org.jspecify.annotations.NullMarked;
