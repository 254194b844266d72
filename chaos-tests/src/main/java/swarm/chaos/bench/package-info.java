/// The figures that users feel, measured on our own cluster and on a real Docker Swarm through the
/// same client and the same calls, one after the other in one run. It must not know the inside of
/// either.
@NullMarked
package swarm.chaos.bench;

import org.jspecify.annotations.NullMarked;
