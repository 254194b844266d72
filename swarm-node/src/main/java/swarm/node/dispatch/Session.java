package swarm.node.dispatch;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.LogDefault;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// One agent's session on this manager: remembers what the agent was told, so that only what
/// changed is sent. Its methods are called by the dispatcher's publisher, except where said.
final class Session implements StreamObserver<SessionMessages.FromAgent> {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private static final String UNCONFIRMED =
      "this manager cannot confirm its state now; ask another";
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final String nodeId;
  private final InetAddress from;
  private final Dispatcher dispatcher;
  private final StreamObserver<SessionMessages.FromManager> out;
  private final Map<String, TaskState> told = new TreeMap<>();
  private final PayloadsTold toldPayloads = new PayloadsTold();
  private final HeldStops heldStops = new HeldStops();
  private final OverlaysTold toldOverlays = new OverlaysTold();
  private SessionMessages.@Nullable Ingress toldIngress;
  private volatile long toldNetworkIndex; // written before the agent is told
  private volatile long lookedIndex; // written after it was told, or had nothing to be told
  private volatile long appliedIndex;
  private List<String> toldManagers = List.of();
  private SessionMessages.@Nullable Credentials toldCredentials;
  private @Nullable Roster toldRoster;
  private Map<String, Long> toldStopAfter = Map.of();
  private boolean complete;
  private volatile boolean greeted;
  private volatile boolean ended;
  private boolean closed; // guarded by out
  private final long number = NUMBERS.incrementAndGet();
  private volatile long heardNanos = System.nanoTime();

  /// Log subscriptions that this agent answers: subscription id to who wants them.
  final Map<String, LogBroker.Sink> subscriptions = new ConcurrentHashMap<>();

  /// @param from where the agent's connection comes from
  Session(
      String nodeId,
      InetAddress from,
      Dispatcher dispatcher,
      StreamObserver<SessionMessages.FromManager> out) {
    this.nodeId = nodeId;
    this.from = from;
    this.dispatcher = dispatcher;
    this.out = out;
    if (out instanceof ServerCallStreamObserver<SessionMessages.FromManager> call) {
      call.setOnReadyHandler(dispatcher::wakePublisher);
      call.setOnCancelHandler(this::end);
    }
  }

  String nodeId() {
    return nodeId;
  }

  InetAddress from() {
    return from;
  }

  boolean greeted() {
    return greeted && !ended;
  }

  /// From now on the agent is told what it is to do; from any thread.
  void greet() {
    greeted = true;
  }

  /// Milliseconds since the agent last said anything.
  long silentMillis() {
    return (System.nanoTime() - heardNanos) / 1_000_000;
  }

  /// The index of a state that the node's load balancers follow at least.
  long balancingIndex() {
    long looked = lookedIndex; // first: what is told meanwhile makes this too low, never too high
    long applied = appliedIndex;
    return applied >= toldNetworkIndex ? Math.max(looked, applied) : applied;
  }

  /// The agent was told all that the changes up to an index have made of its networks.
  void looked(long index) {
    lookedIndex = index;
  }

  /// When a task that is to stop must be told so at last, by [System#nanoTime]; empty where none
  /// waits.
  OptionalLong holdsUntilNanos() {
    return heldStops.untilNanos();
  }

  // ---- what the agent says; on its call's thread, in order

  @Override
  public void onNext(SessionMessages.FromAgent message) {
    heardNanos = System.nanoTime();
    switch (message) {
      case SessionMessages.Hello hello -> {
        try {
          if (!dispatcher.hello(this, hello)) {
            refuse(UNCONFIRMED);
          }
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          refuse(UNCONFIRMED);
        }
      }
      case SessionMessages.Beat beat -> {
        appliedIndex = Objects.requireNonNullElse(beat.networkApplied(), 0L);
        if (dispatcher.serves(this)) {
          dispatcher.heard(nodeId);
        } else if (!ended) {
          refuse("this session is not the node's any more; open another");
        }
      }
      case SessionMessages.Statuses statuses -> dispatcher.observed(this, statuses);
      case SessionMessages.Farewell _ -> LOG.info("the daemon of node {} stops", nodeId);
      case SessionMessages.LogChunk chunk -> {
        LogBroker.Sink sink = subscriptions.get(chunk.subscription());
        if (sink != null) {
          sink.accept(
              nodeId,
              chunk,
              () -> send(new SessionMessages.LogCredit(chunk.subscription(), chunk.taskId())));
        }
      }
    }
  }

  /// A newer session of the same node takes its place; from any thread.
  void replaced() {
    LOG.debug("node {} has a new session", nodeId);
    refuse("this node has a newer session");
  }

  /// The node is none of the cluster's; from any thread.
  void expelled() {
    LOG.info("node {} has left or was removed: its session ends", nodeId);
    refuse(
        Status.PERMISSION_DENIED.withDescription(
            "node " + nodeId + " is not in this swarm (any more)"));
  }

