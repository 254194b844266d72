/// What every planner is given (a turn) and gives back (a plan). It must not know any planner.
@NullMarked
package swarm.scheduler.plan;

import org.jspecify.annotations.NullMarked;
