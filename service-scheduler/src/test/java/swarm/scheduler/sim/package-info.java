/// A whole cluster in one thread: the real planners and the real state, with agents that only
/// pretend, counted identifiers and a clock that moves when told. It must not know real time.
@NullMarked
package swarm.scheduler.sim;

import org.jspecify.annotations.NullMarked;
