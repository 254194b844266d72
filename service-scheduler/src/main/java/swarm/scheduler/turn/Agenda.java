package swarm.scheduler.turn;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NodeLoad;

/// Which services a leader has yet to look at, and when: its cost follows what changed, not the
/// size of the cluster. Not thread-safe.
///
/// A turn takes the [Work] that is due, plans, and tells the agenda of the [Plan]. Changes may be
/// noted at any time in between; none is lost.
///
/// What something happened to comes before what is only to be looked over (all services when a
/// leader begins, those that wait for room when some was freed), and a turn takes no more than
/// [#MOST_PER_TURN]: with a hundred thousand services, a new one is placed at once all the same.
public final class Agenda {
  /// Services in one turn: as many as are planned within some ten milliseconds.
  static final int MOST_PER_TURN = 500;

  /// What one turn is to look at.
  ///
  /// @param services ids; some may be gone
  /// @param nodesChanged whether a node came, went or changed since the last turn
  public record Work(SortedSet<String> services, boolean nodesChanged) {}

  private final Queued changed = new Queued();
  private final Queued lookedOver = new Queued();
  private final Map<String, Instant> timers = new HashMap<>();
  private final TreeSet<Timer> timersByTime = new TreeSet<>();

  /// Services that wait for another node, or a change of one.
  private final TreeSet<String> waitingForNodes = new TreeSet<>();

  /// Services that wait for that, or for something that a task or a service gives up.
  private final TreeSet<String> waitingForRoom = new TreeSet<>();

  private final Followers followers = new Followers();

  private boolean nodesChanged;

  /// Whether something was freed since work was last taken: a plan made before that does not know.
  private boolean freed;

  /// Whether a node changed since then in a way that may help.
  private boolean nodesHelp;

  private record Timer(Instant at, String serviceId) implements Comparable<Timer> {
    private static final Comparator<Timer> ORDER =
        Comparator.comparing(Timer::at).thenComparing(Timer::serviceId);

    @Override
    public int compareTo(Timer other) {
      return ORDER.compare(this, other);
    }
  }

  /// Ids in the order in which they came, each once.
  private static final class Queued {
    private final ArrayDeque<String> order = new ArrayDeque<>();
    private final Set<String> members = new HashSet<>();

    void add(String id) {
      if (members.add(id)) {
        order.add(id);
      }
    }

    void addAll(Collection<String> ids) {
      ids.forEach(this::add);
    }

    /// Moves the first of them, until `into` is full.
    void moveTo(SortedSet<String> into) {
      while (into.size() < MOST_PER_TURN && !order.isEmpty()) {
        String id = order.remove();
        members.remove(id);
        into.add(id);
      }
    }

    boolean isEmpty() {
      return order.isEmpty();
    }

    int size() {
      return order.size();
    }

    void clear() {
      order.clear();
      members.clear();
    }
  }

  /// Everything is to be looked at: a leader begins.
  public void begin(ClusterState state) {
    clear();
    lookOverAll(state);
    nodesChanged = true;
  }

  private void lookOverAll(ClusterState state) {
    lookedOver.addAll(state.services().keySet());
    lookedOver.addAll(state.tasksByService().keySet());
  }

