package swarm.scheduler.place;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.NodeLoad;

/// Tasks of one service that any node takes or refuses alike. Immutable.
///
/// @param tasks those to be placed, in the order of their ids
record Group(List<Task> tasks) {
  /// As in swarmkit: failures are forgotten after it.
  private static final Duration FAILURES_COUNT_FOR = Duration.ofMinutes(5);

  private static final int[] NONE = {};

  /// @param alone one whose host ports may be free for it and for no other: only its predecessor
  ///   holds them; empty for all others
  private record Key(long specVersion, String nodeId, String alone) {}

  /// The groups of the tasks of a service that wait to be placed.
  static Collection<Group> of(List<Task> ofService) {
    var groups = new LinkedHashMap<Key, Group>();
    for (Task task : ofService) {
      if (task.status().state() == TaskState.PENDING && !task.leaving()) {
        boolean alone = task.desired() == TaskState.READY && !task.hostPorts().isEmpty();
        groups
            .computeIfAbsent(
                new Key(task.specVersion(), task.nodeId(), alone ? task.id() : ""),
                _ -> new Group(new ArrayList<>()))
            .tasks
            .add(task);
      }
    }
    return groups.values();
  }

  Task first() {
    return tasks.getFirst();
  }

  /// Whether these tasks know their node: they belong to a global service.
  boolean pinned() {
    return !first().nodeId().isEmpty();
  }

  /// How many of a service's tasks each node has, by the node's number.
  static int[] own(Seats seats, List<Task> ofService) {
    int[] own = new int[seats.size()];
    for (Task task : ofService) {
      @Nullable Seat seat = NodeLoad.counts(task) ? seats.of(task.nodeId()) : null;
      if (seat != null) {
        own[seat.index]++;
      }
    }
    return own;
  }

  /// How many tasks of this spec failed on each node lately; empty where none did. Counted from the
  /// tasks that are still known: as many of a slot as the cluster's history limit keeps.
  int[] failures(Seats seats, List<Task> ofService, Instant now) {
    int[] failures = NONE;
    for (Task task : ofService) {
      Seat seat = failedLately(task, now) ? seats.of(task.nodeId()) : null;
      if (seat != null) {
        failures = failures.length == 0 ? new int[seats.size()] : failures;
        failures[seat.index]++;
      }
    }
    return failures;
  }

  private boolean failedLately(Task task, Instant now) {
    TaskState state = task.status().state();
    @Nullable Instant ended = task.endedAt();
    return (state == TaskState.FAILED || state == TaskState.REJECTED)
        && ended != null
        && task.specVersion() == first().specVersion()
        && !ended.isAfter(now) // by the clock of an earlier leader, which is ahead: long over
        && ended.plus(FAILURES_COUNT_FOR).isAfter(now);
  }
}
