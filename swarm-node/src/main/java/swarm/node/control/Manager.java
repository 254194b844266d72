package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.dispatch.Dispatcher;
import swarm.node.dispatch.LogRelay;
import swarm.node.identity.JoinToken;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.metrics.Histogram;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.Messages;
import swarm.raft.engine.RatisLog;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;

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
  private final Whereabouts whereabouts = new Whereabouts(this::logMembers);
  private final RatisLog log;
  private final Histogram flushes = new Histogram();
  private final Proposer proposer;
  private final ControlLoop loop;
  private final NodeMonitor monitor;
  private final Dispatcher dispatcher;
  private final Certifier certifier;
  private final RaftMembers members;
  private final RoleKeeper roles;
  private final Cfssl external;
  private final RootRotation rotation;
  private final ScheduledExecutorService summaries =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("liveness-summary").factory());

  /// @param self this node
  /// @param raftId this disk's own id in Raft
  /// @param address `host:port` of the cluster port as others reach it
  /// @param sealKey encrypts the log and the snapshots of every manager of the cluster: entries
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
      byte[] sealKey,
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
            new RatisLog.Options(
                    settings.directory(),
                    settings.self().clusterId(),
                    new Member(settings.raftId(), settings.address()),
                    start,
                    election.read())
                .withOnFatal(settings.onFatal())
                .withOnRemoved(settings.onRemoved())
                .withOnFlush(flushes::observe),
            store,
            (address, kind, bytes) -> client.send(whereabouts().of(address), kind, bytes),
            AesGcmSeal.of(settings.sealKey()),
            this::leadershipChanged);
    store.watch(whereabouts);
    whereabouts.changed(store.state(), List.of());
    proposer = new Proposer(log, store, client, whereabouts::of);
    members = new RaftMembers(log);
    roles = new RoleKeeper(store, settings.self().nodeId(), new RoleEffects());
    external = new Cfssl(client::identity);
    certifier = new Certifier(clock, external);
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

  /// Nobody while the log opens.
  private List<Member> logMembers() {
    RatisLog opened = log;
    return opened == null ? List.of() : opened.members();
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
    while (true) {
      if (barrier(end - System.nanoTime())) {
        return Optional.of(store.state());
      }
      if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) >= end) {
        return Optional.empty();
      }
      Thread.sleep(pause); // an election is under way: it takes less than a second
      pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
    }
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

  private synchronized void leadershipChanged(Leadership now) {
    if (proposer != null) {
      proposer.leadershipChanged();
    }
    if (loop == null || monitor == null || roles == null || rotation == null) {
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
    } else if (!now.ready() && leadingTerm >= 0) {
      leadingTerm = -1;
      leadershipChanges.increment();
      LOG.info("no longer leading");
      loop.follow();
      roles.lead(false);
      rotation.follow();
      monitor.follow();
    }
  }

  private void tellLeader() {
    Leadership now = log.leadership();
    Map<String, Long> silences = dispatcher.silences();
    if (now.ready()) {
      return; // the monitor hears this manager's own sessions directly
    }
    now.leader()
        .filter(leader -> !leader.id().equals(settings.raftId()))
        .ifPresent(
            leader -> {
              try {
                client.heard(whereabouts.of(leader.address()), new Messages.Heard(silences));
              } catch (StatusException e) {
                LOG.debug("the leader does not hear: {}", e.getMessage());
              } catch (RuntimeException e) {
                LOG.error("the summary for the leader failed once", e); // a timer must not throw
              }
            });
  }

  /// What a `SwarmSpec` asks of the cluster's root.
  ///
  /// @return empty where it stays as it is
  public Optional<RootPlanner.Change> planRoot(Cluster cluster, JsonNode spec)
      throws RootPlanner.RefusedException {
    return RootPlanner.plan(cluster, spec, clock.instant(), external);
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
    Cluster cluster = store.state().cluster();
    if (cluster == null) {
      throw Status.UNAVAILABLE
          .withDescription("this manager is not ready yet; try again")
          .asException();
    }
    Role role;
    if (JoinToken.sameText(cluster.tokens().manager(), request.secret())) {
      role = Role.MANAGER;
    } else if (JoinToken.sameText(cluster.tokens().worker(), request.secret())) {
      role = Role.WORKER;
    } else {
      throw Status.INVALID_ARGUMENT
          .withDescription("A valid join token is necessary to join this cluster")
          .asException();
    }
    var subject = new Peer(ids.next(), cluster.id(), role);
    String certificate = certifier.issue(cluster, request.request(), subject);
    propose(
        new Command.AdmitNode(
            subject.nodeId(), role.apiName(), request.address(), clock.instant()));
    return credentials(cluster, certificate, role);
  }

  private Messages.JoinReply credentials(Cluster cluster, String certificate, Role role) {
    return new Messages.JoinReply(
        certificate,
        cluster.trustedRoots(),
        managerAddresses(),
        role == Role.MANAGER ? settings.sealKey() : null);
  }

  @Override
  public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    try {
      ClusterState state =
          freshState()
              .orElseThrow(
                  () ->
                      Status.UNAVAILABLE
                          .withDescription("this manager cannot confirm its state now; ask another")
                          .asException());
      return renew(state, peer, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  /// Another certificate for this manager itself. It needs nobody for that: where its own is over,
  /// so may those of all the others be, and nobody would find a majority again.
  ///
  /// @param request PKCS#10
  public Messages.JoinReply renewSelf(Peer self, byte[] request, boolean expired)
      throws StatusException, InterruptedException {
    Optional<ClusterState> fresh = expired ? Optional.empty() : freshState();
    return renew(fresh.orElse(store.state()), self, new Messages.RenewRequest(request, null));
  }

  private Messages.JoinReply renew(ClusterState state, Peer peer, Messages.RenewRequest request)
      throws StatusException {
    Peer subject = certifier.renewed(state, peer, request);
    Cluster cluster = java.util.Objects.requireNonNull(state.cluster());
    String certificate = certifier.issue(cluster, request.request(), subject);
    LOG.info("node {} gets another certificate as {}", subject.nodeId(), subject.role());
    return credentials(cluster, certificate, subject.role());
  }

  @Override
  public Messages.Challenge challenge() {
    return new Messages.Challenge(certifier.challenge());
  }

  private List<String> managerAddresses() {
    return store.state().nodes().values().stream()
        .map(Node::manager)
        .filter(java.util.Objects::nonNull)
        .map(Node.Manager::address)
        .toList();
  }

  private void propose(Command command) throws StatusException {
    try {
      Outcome outcome = proposer.propose(command);
      switch (outcome) {
        case Outcome.Applied applied -> {
          if (!(applied.result() instanceof CommandResult.Done)) {
            throw Status.FAILED_PRECONDITION
                .withDescription(String.valueOf(applied.result()))
                .asException();
          }
        }
        case Outcome.NoLeader none ->
            throw Status.UNAVAILABLE.withDescription(none.why()).asException();
        case Outcome.Unknown unknown ->
            throw Status.UNAVAILABLE.withDescription(unknown.why()).asException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  @Override
  public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
      throws StatusException {
    learnAddress(peer, request);
    Leadership now = log.leadership();
    if (!now.ready()) {
      Optional<Member> leader = now.leader().filter(l -> !l.id().equals(settings.raftId()));
      return leader.isPresent()
          ? client.addMember(whereabouts.of(leader.get().address()), request)
          : new Messages.MemberReply(Messages.MemberOutcome.NO_LEADER, "the swarm has no leader");
    }
    Node node = store.state().nodes().get(request.nodeId());
    if (node == null || revoked(node.id()) || !Role.MANAGER.apiName().equals(node.spec().role())) {
      return new Messages.MemberReply(
          Messages.MemberOutcome.REFUSED,
          "node "
              + request.nodeId()
              + " is not to be a manager of this swarm (any more): 'leave --force' there, and join"
              + " again");
    }
    var member = new Node.Manager(request.raftId(), request.address());
    Messages.MemberReply reply = members.add(node, new Member(request.raftId(), request.address()));
    if (reply.outcome() == Messages.MemberOutcome.DONE && !member.equals(node.manager())) {
      propose(new Command.SetNodeManager(request.nodeId(), member, clock.instant()));
    }
    return reply;
  }

  /// A manager whose address is another than the log says tells all that it knows: the leader may
  /// be out of reach until they listen to it again.
  private void learnAddress(Peer peer, Messages.MemberRequest request) {
    Node node = store.state().nodes().get(request.nodeId());
    boolean own =
        node != null
            && node.manager() != null
            && node.manager().raftId().equals(request.raftId())
            && (peer.nodeId().equals(request.nodeId()) || peer.role() == Role.MANAGER);
    if (own) {
      whereabouts.said(request.raftId(), request.address());
    }
  }

  private final class RoleEffects implements RoleKeeper.Effects {
    @Override
    public boolean remove(Node node, Node.Manager member) throws StatusException {
      if (!RoleKeeper.done(members.remove(member.raftId()), node)) {
        return false;
      }
      propose(new Command.SetNodeManager(node.id(), null, member.raftId(), clock.instant()));
      return true;
    }

    @Override
    public void resign() {
      Manager.this.resign();
    }
  }

  /// Hands leadership to another manager, where this one has it: before it leaves or stops, so that
  /// nobody has to find out by waiting.
  public void resign() {
    for (Member member : log.members()) {
      if (!log.leadership().ready()) {
        return;
      }
      if (!member.id().equals(settings.raftId())) {
        try {
          Messages.MemberReply reply = members.handTo(member);
          LOG.info("handing leadership to {}: {}", member, reply);
        } catch (StatusException e) {
          LOG.debug("leadership stays: {}", e.getMessage()); // interrupted: the daemon stops
          return;
        }
      }
    }
  }

  @Override
  public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
      throws StatusException {
    Node node = store.state().nodes().get(peer.nodeId());
    if (node == null) {
      return Messages.MemberReply.done();
    }
    Node.Manager member = node.manager();
    if (member != null) {
      if (!log.leadership().ready()) {
        return new Messages.MemberReply(Messages.MemberOutcome.NO_LEADER, "not the leader");
      }
      Messages.MemberReply reply = members.remove(member.raftId());
      if (reply.outcome() != Messages.MemberOutcome.DONE) {
        return reply;
      }
    }
    propose(new Command.LeaveNode(peer.nodeId(), lastCertificateEnds(), clock.instant()));
    return Messages.MemberReply.done();
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
    return new Messages.Nothing();
  }

  @Override
  public CompletableFuture<byte[]> raft(String kind, byte[] request) {
    return log.inbound().handle(kind, request);
  }

  @Override
  public void logs(Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    LogRelay.serve(dispatcher, request, out);
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
      Peer peer, StreamObserver<Messages.FromManager> out) {
    return dispatcher.session(peer, out);
  }

  @Override
  public void close() {
    summaries.shutdownNow();
    dispatcher.close();
    roles.close();
    loop.close();
    rotation.close();
    monitor.close();
    log.close();
  }
}
