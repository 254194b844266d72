package swarm.node.dispatch;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Proposer;
import swarm.node.control.Store;
import swarm.node.identity.Peer;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Serves agents from the state that this manager has applied: which session counts. What agents
/// are told comes from the [Publisher], what they say goes to [Reports]. Thread-safe.
public final class Dispatcher implements AutoCloseable, Store.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final Store store;
  private final Reports reports;
  private final ObjLongConsumer<String> onHeard;
  private final Freshness freshness;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final LeaderContact contact = new LeaderContact(System.nanoTime());
  private final StopsUnderWay stops = new StopsUnderWay();
  private volatile Runnable onStops = () -> {};
  private volatile boolean ending;
  private final Publisher publisher;

  /// Whether this manager's state has everything that was acknowledged before now; asks a majority,
  /// so it may block.
  @FunctionalInterface
  public interface Freshness {
    boolean confirm() throws InterruptedException;
  }

  /// @param onHeard told of every sign of life of an agent: its node, and how many milliseconds ago
  ///   (-1: its session has ended)
  public Dispatcher(
      Store store,
      Proposer proposer,
      Clock clock,
      Freshness freshness,
      ObjLongConsumer<String> onHeard) {
    this.freshness = freshness;
    this.store = store;
    this.reports = new Reports(store, proposer, clock, this::described);
    this.onHeard = onHeard;
    publisher = new Publisher(store, sessions.values());
    store.watch(this);
    publisher.start(); // whatever changes from here on it is told
    reports.start();
  }

  /// An agent connected.
  public StreamObserver<SessionMessages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
    return new Session(peer.nodeId(), from, this, out);
  }

  /// The nodes in session here and how long each has been silent, for the leader.
  public Map<String, Long> silences() {
    var all = new TreeMap<String, Long>();
    sessions.forEach((id, session) -> all.put(id, session.silentMillis()));
    return all;
  }

  /// After each attempt to tell the leader of the sessions here. Where it cannot be told for
  /// [LeaderContact#LIMIT], they end: another manager may reach both the leader and their agents.
  ///
  /// @param told whether this manager leads, or the leader answered
  public void leaderTold(boolean told) {
    long now = System.nanoTime();
    contact.attempted(told, now);
    if (contact.lost(now) && !sessions.isEmpty()) {
      LOG.warn(
          "no leader has heard this manager for {} s: {} sessions end, their agents ask others",
          LeaderContact.LIMIT.toSeconds(),
          sessions.size());
      sessions.values().forEach(Session::orphaned);
    }
  }

  /// How far the load balancers of the nodes in session here have followed the state, for the
  /// leader: node id to index.
  public Map<String, Long> balancing() {
    var all = new TreeMap<String, Long>();
    sessions.forEach((id, session) -> all.put(id, session.balancingIndex()));
    return all;
  }

  /// How far all of them are, as the leader knows. Never goes back: what a host has let go of it
  /// does not take up again.
  public void balancedThrough(long index) {
    publisher.balancedThrough(index);
  }

  /// Whether a task's stop may have to wait for load balancers somewhere.
  public boolean stopsUnderWay() {
    return stops.any(publisher.balancedThrough(), System.nanoTime());
  }

  /// @param hurry called when such a stop has begun; must not block
  public void onStops(Runnable hurry) {
    onStops = hurry;
  }

  /// Observations of tasks that agents reported and that are not in the log yet.
  public int observationsWaiting() {
    return reports.observationsWaiting();
  }

  /// Sessions that could take no more when they were to be told something last.
  public int sessionsBehind() {
    return publisher.sessionsBehind();
  }

  /// The session of a node on this manager; null where it has none here.
  @Nullable Session sessionOf(String nodeId) {
    return sessions.get(nodeId);
  }

  /// Subscribes to logs of tasks on nodes in session here.
  ///
  /// @param wanted node id to the request for it
  /// @return the nodes that have no session on this manager
  public List<String> subscribe(
      Map<String, SessionMessages.Subscribe> wanted, LogBroker.Sink sink) {
    var missing = new ArrayList<String>();
    wanted.forEach(
        (nodeId, request) -> {
          Session session = sessions.get(nodeId);
          if (session == null) {
            missing.add(nodeId);
          } else {
            session.subscriptions.put(
                request.subscription(), new AskedFor(new TreeSet<>(request.taskIds()), sink));
            session.send(request);
          }
        });
    return missing;
  }

  /// Lets through what a node sends of the tasks that it was asked about, and of no other.
  private record AskedFor(Set<String> taskIds, LogBroker.Sink sink) implements LogBroker.Sink {
    @Override
    public void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume) {
      if (taskIds.contains(chunk.taskId())) {
        sink.accept(nodeId, chunk, resume);
      }
    }

    @Override
    public void ended(String nodeId) {
      sink.ended(nodeId);
    }
  }

  /// Ends a subscription everywhere.
  public void unsubscribe(String subscription) {
    for (Session session : sessions.values()) {
      if (session.subscriptions.remove(subscription) != null) {
        session.send(new SessionMessages.Unsubscribe(subscription));
      }
    }
  }

  // ---- from sessions

  /// A session begins. Its first assignments are complete: what they do not name the agent removes.
  /// So they are only made from a state that a majority has confirmed to be fresh; a manager that
  /// has just started, or is cut off from the others, would make the agent remove containers that
  /// it should keep. And it begins once the log says that the node is ready, so that a node that
  /// was greeted is one that tasks can be placed on.
  ///
  /// @return whether this manager can serve the session
  boolean hello(Session session, SessionMessages.Hello hello) throws InterruptedException {
    if (contact.lost(System.nanoTime())) {
      return false; // asking a majority would take longer than the agent waits
    }
    if (!freshness.confirm()) {
      LOG.info("node {} is sent on: this manager cannot confirm its state", session.nodeId());
      return false;
    }
    if (store.state().nodes().isEmpty()) {
      return false; // the cluster is just being founded: nobody can have been removed from it
    }
    if (!register(session)) {
      return false;
    }
    if (expelled(store.state(), session.nodeId())) { // after it can be found by who removes it
      session.expelled();
      return true;
    }
    Optional<String> misplaced =
        AddressClaim.refusal(store.state(), session.nodeId(), hello, session.from());
    if (misplaced.isPresent()) {
      session.misplaced(misplaced.get());
      return true;
    }
    heard(session.nodeId());
    reports.hello(session.nodeId(), hello);
    return true;
  }

  /// The newest session of a node is the one that counts. Confirming the state may have taken
  /// longer than the agent waits: then it has opened another one, and this one is late, or over
  /// already.
  private boolean register(Session session) {
    Session before = sessions.get(session.nodeId());
    Session now =
        sessions.merge(
            session.nodeId(), session, (known, fresh) -> known.newerThan(fresh) ? known : fresh);
    if (now != session) {
      return false;
    }
    if (before != null && before != session) {
      before.replaced();
    }
    if (session.over() || ending) { // that may have come before it was here to be ended
      ended(session);
      return false;
    }
    return true;
  }

  /// A session can take more again.
  void wakePublisher() {
    publisher.wake();
  }

  /// Whether this is the session that its node is served in.
  boolean serves(Session session) {
    return sessions.get(session.nodeId()) == session;
  }

  void heard(String nodeId) {
    onHeard.accept(nodeId, 0);
  }

  void ended(Session session) {
    if (sessions.remove(session.nodeId(), session)) {
      onHeard.accept(session.nodeId(), -1);
    }
  }

  void observed(Session session, SessionMessages.Statuses statuses) {
    heard(session.nodeId());
    reports.observed(session, statuses);
  }

  /// The log says that a node is ready, and what it is like.
  private void described(String nodeId) {
    Session session = sessions.get(nodeId);
    if (session != null) {
      session.greet();
      publisher.wake();
    }
  }

  // ---- state to agents

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    publisher.changed(state.index(), changes);
    if (stops.changed(changes, System.nanoTime())) {
      onStops.run();
    }
    if (changes.isEmpty() || changes.stream().anyMatch(Change.OfNode.class::isInstance)) {
      for (Session session : sessions.values()) {
        if (expelled(state, session.nodeId())) {
          session.expelled();
        }
      }
    }
  }

  /// The node has left, was removed, or never was in the log: a fresh state names every member.
  private static boolean expelled(ClusterState state, String nodeId) {
    return !state.nodes().containsKey(nodeId) || state.revoked().containsKey(nodeId);
  }

  /// Ends all sessions: their agents go to another manager. One that went on here would count as
  /// silent, and its node as down.
  @Override
  public void close() {
    ending = true;
    store.unwatch(this);
    publisher.close();
    reports.close();
    sessions.values().forEach(Session::dismissed);
  }
}