  /// Nothing is to be looked at any more.
  public void clear() {
    changed.clear();
    lookedOver.clear();
    timers.clear();
    timersByTime.clear();
    waitingForNodes.clear();
    waitingForRoom.clear();
    followers.clear();
    nodesChanged = false;
    freed = false;
    nodesHelp = false;
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
        lookOverAll(state); // the history limit may be another
      }
      case Change.OfNode node -> {
        nodesChanged = true;
        if (helps(node)) {
          nodesHelp = true;
          free();
          lookedOver.addAll(waitingForNodes);
          waitingForNodes.clear();
        }
        String id = node.after() != null ? node.after().id() : nodeId(node);
        state.tasksOnNode(id).forEach(t -> changed.add(t.serviceId()));
        changed.addAll(state.globalServices().keySet());
      }
      case Change.OfService service -> {
        if (service.after() == null) {
          free(); // its ports are
        }
        Service any = service.after() != null ? service.after() : service.before();
        if (any != null) {
          changed.add(any.id());
          changed.addAll(followers.touched(any.spec().nameOrEmpty()));
        }
      }
      case Change.OfTask task -> {
        Task any = task.after() != null ? task.after() : task.before();
        if (any != null && !explainedOnly(task)) {
          changed.add(any.serviceId());
          changed.addAll(followers.touched(any.serviceName()));
        }
        if (NodeLoad.frees(task.before(), task.after())) {
          free();
        }
      }
      case Change.OfPayload _, Change.OfNetwork _, Change.OfAttachment _ -> {
        // who uses it was declared with it, and waits for nothing
      }
    }
  }

  /// Whether a change of a node may help what waits: addresses and sessions that begin anew do not.
  private static boolean helps(Change.OfNode change) {
    Node before = change.before();
    Node after = change.after();
    return before == null
        || after == null
        || before.status().state() != after.status().state()
        || !before.spec().equals(after.spec())
        || !before.description().equals(after.description())
        || !before.status().address().equals(after.status().address());
  }

  /// Whether a task was only told why it waits: no planner decides by that.
  private static boolean explainedOnly(Change.OfTask change) {
    Task before = change.before();
    Task after = change.after();
    return before != null
        && after != null
        && before.desired() == after.desired()
        && before.status().state() == after.status().state()
        && after.status().state().compareTo(TaskState.PENDING) <= 0;
  }

  private static String nodeId(Change.OfNode node) {
    return node.before() == null ? "" : node.before().id();
  }

  private void free() {
    freed = true;
    lookedOver.addAll(waitingForRoom);
    waitingForRoom.clear();
  }

  /// What is due at `now`; empty where nothing is.
  public Optional<Work> take(Instant now) {
    while (!timersByTime.isEmpty() && !timersByTime.getFirst().at().isAfter(now)) {
      Timer due = timersByTime.removeFirst();
      timers.remove(due.serviceId());
      changed.add(due.serviceId());
    }
    if (changed.isEmpty() && lookedOver.isEmpty() && !nodesChanged) {
      return Optional.empty();
    }
    var services = new TreeSet<String>();
    changed.moveTo(services);
    lookedOver.moveTo(services);
    var work = new Work(services, nodesChanged);
    services.forEach(waitingForNodes::remove);
    services.forEach(waitingForRoom::remove);
    followers.taken(services);
    nodesChanged = false;
    freed = false;
    nodesHelp = false;
    return Optional.of(work);
  }

  /// A plan was made of the work that was taken last.
  public void planned(Plan plan) {
    plan.wake().forEach(this::wakeAt);
    plan.waitingFor().forEach((id, names) -> changed.addAll(followers.waits(id, names)));
    plan.waiting()
        .forEach(
            (id, why) -> {
              if (nodesHelp || (freed && why.room())) {
                lookedOver.add(id);
              } else {
                (why.room() ? waitingForRoom : waitingForNodes).add(id);
              }
            });
  }

  private void wakeAt(String serviceId, Instant at) {
    Instant known = timers.get(serviceId);
    if (known != null && !at.isBefore(known)) {
      return;
    }
    if (known != null) {
      timersByTime.remove(new Timer(known, serviceId));
    }
    timers.put(serviceId, at);
    timersByTime.add(new Timer(at, serviceId));
  }

  /// What was planned of some work may be lost, or was refused: it is due again.
  public void again(Work work) {
    changed.addAll(work.services());
    nodesChanged |= work.nodesChanged();
  }

  /// Services that wait to be looked at; those that wait for a time or for room do not count.
  public int size() {
    return changed.size() + lookedOver.size();
  }

  /// When there is something to take though nothing changes; empty where there never is.
  public Optional<Instant> nextTimer() {
    return timersByTime.isEmpty() ? Optional.empty() : Optional.of(timersByTime.getFirst().at());
  }
}
