package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import swarm.raft.engine.LogOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.dispatch.Dispatcher;
import swarm.node.dispatch.LogRelay;
import swarm.node.identity.Peer;
import swarm.node.metrics.Histogram;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.node.rpc.Niceness;
import swarm.raft.engine.RatisLog;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.Start;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.state.ClusterState;

/// The manager's half of a node: log, state, proposer, dispatcher, and the parts that act while it
/// leads. Thread-safe.
public final class Manager implements ClusterHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Manager.class);

  /// How often a follower tells the leader whom it hears: well below the silence that makes a node
  /// suspect.
  private static final long SUMMARY_MILLIS = 150;

  private static final Duration READ_LIMIT = Duration.ofSeconds(5);

  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 100;

  private final Settings settings;
  private final ClusterClient client;
  private final Clock clock;
  private final Ids ids;
  private final Store store = new Store();
  private final Whereabouts whereabouts = new Whereabouts();
  private final RatisLog log;
  private final Histogram flushes = new Histogram();
  private final Proposer proposer;
  private final ControlLoop loop;
  private final NodeMonitor monitor;
  private final Dispatcher dispatcher;
  private final Issuer issuer;
  private final LogMembership members;
  private final RoleKeeper roles;
  private final RootRotation rotation;
  private final SealKeyRotation sealKeys;
  private volatile @Nullable News news;
  private volatile boolean closed;
  private final ScheduledExecutorService summaries =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("liveness-summary").factory());

  /// @param self this node
  /// @param raftId this disk's own id in Raft
  /// @param address `host:port` of the cluster port as others reach it
  /// @param keyring encrypts the log and the snapshots of every manager of the cluster: entries
  ///   travel as they are stored
  /// @param onFatal told of a broken invariant: the node must stop
  /// @param onRemoved told, on a thread of its own, when the others took this manager out of the
  ///   log
  public record Settings(
      Path directory,
      Peer self,
      String raftId,
      String address,
      int clusterPort,
      SealKeyring keyring,
      Consumer<Throwable> onFatal,
      Runnable onRemoved) {
    /// Never the key: this may reach a log.
    @Override
    public String toString() {
      return "Settings[" + self + ", " + raftId + "]";
    }
  }

  public Manager(Settings settings, Start start, ClusterClient client, Clock clock, Ids ids)
      throws IOException {
    this.settings = settings;
    this.client = client;
    this.clock = clock;
    this.ids = ids;
    var election = new ElectionTiming(settings.directory());
    store.watch(election);
    log =
        RatisLog.open(
            new LogOptions(
                    settings.directory(),
                    settings.self().clusterId(),
                    new Member(settings.raftId(), settings.address()),
                    start,
                    election.read())
                .withOnFatal(settings.onFatal())
                .withOnRemoved(settings.onRemoved())
                .withOnFlush(flushes::observe)
                .withOnSnapshotThread(Niceness::goBehind),
            store,
            (member, address, kind, bytes) ->
                client.send(whereabouts().of(new Member(member, address)), kind, bytes),
            settings.keyring().seal(),
            this::leadershipChanged);
    store.watch(whereabouts);
    whereabouts.changed(store.state(), List.of());
    var snapshots = new SnapshotSettings(log::keepSnapshots);
    store.watch(snapshots);
    snapshots.changed(store.state(), List.of());
    proposer = new Proposer(log, store, client, whereabouts::of);
    sealKeys =
        new SealKeyRotation(
            log, settings.raftId(), settings.keyring(), store, client, whereabouts, clock);
    members =
        new LogMembership(
            log,
            settings.raftId(),
            sealKeys,
            store,
            proposer,
            client,
            whereabouts,
            this::lastCertificateEnds,
            clock);
    roles = new RoleKeeper(store, settings.self().nodeId(), members.effects());
    issuer =
        new Issuer(
            store,
            this::freshState,
            proposer,
            this::managerAddresses,
            settings.keyring(),
            client,
            clock,
            ids);
    rotation = new RootRotation(log, store, clock);
    loop = new ControlLoop(log, store, clock, ids);
    monitor = new NodeMonitor(log, store, clock, settings.clusterPort());
    dispatcher =
        new Dispatcher(store, proposer, clock, () -> freshState().isPresent(), monitor::heard);
    var _ =
        summaries.scheduleWithFixedDelay(
            this::tellLeader, SUMMARY_MILLIS, SUMMARY_MILLIS, TimeUnit.MILLISECONDS);
    leadershipChanged(log.leadership());
  }

  private Whereabouts whereabouts() {
    return whereabouts;
  }

  /// The state as this manager has applied it.
  public Store store() {
    return store;
  }

  /// How long each flush of the log to the disk takes.
  public Histogram flushes() {
    return flushes;
  }

  public Proposer proposer() {
    return proposer;
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /// Why this manager takes no writes although it runs: its disk is full; empty where it does.
  public Optional<String> impaired() {
    return log.impaired();
  }

  public Leadership leadership() {
    return log.leadership();
  }

  /// New identifiers.
  public Ids ids() {
    return ids;
  }

  public Clock clock() {
    return clock;
  }

  /// A state that has everything which was acknowledged anywhere before the call; empty with a
  /// reason in the log where no majority answers.
  public Optional<ClusterState> freshState() throws InterruptedException {
    long end = System.nanoTime() + READ_LIMIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed) {
      if (barrier(end - System.nanoTime())) {
        return Optional.of(store.state());
      }
      if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) >= end) {
        return Optional.empty();
      }
      Thread.sleep(pause); // an election is under way: it takes less than a second
      pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
    }
    return Optional.empty();
  }

  private boolean barrier(long nanos) throws InterruptedException {
    try {
      return switch (log.readBarrier().get(Math.max(1, nanos), TimeUnit.NANOSECONDS)) {
        case BarrierResult.Fresh _ -> true;
        case BarrierResult.NoQuorum none -> {
          LOG.debug("no fresh read: {}", none.why());
          yield false;
        }
      };
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("no fresh read: {}", e.toString());
      return false;
    }
  }

  /// Waits until this manager has a leader to follow, or is it.
  public boolean awaitLeader(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      Leadership now = log.leadership();
      boolean self = now.leader().map(l -> l.id().equals(settings.raftId())).orElse(false);
      if (self ? now.ready() : now.leader().isPresent()) {
        return true;
      }
      Thread.sleep(5);
    }
    return false;
  }

  private volatile long leadingTerm = -1;
  private final LongAdder leadershipChanges = new LongAdder();

  /// How often this manager has begun or ceased to lead.
  public long leadershipChanges() {
    return leadershipChanges.sum();
  }

  /// The last entry of the log that is applied here.
  public long appliedIndex() {
    return log.appliedIndex();
  }

  /// The last entry of the log that a majority is known here to have.
  public long committedIndex() {
    return log.committedIndex();
  }

  /// The last entry of this manager's log.
  public long lastIndex() {
    return log.lastIndex();
  }

  /// Services that the planners have yet to look at; 0 on a manager that does not lead.
  public int planningBacklog() {
    return loop.backlog();
  }

  private synchronized void leadershipChanged(Leadership now) {
    if (proposer != null) {
      proposer.leadershipChanged();
    }
    if (loop == null || monitor == null || roles == null || rotation == null || sealKeys == null) {
      return; // called again at the end of the constructor
    }
    if (now.ready() && leadingTerm != now.term()) {
      leadingTerm = now.term();
      leadershipChanges.increment();
      LOG.info("leading in term {}", now.term());
      monitor.lead(now.term());
      loop.lead(now.term());
      roles.lead(true);
      rotation.lead(now.term());
      sealKeys.lead(now.term());
    } else if (!now.ready() && leadingTerm >= 0) {
      leadingTerm = -1;
      leadershipChanges.increment();
      LOG.info("no longer leading");
      loop.follow();
      roles.lead(false);
      rotation.follow();
      sealKeys.follow();
      monitor.follow();
    }
  }

  private void tellLeader() {
    try {
      dispatcher.leaderTold(leaderHears());
    } catch (RuntimeException e) {
      LOG.error("the summary for the leader failed once", e); // a timer must not throw
    }
  }

  private boolean leaderHears() {
    Leadership now = log.leadership();
    String impaired = log.impaired().orElse("");
    if (now.ready()) {
      monitor.told(settings.self().nodeId(), impaired);
      return true; // the monitor hears this manager's own sessions directly
    }
    Optional<Member> leader = now.leader().filter(l -> !l.id().equals(settings.raftId()));
    if (leader.isEmpty()) {
      return false;
    }
    try {
      client.heard(
          whereabouts.of(leader.get()), new Messages.Heard(dispatcher.silences(), impaired));
      return true;
    } catch (StatusException e) {
      LOG.debug("the leader does not hear: {}", e.getMessage());
      return false;
    }
  }

  /// What a `SwarmSpec` asks of the cluster's root.
  ///
  /// @return empty where it stays as it is
  public Optional<RootPlanner.Change> planRoot(Cluster cluster, JsonNode spec)
      throws RootPlanner.RefusedException {
    return issuer.planRoot(cluster, spec);
  }

  /// Another certificate for this manager itself. It needs nobody for that: where its own is over,
  /// so may those of all the others be, and nobody would find a majority again.
  ///
  /// @param request PKCS#10
  public Messages.JoinReply renewSelf(Peer self, byte[] request, boolean expired)
      throws StatusException, InterruptedException {
    return issuer.renewSelf(self, request, expired);
  }

  /// Hands leadership to another manager, where this one has it: before it leaves or stops, so that
  /// nobody has to find out by waiting.
  public void resign() {
    members.resign();
  }

  /// Tells `watcher` what is applied here once this manager has caught up with the others. Called
  /// once, before the manager is asked for anything.
  ///
  /// @param fromTheBeginning whether the log is a new one
  public void tellNews(Store.Watcher watcher, boolean fromTheBeginning) {
    news = new News(store, watcher, () -> freshState().isPresent(), fromTheBeginning);
  }

  /// Listens to this node's gossip from now on.
  public void observe(Hints hints) {
    monitor.observe(hints);
  }

  /// When the last certificate that a node may have got by now will have expired.
  public Instant lastCertificateEnds() {
    Cluster cluster = store.state().cluster();
    return clock.instant().plus(cluster == null ? Cluster.DEFAULT_EXPIRY : cluster.longestExpiry());
  }

  // ---- calls from other nodes

  /// As far as this manager has applied the log: one that lags learns of it a moment later.
  @Override
  public boolean revoked(String nodeId) {
    return store.state().revoked().containsKey(nodeId);
  }

  /// Who is to be a manager but is none yet is not meant, nor who is one still.
  @Override
  public boolean demoted(String nodeId) {
    Node node = store.state().nodes().get(nodeId);
    return node != null && !node.spec().manager() && node.manager() == null;
  }

  @Override
  public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
    return issuer.join(request);
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    return issuer.renew(peer, request);
  }

  @Override
  public Messages.Challenge challenge() {
    return issuer.challenge();
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
      throws StatusException {
    return members.addMember(peer, request);
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
      throws StatusException {
    return members.leave(peer, request);
  }

  @Override
  public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
      throws StatusException {
    try {
      return proposer.serve(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  @Override
  public Messages.Nothing heard(Peer peer, Messages.Heard heard) {
    heard.silentMillis().forEach(monitor::heard);
    // older builds say nothing of it
    monitor.told(peer.nodeId(), Objects.requireNonNullElse(heard.impaired(), ""));
    return new Messages.Nothing();
  }

  @Override
  public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
      throws StatusException {
    return sealKeys.told(peer, request);
  }

  /// The keys that this manager holds of the log.
  public SealKeys sealKeys() {
    return settings.keyring().current();
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    return log.inbound().handle(kind, request);
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    LogRelay.serve(dispatcher, request, out);
  }

  private List<String> managerAddresses() {
    return store.state().nodes().values().stream()
        .map(Node::manager)
        .filter(Objects::nonNull)
        .map(Node.Manager::address)
        .toList();
  }

  /// Where logs of tasks on any node come from.
  public LogRelay logRelay() {
    return new LogRelay(
        dispatcher,
        client,
        () -> managerAddresses().stream().filter(a -> !a.equals(settings.address())).toList());
  }

  @Override
  public StreamObserver<Messages.FromAgent> session(
      Peer peer, InetAddress from, StreamObserver<Messages.FromManager> out) {
    return dispatcher.session(peer, from, out);
  }

  /// Whether this node is no manager any more: it was demoted, has left, or stops.
  public boolean ended() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    store.end();
    summaries.shutdownNow();
    @Nullable News told = news;
    if (told != null) {
      told.close();
    }
    dispatcher.close();
    roles.close();
    loop.close();
    rotation.close();
    sealKeys.close();
    settings.keyring().close();
    monitor.close();
    log.close();
  }
}