  /// It is not where it says it is; from any thread.
  void misplaced(String why) {
    LOG.warn("{}", why);
    refuse(Status.PERMISSION_DENIED.withDescription(why));
  }

  /// This node is about to be no manager; from any thread.
  void dismissed() {
    refuse("this node is not a manager now; ask another");
  }

  /// The leader does not hear this manager; from any thread.
  void orphaned() {
    refuse("this manager has no contact with the leader; ask another");
  }

  private void refuse(String why) {
    refuse(Status.UNAVAILABLE.withDescription(why));
  }

  private void refuse(Status why) {
    synchronized (out) {
      if (!closed) {
        closed = true;
        out.onError(why.asRuntimeException());
      }
    }
    end();
  }

  @Override
  public void onError(Throwable error) {
    LOG.debug("the session of node {} broke: {}", nodeId, error.toString());
    end();
  }

  @Override
  public void onCompleted() {
    end();
    synchronized (out) {
      if (!closed) {
        closed = true;
        out.onCompleted();
      }
    }
  }

  /// Whether it has ended.
  boolean over() {
    return ended;
  }

  /// Whether its agent opened it after the other one.
  boolean newerThan(Session other) {
    return number > other.number;
  }

  private void end() {
    boolean first;
    synchronized (this) {
      first = !ended;
      ended = true;
    }
    if (first) {
      subscriptions.values().forEach(sink -> sink.ended(nodeId));
      dispatcher.ended(this);
    }
  }

  // ---- what the manager says

  /// Sends a message that must not wait for the publisher; from any thread.
  void send(SessionMessages.FromManager message) {
    synchronized (out) {
      if (!ended) {
        try {
          out.onNext(message);
        } catch (RuntimeException e) {
          LOG.debug("the session of node {} cannot be written to: {}", nodeId, e.toString());
          end();
        }
      }
    }
  }

  /// Whether the connection takes more without buffering it.
  boolean ready() {
    return !(out instanceof ServerCallStreamObserver<?> call) || call.isReady();
  }

  /// Sends what changed for this node since it was last told.
  ///
  /// @param clusterTouched whether what nodes know of the cluster and of services may have changed
  /// @param overlaysTouched whether networks that users made may have
  /// @param balancedThrough the index of the state that all load balancers follow
  void publish(
      ClusterState state,
      Set<String> touched,
      boolean ingressTouched,
      boolean clusterTouched,
      boolean overlaysTouched,
      Roster roster,
      OverlayViews views,
      long balancedThrough) {
    var tasks = new ArrayList<Task>();
    var removed = new ArrayList<String>();
    var payloads = new ArrayList<Payload>();
    var labels = new TreeMap<String, Map<String, String>>();
    var auth = new TreeMap<String, RegistryAuth>();
    if (complete) {
      touched = withHeld(touched);
      for (String id : touched) {
        if (!holds(state, id, balancedThrough)) {
          note(state, state.tasks().get(id), id, tasks, removed);
        }
      }
    } else {
      state.tasksOnNode(nodeId).forEach(task -> note(state, task, task.id(), tasks, removed));
      touched = told.keySet();
    }
    for (String id : touched) {
      supply(state, id, payloads, labels, auth);
    }
    boolean governed =
        clusterTouched
            || !complete
            || (!toldStopAfter.isEmpty() && !removed.isEmpty())
            || tasks.stream().anyMatch(task -> StopAfter.governs(state, task));
    publishCluster(state, roster, governed);
    SessionMessages.Ingress ingress = null;
    if (ingressTouched || !complete) {
      Optional<SessionMessages.Ingress> now = IngressView.of(state, nodeId);
      if (now.isPresent() && !now.get().equals(toldIngress)) {
        ingress = now.get();
        toldIngress = ingress;
      }
    }
    SessionMessages.@Nullable Overlays overlays =
        overlaysTouched || !complete
            ? toldOverlays.news(views.ofNode(state, nodeId), !complete)
            : null;
    if (ingress != null || overlays != null) {
      toldNetworkIndex = state.index();
    }
    if (!complete
        || !tasks.isEmpty()
        || !removed.isEmpty()
        || ingress != null
        || overlays != null) {
      parts(
              new SessionMessages.Assignments(
                  state.index(),
                  !complete,
                  false,
                  tasks,
                  removed,
                  ingress,
                  payloads.isEmpty() ? null : payloads,
                  labels.isEmpty() ? null : labels,
                  overlays,
                  auth.isEmpty() ? null : auth))
          .forEach(this::send);
      complete = true;
    }
  }

  private Set<String> withHeld(Set<String> touched) {
    Collection<String> held = heldStops.tasks();
    if (held.isEmpty()) {
      return touched;
    }
    var all = new TreeSet<>(touched);
    all.addAll(held);
    return all;
  }

