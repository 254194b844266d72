package swarm.node.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;

/// Which secrets and configs one agent was sent: those of its own tasks that are to run, and no
/// others. It forgets one when the last task that it was told to run with it is to end; so does the
/// agent, by the same rule, and a later task's is sent again. Not thread-safe.
final class PayloadsTold {
  private final Map<String, Set<String>> byTask = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  /// Notes a task of the node.
  ///
  /// @return what the agent must be sent before it
  List<Payload> needs(ClusterState state, Task task) {
    if (task.leaving()) {
      forget(task.id());
      return List.of();
    }
    if (byTask.containsKey(task.id())) {
      return List.of();
    }
    List<PayloadReference> asked = task.spec().payloads();
    if (asked.isEmpty()) {
      return List.of();
    }
    var all = new TreeSet<String>();
    var news = new ArrayList<Payload>();
    for (PayloadReference each : asked) {
      Payload payload = state.payloads(each.kind()).find(each.id());
      // one that was removed meanwhile is missing, and the task says so
      boolean wanted = payload != null && each.file() != null && all.add(each.id());
      if (wanted && uses.merge(each.id(), 1, Integer::sum) == 1) {
        news.add(payload);
      }
    }
    byTask.put(task.id(), all);
    return news;
  }

  /// A task ends, or is no longer the node's.
  void forget(String taskId) {
    Set<String> held = byTask.remove(taskId);
    if (held != null) {
      held.forEach(id -> uses.computeIfPresent(id, (_, n) -> n == 1 ? null : n - 1));
    }
  }
}
