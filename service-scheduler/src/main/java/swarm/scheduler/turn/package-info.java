/// The planners in the order of a task's life: orchestrate, allocate, place. It must not know who
/// proposes the plan.
@NullMarked
package swarm.scheduler.turn;

import org.jspecify.annotations.NullMarked;
