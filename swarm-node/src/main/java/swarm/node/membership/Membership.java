package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.node.agent.Agent;
import swarm.node.agent.ImageSource;
import swarm.node.control.Manager;
import swarm.node.control.Outcome;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;
import swarm.node.identity.KeyProtection;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.node.identity.UnlockKey;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;
import swarm.raft.engine.NewLog;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.Seal;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// This node's place in a cluster. Changes of it come one at a time; reading it never waits.
/// Thread-safe.
public final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final int CLUSTER_PORT = 2377;

  /// So long a restarted manager's log may open before its agent looks for another manager: the
  /// lease of its tasks runs meanwhile.
  private static final Duration WITHOUT_AGENT = Duration.ofSeconds(1);

  private static final Duration LEADER_LIMIT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LAST_PAUSE_MILLIS = 10_000;

  /// How long a manager that was taken out of the log waits for the reason.
  private static final long WORD_MILLIS = 3_000;

  /// How long the caller of a join waits: many times of what it takes on a loaded machine.
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);

  /// What a membership is made with.
  ///
  /// @param folder where everything of the cluster is kept; removed by leaving
  /// @param onFatal told of a broken invariant: the node must stop
  public record Parts(
      Path folder,
      EventLoops loops,
      Workshop workshop,
      Node.Description description,
      Clock clock,
      Consumer<Throwable> onFatal) {}

  /// What the agent works with.
  public record Workshop(
      swarm.runtime.container.ContainerEngine engine, ImageSource images, HostNetwork network) {}

  /// A node that is in a cluster.
  public record Active(
      LiveIdentity live,
      ManagerRole role,
      Agent agent,
      ClusterServer server,
      ClusterClient client,
      Renewer renewer,
      String address,
      List<String> managers) {
    /// Who this node is now.
    public NodeIdentity identity() {
      return live.current();
    }

    /// This node's manager; empty while it is a worker.
    public Optional<Manager> manager() {
      return role.manager();
    }
  }

  private final Parts parts;
  private final RandomIds ids = new RandomIds();
  private volatile @Nullable Active active;
  private volatile @Nullable MemberFile file;
  private volatile @Nullable Standby standby;
  private volatile @Nullable NodeKeys keys;
  private @Nullable Rehearsal rehearsal;

  public Membership(Parts parts) {
    this.parts = parts;
  }

  /// The cluster that this node is in; empty where it is in none.
  public Optional<Active> active() {
    return Optional.ofNullable(active);
  }

  /// Why this node takes no part in the cluster that it is in; empty where it does, or is in none.
  public Optional<Standby> standby() {
    return Optional.ofNullable(standby);
  }

  private KeyProtection protection() {
    return Objects.requireNonNull(keys, "a node that is in a cluster has keys").protection();
  }

  /// Why this node is not yet what it is to be; empty where it is.
  public Optional<String> pending() {
    Active now = active;
    return now == null ? Optional.empty() : now.role().pending();
  }

  /// The address that others reach this node at, where no interface of this host has it; empty
  /// where one has, or this node is in no cluster.
  public Optional<String> translatedAddress() throws IOException {
    Active now = active;
    return now == null || Addresses.isOwn(now.address())
        ? Optional.empty()
        : Optional.of(now.address());
  }

  /// The managers known last.
  public List<String> managers() {
    MemberFile now = file;
    return now == null ? List.of() : now.managers();
  }

  private Path certificates() {
    return parts.folder().resolve("certificates");
  }

  /// Takes up what was before the daemon stopped.
  public synchronized void resume() throws IOException, MembershipException, InterruptedException {
    Folders.finishDiscard(parts.folder());
    if (Folders.unfinished(parts.folder())) {
      LOG.warn("removing what an unfinished init or join left");
      deleteAll();
    }
    try {
      if (NodeKeys.locked(parts.folder())) {
        standby = new Standby.Locked();
        LOG.warn("this node is locked: {}", new Standby.Locked().why());
        return;
      }
      takeUp();
    } catch (DamagedFileException e) {
      standby = Standby.Damaged.by(e);
      LOG.error("{}", Standby.Damaged.by(e).why());
    }
  }

  /// Unlocks a locked node, and takes up what was.
  public synchronized void unlock(String text) throws MembershipException, InterruptedException {
    if (!(standby instanceof Standby.Locked)) {
      throw new MembershipException(409, "swarm is not locked");
    }
    UnlockKey key =
        UnlockKey.parse(text)
            .orElseThrow(
                () ->
                    new MembershipException(
                        400, "invalid unlock key: it needs the form SWMKEY-1-..."));
    try {
      keys =
          NodeKeys.unlock(parts.folder(), key)
              .orElseThrow(
                  () ->
                      new MembershipException(
                          401, "swarm could not be unlocked: invalid key provided"));
      takeUp();
      standby = null;
    } catch (DamagedFileException e) {
      standby = Standby.Damaged.by(e);
      throw new MembershipException(500, Standby.Damaged.by(e).why());
    } catch (IOException e) {
      throw new MembershipException(500, "the node could not start: " + e.getMessage());
    }
  }

  /// With the keys that are there, or none.
  private void takeUp() throws IOException, MembershipException, InterruptedException {
    if (keys == null) {
      keys = NodeKeys.load(parts.folder()).orElse(null);
    }
    NodeKeys found = keys;
    Optional<NodeIdentity> identity = loadIdentity(found);
    Optional<MemberFile> known = MemberFile.load(parts.folder());
    if (identity.isEmpty() || known.isEmpty()) {
      if (Files.exists(parts.folder().resolve("raft"))) {
        throw new MembershipException(
            500,
            parts.folder()
                + " has a manager's log but not "
                + (identity.isEmpty() ? "its certificate" : "member.json")
                + ": put it back from a copy, or remove the folder and join again");
      }
      if (Files.exists(parts.folder())) {
        LOG.warn("removing what an unfinished init or join left");
        deleteAll();
      }
      rehearsal =
          new Rehearsal(
              parts.folder().resolveSibling("rehearsal"),
              parts.loops(),
              parts.description(),
              parts.clock());
      return;
    }
    MemberFile member = relocate(known.get());
    member.removeOtherLogs(parts.folder());
    if (found == null) {
      sealOldKeys(identity.get());
    }
    Active now = start(identity.get(), member, new Start.Restart());
    now.manager().ifPresent(manager -> admit(now, manager));
    roleChanged();
    LOG.info("node {} is in its cluster again", identity.get().self().nodeId());
  }

  /// A host may have got another address while its daemon was away, or just now.
  private MemberFile relocate(MemberFile known) throws IOException {
    MemberFile now = known.relocated();
    if (!now.address().equals(known.address())) {
      LOG.warn("this host's address is {} now, no longer {}", now.address(), known.address());
      now.save(parts.folder());
    }
    return now;
  }

  /// Begins again at this host's new address, where it has another one: containers run on. The
  /// others find this node by its identity.
  public synchronized void followAddress()
      throws IOException, MembershipException, InterruptedException {
    Active now = active;
    if (now == null || now.role().entering() || own().relocated().address().equals(now.address())) {
      return;
    }
    NodeIdentity identity = now.identity();
    MemberFile member = relocate(own());
    stop(now);
    Active again = start(identity, member, new Start.Restart());
    again.manager().ifPresent(manager -> admit(again, manager));
  }

  private Optional<NodeIdentity> loadIdentity(@Nullable NodeKeys found) throws IOException {
    try {
      return NodeIdentity.load(
          certificates(), found == null ? KeyProtection.none() : found.protection());
    } catch (IOException e) {
      throw new DamagedFileException(certificates(), String.valueOf(e.getMessage()));
    }
  }

  /// An earlier version kept keys as they are.
  private void sealOldKeys(NodeIdentity identity) throws IOException {
    NodeKeys fresh = NodeKeys.create(parts.folder());
    keys = fresh;
    identity.save(certificates(), fresh.protection());
    if (SealKeyFile.exists(parts.folder())) {
      byte[] key = SealKeyFile.read(parts.folder(), fresh.protection());
      SealKeyFile.save(parts.folder(), key, fresh.protection());
    }
  }

  /// Forms a new cluster with this node as its first manager.
  ///
  /// @return the node's id
  public synchronized String init(
      String listen, String advertise, int dataPathPort, JsonNode spec, boolean force)
      throws MembershipException, InterruptedException {
    Active known = active;
    if (force && standby != null) {
      throw new MembershipException(503, standby.why());
    }
    if (force && known != null) {
      return forceNewCluster(known, listen, advertise);
    }
    requireNone();
    Addresses.HostPort listenAt = listening(listen);
    String address = advertised(advertise, listenAt);
    var self = new Peer(ids.next(), ids.next(), Role.MANAGER);
    CertificateAuthority ca = CertificateAuthority.create(parts.clock().instant());
    try {
      KeyPair pair = CertificateAuthority.newKeyPair();
      var identity =
          new NodeIdentity(
              self,
              ca.issue(pair.getPublic(), self, parts.clock().instant()),
              pair.getPrivate(),
              ca.certificate());
      var member =
          new MemberFile(
              ids.next(),
              listenAt.host(),
              listenAt.port(),
              address,
              List.of(address + ":" + listenAt.port()));
      Folders.begin(parts.folder());
      keys = NodeKeys.create(parts.folder());
      identity.save(certificates(), protection());
      member.save(parts.folder());
      Active now = start(identity, member, new Start.Bootstrap());
      Manager manager = now.manager().orElseThrow();
      Outcome outcome =
          manager
              .proposer()
              .propose(
                  ClusterBirth.command(
                      self,
                      ca,
                      spec,
                      dataPathPort,
                      Described.with(parts.description(), identity),
                      address,
                      new Node.Manager(member.raftId(), member.self()),
                      ids,
                      parts.clock().instant()));
      if (!(outcome instanceof Outcome.Applied)) {
        throw new MembershipException(500, "the new cluster's log does not work: " + outcome);
      }
      var _ =
          LockWatch.follow(
              Objects.requireNonNull(keys), manager.store().state().cluster()); // before it is told
      Folders.finished(parts.folder());
      LOG.info("formed cluster {} as node {}", self.clusterId(), self.nodeId());
      return self.nodeId();
    } catch (IOException e) {
      abandon();
      throw new MembershipException(500, "the cluster could not be formed: " + e.getMessage());
    } catch (MembershipException e) {
      abandon();
      throw e;
    }
  }

  /// Goes on alone with all that this manager's log holds: the way back after lost quorum.
  private String forceNewCluster(Active old, String listen, String advertise)
      throws MembershipException, InterruptedException {
    MemberFile before = Objects.requireNonNull(file, "a node that is in a cluster knows itself");
    if (old.manager().isEmpty()) {
      throw new MembershipException(503, "This node is not participating as a Swarm manager");
    }
    var listenAt =
        Addresses.HostPort.parse(listen.isEmpty() ? before.listenHost() : listen, before.port());
    var told = Addresses.HostPort.parse(advertise, listenAt.port());
    String address =
        told.host().isEmpty()
            ? before.address()
            : Addresses.advertise(told.host(), listenAt.host());
    String raftId = ids.next();
    var after =
        new MemberFile(
            raftId,
            listenAt.host(),
            listenAt.port(),
            address,
            List.of(address + ":" + listenAt.port()),
            MemberFile.newLog(raftId),
            Addresses.device(address));
    NodeIdentity identity = old.identity();
    stop(old);
    try {
      Instant now = parts.clock().instant();
      Seal seal = AesGcmSeal.of(SealKeyFile.read(parts.folder(), protection()));
      String clusterId = identity.self().clusterId();
      Recovery.begin(
          after.log(parts.folder()),
          clusterId,
          Recovery.read(before.log(parts.folder()), clusterId, seal),
          ClusterBirth.manager(
              identity.self(), parts.description(), address, raftId, after.self(), now),
          seal,
          now);
      after.save(parts.folder()); // from here on the new log is the log
      Active alone = start(identity, after, new Start.Restart());
      if (!alone.manager().orElseThrow().awaitLeader(LEADER_LIMIT)) {
        throw new IOException(
            "the new log has no leader within " + LEADER_LIMIT.toSeconds() + " s");
      }
      after.removeOtherLogs(parts.folder());
      LOG.warn(
          "node {} goes on as the only manager of cluster {}", identity.self().nodeId(), clusterId);
      return identity.self().nodeId();
    } catch (IOException e) {
      goBack(identity, before);
      throw new MembershipException(
          500, "a new cluster could not be forced, all is as it was: " + e.getMessage());
    }
  }

  private void goBack(NodeIdentity identity, MemberFile before)
      throws MembershipException, InterruptedException {
    try {
      Active now = active;
      if (now != null) {
        stop(now);
      }
      before.save(parts.folder());
      before.removeOtherLogs(parts.folder());
      Active _ = start(identity, before, new Start.Restart());
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "neither a new cluster nor the old log could be started; restart the daemon: "
              + e.getMessage());
    }
  }

  private static Addresses.HostPort listening(String asked) throws MembershipException {
    return Addresses.HostPort.parse(asked.isEmpty() ? "0.0.0.0" : asked, CLUSTER_PORT);
  }

  private static String advertised(String asked, Addresses.HostPort listenAt)
      throws MembershipException {
    String told = Addresses.HostPort.parse(asked, listenAt.port()).host();
    return Addresses.advertise(told, listenAt.host());
  }

  private void requireNone() throws MembershipException {
    if (rehearsal != null) {
      rehearsal.end(); // whatever it has not gone through yet the real thing will
    }
    if (active != null || standby != null) {
      throw new MembershipException(
          503,
          "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join another one.");
    }
  }

  /// What a backup holds: the state as this manager has it after everything that was acknowledged
  /// before the call.
  public Backup.Contents backup() throws MembershipException, InterruptedException {
    Active now = active;
    if (now == null || now.manager().isEmpty()) {
      throw new MembershipException(503, "This node is not participating as a Swarm manager");
    }
    Manager manager = now.manager().get();
    ClusterState state =
        manager
            .freshState()
            .orElseThrow(
                () ->
                    new MembershipException(
                        500,
                        "the swarm does not have a leader; a backup must hold everything that was"
                            + " acknowledged. Where the majority is lost: 'swarm init"
                            + " --force-new-cluster'"));
    return new Backup.Contents(state, manager.leadership().term(), parts.clock().instant());
  }

  /// Begins the cluster of a backup anew, with this node as its only manager.
  ///
  /// @return this node's id
  public synchronized String restore(Backup.Contents contents, String listen, String advertise)
      throws MembershipException, InterruptedException {
    requireNone();
    Addresses.HostPort listenAt = listening(listen);
    String address = advertised(advertise, listenAt);
    Instant now = parts.clock().instant();
    try {
      Cluster cluster = contents.cluster();
      var self = new Peer(ids.next(), cluster.id(), Role.MANAGER);
      String raftId = ids.next();
      var member =
          new MemberFile(
              raftId,
              listenAt.host(),
              listenAt.port(),
              address,
              List.of(address + ":" + listenAt.port()));
      NodeIdentity identity = Recovery.identity(cluster, self, now);
      Folders.begin(parts.folder());
      keys = NodeKeys.create(parts.folder());
      identity.save(certificates(), protection());
      Seal seal = AesGcmSeal.of(SealKeyFile.create(parts.folder(), protection()));
      Recovery.begin(
          member.log(parts.folder()),
          cluster.id(),
          new Recovery.Remains(
              contents.state(), new NewLog.Position(contents.term(), contents.state().index())),
          ClusterBirth.manager(self, parts.description(), address, raftId, member.self(), now),
          seal,
          now);
      member.save(parts.folder());
      Active alone = start(identity, member, new Start.Restart());
      if (!alone.manager().orElseThrow().awaitLeader(LEADER_LIMIT)) {
        throw new IOException("the restored log has no leader");
      }
      var _ =
          LockWatch.follow(
              Objects.requireNonNull(keys),
              alone.manager().orElseThrow().store().state().cluster());
      Folders.finished(parts.folder());
      LOG.info("restored cluster {} of {} as node {}", cluster.id(), contents.at(), self.nodeId());
      return self.nodeId();
    } catch (IOException e) {
      abandon();
      throw new MembershipException(500, "the cluster could not be restored: " + e.getMessage());
    } catch (MembershipException e) {
      abandon();
      throw e;
    }
  }

  /// Joins a cluster as what the token says.
  public synchronized void join(
      String listen, String advertise, List<String> remotes, String tokenText)
      throws MembershipException, InterruptedException {
    requireNone();
    JoinToken token =
        JoinToken.parse(tokenText)
            .orElseThrow(
                () ->
                    new MembershipException(
                        400,
                        "invalid join token: it needs the form SWMTKN-1-DIGEST-SECRET with 50 and 25 letters and digits; 'docker swarm join-token worker' on a"
                            + " manager prints one"));
    if (remotes.isEmpty()) {
      throw new MembershipException(400, "at least one RemoteAddr is required to join");
    }
    Addresses.HostPort listenAt = listening(listen);
    String address = advertised(advertise, listenAt);
    KeyPair pair = CertificateAuthority.newKeyPair();
    var at = new ArrayList<Addresses.HostPort>();
    for (String remote : remotes) {
      at.add(Addresses.HostPort.parse(remote, CLUSTER_PORT));
    }
    Messages.JoinReply reply =
        CertificateCall.ask(at, token, CertificateAuthority.request(pair), address, parts.loops());
    try {
      List<X509Certificate> roots = Pem.certificates(reply.ca());
      if (roots.stream().noneMatch(token::names)) {
        throw new MembershipException(400, "the manager sent a CA that the token does not name");
      }
      var identity =
          NodeIdentity.of(Pem.certificates(reply.certificate()), pair.getPrivate(), roots);
      boolean manager = identity.self().role() == Role.MANAGER;
      var known = new LinkedHashSet<>(reply.managers());
      at.forEach(r -> known.add(r.host() + ":" + r.port()));
      var member =
          new MemberFile(
              manager ? ids.next() : "",
              listenAt.host(),
              listenAt.port(),
              address,
              List.copyOf(known));
      Folders.begin(parts.folder());
      keys = NodeKeys.create(parts.folder());
      identity.save(certificates(), protection());
      byte[] key = reply.sealKey();
      if (key != null) {
        SealKeyFile.save(parts.folder(), key, protection());
      }
      member.save(parts.folder());
      Active now = start(identity, member, new Start.Join());
      Folders.finished(parts.folder()); // from here on a restart goes on with the join
      enter(now);
      LOG.info("joined cluster {} as {}", identity.self().clusterId(), identity.self());
    } catch (IOException e) {
      abandon();
      throw new MembershipException(500, "joining failed: " + e.getMessage());
    } catch (MembershipException e) {
      Active known = active;
      if (known == null || !known.role().entering()) {
        abandon();
      }
      throw e;
    }
  }

  /// Waits until this node is what it joined as and its agent is in session; what may be done but
  /// is not finished in time goes on behind the caller's back.
  private void enter(Active now) throws MembershipException, InterruptedException {
    long end = System.nanoTime() + JOIN_LIMIT.toNanos();
    if (now.manager().isPresent()) {
      now.role().enter(admission(now, now.manager().get()));
    }
    if (!now.agent().awaitSession(Duration.ofNanos(end - System.nanoTime()))) {
      LOG.warn("no manager has taken this node's session within {}", JOIN_LIMIT);
    }
  }

  private Admission admission(Active now, Manager manager) {
    return now.role().admission(manager, own(), this::managers);
  }

  /// Brings a manager that was started into the log, where it is not there since long.
  private void admit(Active now, Manager manager) {
    Admission admission = admission(now, manager);
    if (!admission.writtenDown()) {
      now.role().goOn(admission);
    }
  }

  private MemberFile own() {
    return Objects.requireNonNull(file, "a node that is in a cluster knows itself");
  }

  private Active start(NodeIdentity identity, MemberFile member, Start how)
      throws IOException, MembershipException, InterruptedException {
    file = member;
    var live = new LiveIdentity(identity);
    var client = new ClusterClient(live, parts.loops());
    var role =
        new ManagerRole(
            new ManagerRole.Parts(
                parts.folder(),
                live,
                client,
                parts.clock(),
                ids,
                parts.onFatal(),
                this::removedFromLog,
                Objects.requireNonNull(keys, "a node that is in a cluster has keys")));
    ClusterServer server = null;
    Agent begun = null;
    Opening opening = Opening.NOTHING;
    try {
      if (identity.self().role() == Role.MANAGER) {
        if (!(how instanceof Start.Restart)) {
          Manager _ = role.start(member, how);
        } else if (ManagerRole.startable(parts.folder(), member)) {
          opening = Opening.begin(() -> role.start(member, how));
          opening.await(WITHOUT_AGENT);
        }
      }
      server =
          new ClusterServer(
              new InetSocketAddress(member.listenHost(), member.port()),
              live,
              parts.loops(),
              role.handler());
      if (how instanceof Start.Bootstrap
          && !role.manager().orElseThrow().awaitLeader(LEADER_LIMIT)) {
        throw new MembershipException(500, "the new cluster's first manager does not lead");
      }
      var renewer =
          new Renewer(
              live,
              new RenewalCall(
                  () -> active().flatMap(Active::manager),
                  this::managers,
                  client,
                  parts.loops(),
                  parts.clock()),
              this::keepIdentity,
              parts.clock());
      Agent agent = agent(live, role, renewer, client, member);
      begun = agent;
      live.listen(
          (before, after) -> {
            if (before.certificate().equals(after.certificate())) {
              agent.describeAgain();
            } else {
              agent.sessionAgain();
            }
            if (before.self().role() != after.self().role()) {
              roleChanged();
            }
          });
      opening.await();
      role.manager().ifPresent(m -> m.observe(new GossipHints(agent::opinions)));
      var now =
          new Active(
              live, role, agent, server, client, renewer, member.address(), member.managers());
      active = now;
      renewer.start(); // it asks this node's own manager first
      return now;
    } catch (IOException | MembershipException | InterruptedException | RuntimeException e) {
      if (begun != null) {
        begun.close();
      }
      if (server != null) {
        server.close();
      }
      opening.end();
      role.end();
      client.close();
      throw e;
    }
  }

  private Agent agent(
      LiveIdentity live, ManagerRole role, Renewer renewer, ClusterClient client, MemberFile member)
      throws IOException {
    return new Agent(
        parts.workshop().engine(),
        parts.workshop().images(),
        parts.workshop().network(),
        client,
        parts.clock(),
        new Agent.Settings(
            live.self().nodeId(),
            member.listenHost(),
            () -> role.manager().map(_ -> Addresses.toSelf(member.listenHost(), member.port())),
            inTouch(role),
            this::managers,
            this::keepManagers,
            renewer::wanted,
            () -> Described.with(parts.description(), live.current()),
            member.address(),
            member.port()));
  }

  /// This node's certificate says another role than it had, or its disk lacks what its role needs:
  /// does what that asks for, on a thread of its own, until it is done.
  private void roleChanged() {
    var _ = Thread.ofVirtual().name("role").start(() -> adapt(active));
  }

  private void adapt(@Nullable Active whose) {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (!adapted(whose)) {
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether nothing is left to do
  private synchronized boolean adapted(@Nullable Active whose) {
    Active now = active;
    if (now == null || whose == null || now.live() != whose.live()) {
      return true; // it left, or began anew
    }
    boolean wanted = now.live().self().role() == Role.MANAGER;
    try {
      if (wanted && now.manager().isEmpty()) {
        return becomeManager(now);
      }
      if (!wanted && (now.manager().isPresent() || !own().raftId().isEmpty())) {
        becomeWorker(now);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.error("this node is not a {} yet, and will try again", wanted ? "manager" : "worker", e);
      return false;
    }
  }

  /// Takes part in the log as a new member: what an earlier one of this node knew is on the others'
  /// disks as well.
  private boolean becomeManager(Active now) throws IOException {
    if (!SealKeyFile.exists(parts.folder())) {
      now.renewer().renewNow(); // whoever signs gives the key, too
      return false;
    }
    MemberFile next = own().withLog(ids.next());
    next.save(parts.folder());
    file = next;
    next.removeOtherLogs(parts.folder());
    Manager started = now.role().start(next, new Start.Join());
    started.observe(new GossipHints(now.agent()::opinions));
    admit(now, started);
    LOG.info("this node is to be a manager: it joins the log as {}", next.raftId());
    return true;
  }

  private void becomeWorker(Active now) throws IOException {
    now.role().end();
    MemberFile next = own().withoutLog();
    next.save(parts.folder());
    file = next;
    next.removeLogs(parts.folder());
    SealKeyFile.delete(parts.folder());
    var _ = Objects.requireNonNull(keys).lockWith(null); // only managers are locked
    now.agent().sessionAgain(); // it may have been with this node's own manager
    LOG.info("this node is a worker now");
  }

  /// The others took this manager out of the log. Most likely it was demoted: then the managers
  /// tell so, in a session with one of them. Where they do not, it joins the log again.
  private void removedFromLog() {
    Active whose = active;
    synchronized (this) {
      Active now = active;
      if (whose == null || now == null || now.live() != whose.live()) {
        return;
      }
      LOG.info("this node's manager was taken out of the log");
      whose.role().end();
      whose.agent().sessionAgain();
    }
    try {
      Thread.sleep(WORD_MILLIS);
      adapt(whose);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The seal key first: a manager by its certificate needs it after a restart.
  private void keepIdentity(NodeIdentity next, byte @Nullable [] sealKey) throws IOException {
    if (sealKey != null && !SealKeyFile.exists(parts.folder())) {
      SealKeyFile.save(parts.folder(), sealKey, protection());
    }
    next.save(certificates(), protection());
  }

  /// A manager without a leader is cut off from the others.
  private static BooleanSupplier inTouch(ManagerRole role) {
    return () -> role.manager().map(m -> m.leadership().leader().isPresent()).orElse(true);
  }

  private void keepManagers(List<String> now) {
    MemberFile known = file;
    if (known == null || now.isEmpty() || known.managers().equals(now)) {
      return;
    }
    MemberFile next = known.withManagers(now);
    file = next;
    try {
      next.save(parts.folder());
    } catch (IOException e) {
      LOG.warn("the addresses of the managers could not be kept: {}", e.getMessage());
    }
  }

  /// Leaves the cluster: tasks end, what was kept of it is removed.
  public synchronized void leave(boolean force) throws MembershipException, InterruptedException {
    Active now = active;
    Standby waiting = standby;
    if (now == null && waiting != null) {
      leaveFromStandby(waiting, force);
      return;
    }
    if (now == null) {
      throw new MembershipException(503, "This node is not part of a swarm");
    }
    if (now.manager().isPresent()) {
      if (!force) {
        throw new MembershipException(503, Farewell.warning(now.manager().get()));
      }
    }
    now.renewer().close();
    // the session ends first: a heartbeat after the farewell would bring the node back
    now.agent().close();
    now.role().endAdmission();
    String self = now.manager().isPresent() ? own().self() : "";
    Farewell.say(
        now.manager(), now.client(), managers().stream().filter(m -> !m.equals(self)).toList());
    try {
      now.agent().removeTasks();
      stop(now);
      parts.workshop().network().removeIngress();
      deleteAll();
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "the node left, but not all of its cluster's files could be removed: " + e.getMessage());
    }
  }

  /// Without a manager of its own that runs: a member of the log that is gone without a word would
  /// count for its majority. What is damaged may be what this needs; then the others are to demote
  /// this node.
  private void sayFarewellFromDisk() throws InterruptedException {
    try {
      if (NodeKeys.locked(parts.folder())) {
        LOG.warn("the other managers are not told that this node leaves: its key is locked");
        return;
      }
      Optional<MemberFile> known = MemberFile.load(parts.folder());
      Optional<NodeIdentity> identity = loadIdentity(NodeKeys.load(parts.folder()).orElse(null));
      if (known.isEmpty() || identity.isEmpty()) {
        return;
      }
      String self = known.get().self();
      try (var client = new ClusterClient(new LiveIdentity(identity.get()), parts.loops())) {
        Farewell.say(
            Optional.empty(),
            client,
            known.get().managers().stream().filter(m -> !m.equals(self)).toList());
      }
    } catch (IOException e) {
      LOG.warn("the other managers are not told that this node leaves: {}", e.getMessage());
    }
  }

  private void leaveFromStandby(Standby waiting, boolean force)
      throws MembershipException, InterruptedException {
    if (!force) {
      throw new MembershipException(503, waiting.why());
    }
    sayFarewellFromDisk();
    try {
      Agent.removeTasks(parts.workshop().engine());
      parts.workshop().network().removeIngress();
      deleteAll();
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "the node left, but not all of its cluster's files could be removed: " + e.getMessage());
    }
  }

  private void stop(Active now) {
    now.renewer().close();
    now.agent().close();
    now.server().close();
    now.role().end();
    now.client().close();
    active = null;
  }

  private void abandon() {
    Active now = active;
    if (now != null) {
      stop(now);
    }
    try {
      deleteAll();
    } catch (IOException e) {
      LOG.warn("what an unfinished init or join left could not be removed: {}", e.getMessage());
    }
  }

  private void deleteAll() throws IOException {
    file = null;
    keys = null;
    standby = null;
    Folders.discard(parts.folder());
  }

  /// The daemon stops; the cluster keeps this node's tasks for its lease.
  @Override
  public synchronized void close() {
    if (rehearsal != null) {
      rehearsal.close();
    }
    Active now = active;
    if (now != null) {
      now.manager().ifPresent(Manager::resign);
      stop(now);
    }
  }
}
