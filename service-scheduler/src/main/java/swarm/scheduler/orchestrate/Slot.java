package swarm.scheduler.orchestrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// All attempts for one place in a service: one of its replicas, one of a job's completions, or one
/// node of a global service or job.
///
/// @param number 1.. for a replica, 0.. for a job's completion, 0 for a node
/// @param nodeId the node of a global service's or job's slot, else empty
/// @param tasks the attempts, oldest first
record Slot(int number, String nodeId, List<Task> tasks) {

  private static final Comparator<Task> OLDEST_FIRST =
      Comparator.comparingLong(Task::born).thenComparing(Task::id);

  private static final String ZEROS = "0000000000";

  /// The slots of a service, by number and then node.
  static NavigableMap<String, Slot> of(ClusterState state, Service service) {
    var slots = new TreeMap<String, Slot>();
    boolean counted = service.spec().job() && !service.spec().global();
    for (Task task : state.tasksOfService(service.id())) {
      String node = task.slot() == 0 && !counted ? task.nodeId() : "";
      slots
          .computeIfAbsent(
              key(task.slot(), node), _ -> new Slot(task.slot(), node, new ArrayList<>()))
          .tasks()
          .add(task);
    }
    slots.values().forEach(slot -> slot.tasks().sort(OLDEST_FIRST));
    return slots;
  }

  /// Where the slot stands among its service's: by number, then by node.
  String key() {
    return key(number, nodeId);
  }

  static String key(int number, String nodeId) {
    String digits = Integer.toString(number); // by hand: a service may have a million slots
    return ZEROS.substring(Math.min(digits.length(), ZEROS.length())) + digits + "/" + nodeId;
  }

  /// The attempts that are meant to run or to complete, whether or not they do.
  List<Task> wanted() {
    var wanted = new ArrayList<Task>(1);
    for (Task task : tasks) {
      if (!task.desired().isEnd()) {
        wanted.add(task);
      }
    }
    return wanted;
  }

  /// The newest attempt.
  Optional<Task> newest() {
    return tasks.isEmpty() ? Optional.empty() : Optional.of(tasks.getLast());
  }

  /// Whether some attempt told to stop still holds the slot on a host that is there.
  boolean occupiedByLeaving(ClusterState state) {
    return tasks.stream()
        .anyMatch(
            t ->
                t.desired().isEnd()
                    && !t.status().state().terminal()
                    && t.status().state().compareTo(TaskState.ASSIGNED) >= 0
                    && state.node(t.nodeId()).map(Node::alive).orElse(false));
  }

  /// Whether an attempt that lost its place to another service's task has yet to stop.
  boolean givesWay(ClusterState state) {
    return tasks.stream().anyMatch(t -> t.preempted() != null) && occupiedByLeaving(state);
  }

  /// Whether a container of this slot runs.
  boolean running() {
    return tasks.stream().anyMatch(t -> !t.leaving() && t.status().state() == TaskState.RUNNING);
  }
}
