package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import swarm.node.dispatch.Dispatcher;
import swarm.node.dispatch.LogRelay;
import swarm.node.identity.Peer;
import swarm.node.metrics.Histogram;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.node.rpc.Niceness;
import swarm.raft.engine.LogOptions;
import swarm.raft.engine.RatisLog;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.Start;
import swarm.scheduler.allocate.SubnetPlanner;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.state.ClusterState;

/// The manager's half of a node: log, state, proposer, dispatcher, what acts while it leads, and
/// what answers other nodes. Thread-safe.
public final class Manager implements AutoCloseable {
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
  private final FreshReads reads;
  private final LivenessSummaries summaries;
  private final ManagerCalls calls;
  private final LeaderDuties duties;
  private volatile @Nullable News news;
  private volatile boolean closed;

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
    proposer = new Proposer(log, store, client, settings.self().nodeId(), whereabouts::of);
    reads = new FreshReads(log, store, () -> closed);
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
            store, reads, proposer, this::managerAddresses, settings.keyring(), client, clock, ids);
    rotation = new RootRotation(log, store, clock);
    loop = new ControlLoop(log, store, proposer::allows, clock, ids);
    monitor = new NodeMonitor(log, store, clock, settings.clusterPort());
    dispatcher =
        new Dispatcher(store, proposer, clock, () -> freshState().isPresent(), monitor::heard);
    var balancers = new BalancerProgress();
    summaries =
        new LivenessSummaries(
            log,
            store,
            settings.self().nodeId(),
            settings.raftId(),
            dispatcher,
            monitor,
            balancers,
            client,
            whereabouts);
    calls =
        new ManagerCalls(
            store, log, issuer, members, sealKeys, proposer, monitor, balancers, dispatcher, clock);
    duties = new LeaderDuties(monitor, loop, roles, rotation, sealKeys);
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

  /// What the cluster port answers with while this node is this manager.
  public ClusterHandler calls() {
    return calls;
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
    return reads.state();
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

  /// How often this manager has begun or ceased to lead.
  public long leadershipChanges() {
    return duties.changes();
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
    if (duties == null) {
      return; // called again at the end of the constructor
    }
    duties.changed(now);
  }

  /// What a `SwarmSpec` asks of the cluster's root.
  ///
  /// @return empty where it stays as it is
  public Optional<RootPlanner.Change> planRoot(Cluster cluster, JsonNode spec)
      throws RootPlanner.RefusedException {
    return issuer.planRoot(cluster, spec);
  }

  /// What a new network is to have: a number and a subnet that are free in the state. The log
  /// refuses what was given away meanwhile: then it is to be planned again.
  ///
  /// @param spec as it was checked
  public Network planNetwork(ClusterState state, String id, NetworkSpec spec)
      throws NetworkRefusedException {
    SubnetPlanner.Planned planned = SubnetPlanner.plan(state, id, spec, clock.instant());
    Network network = planned.network();
    if (network == null) {
      throw new NetworkRefusedException(planned.problem());
    }
    return network;
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

  /// The keys that this manager holds of the log.
  public SealKeys sealKeys() {
    return settings.keyring().current();
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

  /// Whether this node is no manager any more: it was demoted, has left, or stops.
  public boolean ended() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    store.end();
    summaries.close();
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
