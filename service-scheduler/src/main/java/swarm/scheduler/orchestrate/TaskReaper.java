package swarm.scheduler.orchestrate;

import java.util.List;
import java.util.Map;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Forgets tasks that are over: those told to be removed at once, others when a slot has more of
/// them than the cluster's history limit.
final class TaskReaper {
  private TaskReaper() {}

  static void plan(ClusterState state, Map<String, Slot> slots, Plan plan) {
    int keep = state.cluster() == null ? 5 : state.cluster().taskHistoryLimit();
    for (Slot slot : slots.values()) {
      List<Task> over =
          slot.tasks().stream()
              .filter(t -> t.status().state().terminal())
              .filter(t -> t.desired().compareTo(TaskState.RUNNING) > 0)
              .toList();
      int excess = over.size() - keep;
      for (int i = 0; i < over.size(); i++) {
        if (i < excess || over.get(i).desired() == TaskState.REMOVE) {
          plan.add(new Command.RemoveTask(over.get(i).id()));
        }
      }
    }
  }
}
