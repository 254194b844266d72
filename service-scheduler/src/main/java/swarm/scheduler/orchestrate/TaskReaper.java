package swarm.scheduler.orchestrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ClusterDefaults;
import swarm.scheduler.model.RestartPolicy;
import swarm.scheduler.model.Schedule;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Forgets tasks that are over: those told to be removed at once, others when a slot has more of
/// them than the cluster's history limit. The newest attempt of a slot stays: it says whether the
/// slot is done. So does what a job has completed, until it runs again.
final class TaskReaper {
  private TaskReaper() {}

  static void plan(ClusterState state, Service service, Map<String, Slot> slots, Plan plan) {
    int limit =
        state.cluster() == null ? ClusterDefaults.TASK_HISTORY : state.cluster().taskHistoryLimit();
    int keep = keep(limit, service.spec().template().restart());
    @Nullable Schedule schedule = ServiceAdditions.of(service.spec()).schedule();
    int runs = schedule == null ? -1 : schedule.history();
    for (Slot slot : slots.values()) {
      boolean nodeGone = !slot.nodeId().isEmpty() && state.node(slot.nodeId()).isEmpty();
      if (runs < 0) {
        reap(service, slot, nodeGone ? 0 : keep, nodeGone, plan);
        continue;
      }
      for (var run : byRun(slot).entrySet()) {
        boolean all = nodeGone || run.getKey() < service.iteration() - runs;
        reap(service, run.getValue(), all ? 0 : keep, all, plan);
      }
    }
  }

  /// A job's slot, by executions.
  private static Map<Long, Slot> byRun(Slot slot) {
    var runs = new TreeMap<Long, Slot>();
    for (Task task : slot.tasks()) {
      @Nullable Long iteration = task.jobIteration();
      runs.computeIfAbsent(
              iteration == null ? -1 : iteration,
              _ -> new Slot(slot.number(), slot.nodeId(), new ArrayList<>()))
          .tasks()
          .add(task);
    }
    return runs;
  }

  /// A negative limit means that as much as can be is kept, where Docker forgets nothing. Where
  /// restarts are counted within a window, the history is what they are counted from.
  private static int keep(int limit, RestartPolicy policy) {
    if (limit < 0) {
      return ClusterDefaults.MOST_TASK_HISTORY;
    }
    return policy.windowOrZero().isZero() || policy.attemptsOrZero() == 0
        ? limit
        : (int)
            Math.max(
                limit, Math.min(policy.attemptsOrZero() + 1, ClusterDefaults.MOST_TASK_HISTORY));
  }

  /// @param all whether the newest attempt, and what the job has completed, goes, too
  private static void reap(Service service, Slot slot, int keep, boolean all, Plan plan) {
    if (slot.tasks().size() == 1 && !slot.tasks().getFirst().status().state().terminal()) {
      return; // most slots, most of the time
    }
    List<Task> over =
        slot.tasks().stream()
            .filter(t -> t.status().state().terminal())
            .filter(t -> t.desired().compareTo(TaskState.RUNNING) > 0)
            .filter(
                t -> t.desired() == TaskState.REMOVE || all || !JobOrchestrator.done(service, t))
            .toList();
    int excess = over.size() - keep;
    for (int i = 0; i < over.size(); i++) {
      Task task = over.get(i);
      boolean newest = task.id().equals(slot.tasks().getLast().id()) && !all;
      if (task.desired() == TaskState.REMOVE || (i < excess && !newest)) {
        plan.add(new Command.RemoveTask(task.id()));
      }
    }
  }
}