  /// Whether the agent is not to hear yet that a task is to stop.
  private boolean holds(ClusterState state, String id, long balancedThrough) {
    @Nullable Task task = state.tasks().get(id);
    if (task == null || !task.nodeId().equals(nodeId)) {
      heldStops.forget(id);
      return false;
    }
    return heldStops.holds(state, task, told.get(id), balancedThrough, System.nanoTime());
  }

  /// Finds what a task of this node needs beside itself, once; and lets go of what one that ends
  /// had.
  private void supply(
      ClusterState state,
      String id,
      List<Payload> payloads,
      Map<String, Map<String, String>> labels,
      Map<String, RegistryAuth> auth) {
    Task task = state.tasks().get(id);
    if (task == null || !told.containsKey(id)) {
      toldPayloads.forget(id);
      return;
    }
    payloads.addAll(toldPayloads.needs(state, task));
    if (!labels.containsKey(task.serviceId()) && ServiceLabels.wanted(state, task)) {
      labels.put(task.serviceId(), ServiceLabels.of(state, task));
    }
    Service service = state.services().get(task.serviceId());
    if (service != null && service.auth() != null && isToStart(task)) {
      auth.put(service.id(), service.auth());
    }
  }

  private static boolean isToStart(Task task) {
    return !task.leaving() && task.runningSince() == null;
  }

  /// Assignments as messages that are not too large. Networks go first, as the tasks need them; so
  /// do secrets and configs.
  static List<SessionMessages.Assignments> parts(SessionMessages.Assignments whole) {
    var parts = new ArrayList<SessionMessages.Assignments>();
    var pieces = new ArrayDeque<>(Pieces.of(whole.tasks()));
    var payloads = new ArrayDeque<>(Pieces.of(whole.payloadsOrNone()));
    List<String> removed = whole.removed();
    SessionMessages.Ingress ingress = whole.ingress();
    Map<String, Map<String, String>> labels = whole.serviceLabels();
    Map<String, RegistryAuth> auth = whole.registryAuth();
    var overlays = new ArrayDeque<>(OverlaysTold.pieces(whole.overlays()));
    do {
      SessionMessages.Overlays networks = overlays.pollFirst();
      List<Payload> given = overlays.isEmpty() ? payloads.pollFirst() : null;
      List<Task> tasks =
          !overlays.isEmpty() || given != null || pieces.isEmpty()
              ? List.of()
              : pieces.removeFirst();
      parts.add(
          new SessionMessages.Assignments(
              whole.index(),
              whole.complete(),
              !overlays.isEmpty() || !payloads.isEmpty() || !pieces.isEmpty(),
              tasks,
              removed,
              ingress,
              given,
              labels,
              networks,
              auth));
      removed = List.of();
      ingress = null;
      labels = null;
      auth = null;
    } while (!overlays.isEmpty() || !payloads.isEmpty() || !pieces.isEmpty());
    return parts;
  }

  /// A job's task is to run as any other does, and ends by itself: older agents know no other word.
  private static Task forAgent(ClusterState state, Task task) {
    Task told =
        task.desired() == TaskState.COMPLETE
            ? task.desiring(task.version(), TaskState.RUNNING)
            : task;
    Cluster cluster = state.cluster();
    TaskSpec full = cluster == null ? task.spec() : LogDefault.of(task.spec(), cluster.spec());
    return full.equals(task.spec()) ? told : told.specified(full);
  }

  private void note(
      ClusterState state, @Nullable Task task, String id, List<Task> tasks, List<String> removed) {
    boolean mine =
        task != null
            && task.nodeId().equals(nodeId)
            && task.status().state().compareTo(TaskState.ASSIGNED) >= 0;
    if (mine && task != null) {
      // the agent knows what it observed itself: only what managers wrote is news to it
      if (told.put(id, task.desired()) != task.desired()) {
        tasks.add(forAgent(state, task));
      }
    } else if (told.remove(id) != null) {
      removed.add(id);
    }
  }

  private void publishCluster(ClusterState state, Roster roster, boolean governed) {
    List<String> managers =
        state.nodes().values().stream()
            .map(Node::manager)
            .filter(java.util.Objects::nonNull)
            .map(Node.Manager::address)
            .toList();
    SessionMessages.GossipChange gossip =
        roster.equals(toldRoster) ? null : roster.since(toldRoster);
    Map<String, Long> stopAfter = governed ? StopAfter.of(state, nodeId) : toldStopAfter;
    boolean news = !stopAfter.equals(toldStopAfter) || !complete;
    SessionMessages.Credentials credentials = CredentialsView.of(state, nodeId).orElse(null);
    boolean renewal = !Objects.equals(credentials, toldCredentials);
    if (!managers.equals(toldManagers) || renewal || gossip != null || news) {
      send(new SessionMessages.Managers(managers, credentials, gossip, news ? stopAfter : null));
      toldManagers = managers;
      toldCredentials = credentials;
      toldRoster = roster;
      toldStopAfter = stopAfter;
    }
  }
}
