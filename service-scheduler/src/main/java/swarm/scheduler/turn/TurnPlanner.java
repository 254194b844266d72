package swarm.scheduler.turn;

import swarm.scheduler.allocate.Allocator;
import swarm.scheduler.orchestrate.ServiceOrchestrator;
import swarm.scheduler.place.Scheduler;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;

/// One whole turn of the leader: orchestrate, allocate, place. Each planner sees the state as the
/// commands of the one before will leave it (applying is pure, so it can be tried here), and all of
/// them go into the log together: a new task needs one round of consensus from NEW to ASSIGNED, not
/// three.
public final class TurnPlanner {
  private TurnPlanner() {}

  /// Plans a turn.
  public static Plan plan(Turn turn) {
    var plan = new Plan();
    ServiceOrchestrator.plan(turn, plan);
    int done = 0;
    ClusterState next = tryOn(turn.state(), plan, done);
    done = plan.commands().size();
    Allocator.plan(turn.on(next), plan);
    next = tryOn(next, plan, done);
    Scheduler.plan(turn.on(next), plan);
    return plan;
  }

  private static ClusterState tryOn(ClusterState state, Plan plan, int from) {
    if (plan.commands().size() == from) {
      return state;
    }
    var fresh = plan.commands().subList(from, plan.commands().size());
    return CommandApplier.apply(state, state.index() + 1, new Command.Many(fresh)).state();
  }
}
