package swarm.node.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import swarm.node.dispatch.LogBroker;
import swarm.node.dispatch.LogRelay;
import swarm.node.rpc.SessionMessages;
import swarm.runtime.container.EngineException;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// Logs of tasks, gathered from their nodes for one caller, in order per task. Where a node changes
/// its manager, or a manager is lost, a task's log goes on where it broke. What waits for the
/// caller is bounded by what agents may send before they pause. Confined to the caller's thread,
/// but for what comes from the nodes.
final class LogGathering implements AutoCloseable {
  /// About what may wait of each task.
  private static final int WINDOW = 64 * 1024;

  /// Lines that may wait in all; agents that know no window, and managers, are held to it.
  private static final int MOST = 50_000;

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ROOM_MILLIS = 20;

  /// What was being read is called missing once the pauses between two questions are longer.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How often one who does not follow asks again for a log that broke off.
  private static final int TRIES = 3;

  /// What the caller wants.
  ///
  /// @param tail lines from the end, -1 for all
  /// @param since RFC 3339, empty for the beginning
  record Query(
      boolean follow, boolean stdout, boolean stderr, int tail, String since, String until) {}

  /// What a node sent of a task's log.
  record Line(Task task, SessionMessages.LogChunk chunk) {}

  /// What came from elsewhere, of a subscription.
  private sealed interface Part {
    record Sent(String subscription, String nodeId, SessionMessages.LogChunk chunk, Runnable resume)
        implements Part {}

    /// Nothing more comes of these nodes.
    record Ended(String subscription, List<String> nodeIds) implements Part {}

    /// No manager has these nodes in session.
    record Missing(String subscription, List<String> nodeIds) implements Part {}
  }

  /// A task's log on its way here.
  private static final class Source {
    Task task;
    final LogPosition position = new LogPosition();
    String subscription = ""; // empty while it has none
    boolean done;
    long retryNanos;
    long pauseNanos = FIRST_PAUSE_NANOS;
    int tries;

    Source(Task task) {
      this.task = task;
    }
  }

  private final LogRelay relay;
  private final Supplier<String> ids;
  private final Query query;
  private final Map<String, Source> sources = new TreeMap<>();
  private final Map<String, Runnable> open = new ConcurrentHashMap<>();
  private final Set<String> namedMissing = new TreeSet<>();
  private final List<String> newlyMissing = new ArrayList<>();
  private final Map<String, String> unread = new TreeMap<>();
  private final LinkedBlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  /// @param ids makes ids of subscriptions
  LogGathering(LogRelay relay, Supplier<String> ids, Query query) {
    this.relay = relay;
    this.ids = ids;
    this.query = query;
  }

  /// Asks for the logs of tasks that have one and are not asked for yet, and again for those that
  /// broke off. Does not wait.
  void want(Collection<Task> tasks) {
    long now = System.nanoTime();
    Map<String, List<Source>> bySince = new TreeMap<>();
    for (Task task : tasks) {
      TaskState at = task.status().state();
      if (task.nodeId().isEmpty()
          || at.compareTo(TaskState.STARTING) < 0
          || at == TaskState.REJECTED) {
        continue;
      }
      Source source = sources.computeIfAbsent(task.id(), _ -> new Source(task));
      source.task = task;
      if (!source.done && source.subscription.isEmpty() && source.retryNanos - now <= 0) {
        String key = source.position.begun() ? source.position.resume(query.since) : "";
        bySince.computeIfAbsent(key, _ -> new ArrayList<>()).add(source);
      }
    }
    bySince.forEach(this::subscribe);
  }

  /// The nodes that no manager has in session, each told once.
  List<String> newlyMissing() {
    List<String> all = List.copyOf(newlyMissing);
    newlyMissing.clear();
    return all;
  }

  /// The tasks whose log driver keeps nothing to be read, with what their nodes said of it.
  Map<String, String> unread() {
    return unread;
  }

  /// @param from where they broke off; empty for those that were not read yet
  private void subscribe(String from, List<Source> group) {
    String id = ids.get();
    Map<String, List<String>> perNode = new TreeMap<>();
    for (Source source : group) {
      source.subscription = id;
      perNode.computeIfAbsent(source.task.nodeId(), _ -> new ArrayList<>()).add(source.task.id());
    }
    var wanted = new TreeMap<String, SessionMessages.Subscribe>();
    perNode.forEach(
        (node, tasks) ->
            wanted.put(
                node,
                new SessionMessages.Subscribe(
                    id,
                    tasks,
                    query.follow,
                    query.stdout,
                    query.stderr,
                    from.isEmpty() ? query.tail : -1,
                    from.isEmpty() ? query.since : from,
                    query.until,
                    WINDOW)));
    Thread.ofVirtual().name("logs-" + id).start(() -> subscribe(id, wanted));
  }

