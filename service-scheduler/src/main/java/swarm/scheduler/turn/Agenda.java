package swarm.scheduler.turn;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Which services a leader has yet to look at, and when: its cost follows what changed, not the
/// size of the cluster. Not thread-safe.
///
/// A turn takes the [Work] that is due, plans, and tells the agenda of the [Plan]. Changes may be
/// noted at any time in between; none is lost.
public final class Agenda {
  /// What one turn is to look at.
  ///
  /// @param services ids; some may be gone
  /// @param nodesChanged whether a node came, went or changed since the last turn
  public record Work(SortedSet<String> services, boolean nodesChanged) {}

  private final TreeSet<String> dirty = new TreeSet<>();
  private final TreeMap<String, Instant> timers = new TreeMap<>();
  private final TreeSet<String> waiting = new TreeSet<>();
  private boolean nodesChanged;

  /// Whether something was freed since work was last taken: a plan made before that does not know.
  private boolean freed;

  /// Everything is to be looked at: a leader begins.
  public void begin(ClusterState state) {
    clear();
    dirty.addAll(state.services().keySet());
    dirty.addAll(state.tasksByService().keySet());
    nodesChanged = true;
  }

  /// Nothing is to be looked at any more.
  public void clear() {
    dirty.clear();
    timers.clear();
    waiting.clear();
    nodesChanged = false;
    freed = false;
  }

  /// Notes what changed.
  ///
  /// @param state the state after the changes
  public void note(ClusterState state, List<Change> changes) {
    changes.forEach(change -> note(state, change));
  }

  private void note(ClusterState state, Change change) {
    switch (change) {
      case Change.OfCluster _ -> {
        nodesChanged = true;
        dirty.addAll(state.services().keySet()); // the history limit may be another
      }
      case Change.OfNode node -> {
        nodesChanged = true;
        free();
        String id = node.after() != null ? node.after().id() : nodeId(node);
        state.tasksOnNode(id).forEach(t -> dirty.add(t.serviceId()));
        for (Service service : state.services().values()) {
          if (service.spec().global()) {
            dirty.add(service.id());
          }
        }
      }
      case Change.OfService service -> {
        if (service.after() == null) {
          free(); // its ports are
        }
        Service any = service.after() != null ? service.after() : service.before();
        if (any != null) {
          dirty.add(any.id());
        }
      }
      case Change.OfTask task -> {
        Task any = task.after() != null ? task.after() : task.before();
        if (any != null) {
          dirty.add(any.serviceId());
          if (any.leaving()) {
            free();
          }
        }
      }
    }
  }

  private static String nodeId(Change.OfNode node) {
    return node.before() == null ? "" : node.before().id();
  }

  private void free() {
    freed = true;
    dirty.addAll(waiting);
  }

  /// What is due at `now`; empty where nothing is.
  public Optional<Work> take(Instant now) {
    for (var timers = this.timers.entrySet().iterator(); timers.hasNext(); ) {
      Map.Entry<String, Instant> timer = timers.next();
      if (!timer.getValue().isAfter(now)) {
        dirty.add(timer.getKey());
        timers.remove();
      }
    }
    if (dirty.isEmpty() && !nodesChanged) {
      return Optional.empty();
    }
    var work = new Work(new TreeSet<>(dirty), nodesChanged);
    waiting.removeAll(dirty);
    dirty.clear();
    nodesChanged = false;
    freed = false;
    return Optional.of(work);
  }

  /// A plan was made of the work that was taken last.
  public void planned(Plan plan) {
    plan.wake().forEach((id, at) -> timers.merge(id, at, (a, b) -> a.isBefore(b) ? a : b));
    (freed ? dirty : waiting).addAll(plan.waiting().keySet());
  }

  /// What was planned of some work may be lost, or was refused: it is due again.
  public void again(Work work) {
    dirty.addAll(work.services());
    nodesChanged |= work.nodesChanged();
  }

  /// When there is something to take though nothing changes; empty where there never is.
  public Optional<Instant> nextTimer() {
    return timers.values().stream().min(Instant::compareTo);
  }
}
