package swarm.node.dispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// The tasks of one node that are to stop, and are not told yet because some host's load balancer
/// may still lead callers to them. Nobody waits longer than [#LIMIT]: a host whose daemon is away
/// cannot say what it does. Not thread-safe; the clock is the caller's.
final class HeldStops {
  /// What a host that is well needs is some tenths of a second; one that restarts its daemon, a
  /// second.
  static final Duration LIMIT = Duration.ofSeconds(2);

  private final Map<String, Long> sinceNanos = new TreeMap<>();

  /// Whether a task's stop is to be kept from its node for now.
  ///
  /// @param told what the node was last told of it; null for nothing
  /// @param balancedThrough the index of the state that all load balancers follow
  boolean holds(
      ClusterState state,
      Task task,
      @Nullable TaskState told,
      long balancedThrough,
      long nowNanos) {
    if (told == TaskState.RUNNING
        && task.desired().isEnd()
        && takesCalls(state, task)
        && balancedThrough < task.version().index()) {
      long since = sinceNanos.computeIfAbsent(task.id(), _ -> nowNanos);
      if (nowNanos - since < LIMIT.toNanos()) {
        return true;
      }
    }
    sinceNanos.remove(task.id());
    return false;
  }

  /// A service that was removed has no callers that another task could answer.
  private static boolean takesCalls(ClusterState state, Task task) {
    @Nullable Service service = state.services().get(task.serviceId());
    return service != null && task.takesCalls() && task.status().state() == TaskState.RUNNING;
  }

  /// A task is the node's no more.
  void forget(String taskId) {
    sinceNanos.remove(taskId);
  }

  /// The tasks that are held.
  Collection<String> tasks() {
    return List.copyOf(sinceNanos.keySet());
  }

  /// When the first of them is to be told whatever was heard, by the clock of `nowNanos`; empty
  /// where none is held.
  OptionalLong untilNanos() {
    return sinceNanos.values().stream().mapToLong(since -> since + LIMIT.toNanos()).min();
  }
}