  /// Other managers may have to be waited for; the caller reads on meanwhile.
  private void subscribe(String id, Map<String, SessionMessages.Subscribe> wanted) {
    try {
      LogRelay.Subscription made = relay.subscribe(id, wanted, new Sink(id));
      open.put(id, made.close());
      parts.add(new Part.Missing(id, made.missing()));
      if (closed) {
        made.close().run();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Sink implements LogBroker.Sink {
    private final String id;

    Sink(String id) {
      this.id = id;
    }

    @Override
    public void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume) {
      if (parts.size() < MOST) {
        parts.add(new Part.Sent(id, nodeId, chunk, resume));
      } else if (!closed) { // it knows no window: what is too much now is asked for again later
        ended(nodeId);
      }
    }

    @Override
    public void awaitRoom() {
      try {
        while (parts.size() >= MOST / 2 && !closed) {
          Thread.sleep(ROOM_MILLIS);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ended(String nodeId) {
      parts.add(new Part.Ended(id, List.of(nodeId)));
    }
  }

  /// The next line, if one comes in time.
  Optional<Line> next(Duration limit) throws InterruptedException {
    return switch (parts.poll(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      case null -> Optional.empty();
      case Part.Sent sent -> line(sent);
      case Part.Ended(String id, List<String> nodes) -> {
        brokeOff(id, nodes, false);
        yield Optional.empty();
      }
      case Part.Missing(String id, List<String> nodes) -> {
        nodes.stream()
            .filter(node -> lacking(id, node) && namedMissing.add(node))
            .forEach(newlyMissing::add);
        brokeOff(id, nodes, true);
        yield Optional.empty();
      }
    };
  }

  /// Whether the caller should know that a node is missing: not where its log was being read a
  /// moment ago, as it changes its manager then.
  private boolean lacking(String subscription, String nodeId) {
    return sources.values().stream()
        .anyMatch(
            source ->
                source.subscription.equals(subscription)
                    && source.task.nodeId().equals(nodeId)
                    && (!source.position.begun() || source.pauseNanos > PATIENCE_NANOS));
  }

  private Optional<Line> line(Part.Sent sent) {
    SessionMessages.LogChunk chunk = sent.chunk();
    Source source = sources.get(chunk.taskId());
    if (source == null || !source.subscription.equals(sent.subscription())) {
      return Optional.empty(); // of a stream that broke off
    }
    if (chunk.pauses()) {
      sent.resume().run();
    } else if (chunk.last()) {
      ended(source, chunk.error());
    } else if (chunk.written().filter(source.position::passes).isPresent()) {
      source.pauseNanos = FIRST_PAUSE_NANOS;
      return Optional.of(new Line(source.task, chunk));
    }
    return Optional.empty();
  }

  private void ended(Source source, String error) {
    boolean early = !error.isEmpty() && !source.task.status().state().terminal();
    if (error.equals(EngineException.UNREADABLE_LOG)) {
      unread.put(source.task.id(), error);
      source.done = true;
    } else if (query.follow && early) {
      retryLater(source); // its container may not be there yet
    } else {
      source.done = true;
    }
    left(source);
  }

  /// Of these nodes nothing more comes. A log that was being read goes on as soon as it can; of
  /// others only followers wait.
  ///
  /// @param missing whether no manager has them in session
  private void brokeOff(String subscription, List<String> nodeIds, boolean missing) {
    for (Source source : List.copyOf(sources.values())) {
      if (source.subscription.equals(subscription) && nodeIds.contains(source.task.nodeId())) {
        boolean unread = missing && !source.position.begun();
        source.done = !query.follow && (unread || source.tries++ >= TRIES);
        retryLater(source);
        left(source);
      }
    }
  }

  private static void retryLater(Source source) {
    source.retryNanos = System.nanoTime() + source.pauseNanos;
    source.pauseNanos = Math.min(2 * source.pauseNanos, LAST_PAUSE_NANOS);
  }

  /// A source has no stream now; the subscription goes with its last one.
  private void left(Source source) {
    String id = source.subscription;
    source.subscription = "";
    if (sources.values().stream().noneMatch(other -> other.subscription.equals(id))) {
      Runnable close = open.remove(id);
      if (close != null) {
        close.run();
      }
    }
  }

  /// Whether nothing more will come of the tasks that were asked for.
  boolean idle() {
    return sources.values().stream().allMatch(source -> source.done);
  }

  @Override
  public void close() {
    closed = true;
    open.values().forEach(Runnable::run);
  }
}
