package swarm.node.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ReservedLabels;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// How long the tasks of services run on a node that reaches no manager, where a service says so.
/// Pure.
final class StopAfter {
  private StopAfter() {}

  static boolean concerns(Change change) {
    return change instanceof Change.OfService s
        && !Objects.equals(label(s.before()), label(s.after()));
  }

  private static @Nullable String label(@Nullable Service service) {
    Map<String, String> labels = service == null ? null : service.spec().labels();
    return labels == null ? null : labels.get(ReservedLabels.STOP_AFTER_DISCONNECT);
  }

  /// Of the services that have tasks on the node: service id to milliseconds.
  static Map<String, Long> of(ClusterState state, String nodeId) {
    var all = new TreeMap<String, Long>();
    for (Task task : state.tasksOnNode(nodeId)) {
      if (!all.containsKey(task.serviceId())) {
        Optional.ofNullable(label(state.services().get(task.serviceId())))
            .flatMap(ReservedLabels::duration)
            .map(Duration::toMillis)
            .ifPresent(millis -> all.put(task.serviceId(), millis));
      }
    }
    return all;
  }

  /// Whether a task's service says so.
  static boolean governs(ClusterState state, Task task) {
    return label(state.services().get(task.serviceId())) != null;
  }
}
