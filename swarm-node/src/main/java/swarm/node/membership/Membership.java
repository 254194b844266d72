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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;
import swarm.raft.log.Start;
import swarm.scheduler.model.Node;

/// This node's place in a cluster. Changes of it come one at a time; reading it never waits.
/// Thread-safe.
public final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final int CLUSTER_PORT = 2377;
  private static final String RAFT = "raft";
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(10);

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
      Optional<Manager> manager,
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
  }

  private final Parts parts;
  private final RandomIds ids = new RandomIds();
  private volatile @Nullable Active active;
  private volatile @Nullable MemberFile file;
  private volatile @Nullable Joining joining;
  private @Nullable Rehearsal rehearsal;

  /// A manager's way into the log that has not come to its end.
  private record Joining(Admission admission, Thread thread) {}

  public Membership(Parts parts) {
    this.parts = parts;
  }

  /// The cluster that this node is in; empty where it is in none.
  public Optional<Active> active() {
    return Optional.ofNullable(active);
  }

  /// Why this node is not yet what it is to be; empty where it is.
  public Optional<String> pending() {
    Joining now = joining;
    return now == null
        ? Optional.empty()
        : Optional.of(
            switch (now.admission().progress()) {
              case Admission.Progress.Entered _ -> "becoming a manager";
              case Admission.Progress.Refused refused -> refused.why();
              case Admission.Progress.Outside outside -> outside.why();
              case Admission.Progress.Open open -> open.why();
            });
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
    Optional<NodeIdentity> identity = NodeIdentity.load(certificates());
    Optional<MemberFile> known = MemberFile.load(parts.folder());
    if (identity.isEmpty() || known.isEmpty()) {
      if (Files.exists(parts.folder().resolve(RAFT))) {
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
    Active now = start(identity.get(), known.get(), new Start.Restart());
    if (now.manager().isPresent()) {
      Admission admission = admission(now, now.manager().get());
      if (!admission.writtenDown()) {
        goOn(admission);
      }
    }
    LOG.info("node {} is in its cluster again", identity.get().self().nodeId());
  }

  /// Forms a new cluster with this node as its first manager.
  ///
  /// @return the node's id
  public synchronized String init(
      String listen, String advertise, int dataPathPort, JsonNode spec, boolean force)
      throws MembershipException, InterruptedException {
    requireNone();
    if (force) {
      throw new MembershipException(501, "init --force-new-cluster is not implemented yet");
    }
    var listenAt = Addresses.HostPort.parse(listen.isEmpty() ? "0.0.0.0" : listen, CLUSTER_PORT);
    var told = Addresses.HostPort.parse(advertise, listenAt.port());
    String address = Addresses.advertise(told.host(), listenAt.host());
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
      identity.save(certificates());
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

  private void requireNone() throws MembershipException {
    if (rehearsal != null) {
      rehearsal.end(); // whatever it has not gone through yet the real thing will
    }
    if (active != null) {
      throw new MembershipException(
          503,
          "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join another one.");
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
    var listenAt = Addresses.HostPort.parse(listen.isEmpty() ? "0.0.0.0" : listen, CLUSTER_PORT);
    var told = Addresses.HostPort.parse(advertise, listenAt.port());
    String address = Addresses.advertise(told.host(), listenAt.host());
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
      identity.save(certificates());
      byte[] key = reply.sealKey();
      if (key != null) {
        SealKeyFile.save(parts.folder(), key);
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
      if (joining == null) {
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
      Admission admission = admission(now, now.manager().get());
      switch (admission.within(JOIN_LIMIT)) {
        case Admission.Progress.Entered _ -> {}
        case Admission.Progress.Refused refused -> throw notAdmitted(refused.why());
        case Admission.Progress.Outside outside -> throw notAdmitted(outside.why());
        case Admission.Progress.Open open -> {
          goOn(admission);
          throw tooSlow(open.why());
        }
      }
    }
    if (!now.agent().awaitSession(Duration.ofNanos(end - System.nanoTime()))) {
      LOG.warn("no manager has taken this node's session within {}", JOIN_LIMIT);
    }
  }

  private Admission admission(Active now, Manager manager) {
    MemberFile member = Objects.requireNonNull(file, "a node that is in a cluster knows itself");
    return new Admission(
        manager,
        now.client(),
        new Messages.MemberRequest(now.identity().self().nodeId(), member.raftId(), member.self()),
        this::managers);
  }

  private static MembershipException notAdmitted(String why) {
    return new MembershipException(503, "this node could not become a manager: " + why);
  }

  private static MembershipException tooSlow(String why) {
    return new MembershipException(
        503,
        "Timeout was reached before node joined. The attempt to join the swarm will continue in"
            + " the background. Use the \"docker info\" command to see the current swarm status of"
            + " your node. ("
            + why
            + ")");
  }

  private void goOn(Admission admission) {
    Thread thread = Thread.ofVirtual().name("admission").unstarted(() -> untilEntered(admission));
    joining = new Joining(admission, thread); // before the thread, which clears it at its end
    thread.start();
  }

  private void untilEntered(Admission admission) {
    try {
      admission.untilEntered();
      joining = null;
      LOG.info("this node is a manager now");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it leaves, or the daemon stops
    }
  }

  private Active start(NodeIdentity identity, MemberFile member, Start how)
      throws IOException, MembershipException, InterruptedException {
    file = member;
    var live = new LiveIdentity(identity);
    var client = new ClusterClient(live, parts.loops());
    Optional<Manager> manager = Optional.empty();
    ClusterServer server = null;
    try {
      boolean isManager = identity.self().role() == Role.MANAGER;
      if (isManager) {
        manager =
            Optional.of(
                new Manager(
                    new Manager.Settings(
                        parts.folder().resolve(RAFT),
                        identity.self(),
                        member.raftId(),
                        member.self(),
                        member.port(),
                        how instanceof Start.Bootstrap
                            ? SealKeyFile.create(parts.folder())
                            : SealKeyFile.read(parts.folder()),
                        parts.onFatal()),
                    how,
                    client,
                    parts.clock(),
                    ids));
      }
      server =
          new ClusterServer(
              new InetSocketAddress(member.listenHost(), member.port()),
              live,
              parts.loops(),
              manager.isPresent() ? manager.get() : new WorkerHandler());
      if (how instanceof Start.Bootstrap
          && manager.isPresent()
          && !manager.get().awaitLeader(LEADER_LIMIT)) {
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
      var agent =
          new Agent(
              parts.workshop().engine(),
              parts.workshop().images(),
              parts.workshop().network(),
              client,
              parts.clock(),
              new Agent.Settings(
                  isManager
                      ? Optional.of(Addresses.toSelf(member.listenHost(), member.port()))
                      : Optional.empty(),
                  this::managers,
                  this::keepManagers,
                  renewer::wanted,
                  () -> Described.with(parts.description(), live.current()),
                  member.address(),
                  member.port()));
      live.listen(
          (before, after) -> {
            if (before.certificate().equals(after.certificate())) {
              agent.describeAgain();
            } else {
              agent.sessionAgain();
            }
          });
      var now =
          new Active(
              live, manager, agent, server, client, renewer, member.address(), member.managers());
      active = now;
      renewer.start(); // it asks this node's own manager first
      return now;
    } catch (IOException | MembershipException | InterruptedException | RuntimeException e) {
      if (server != null) {
        server.close();
      }
      manager.ifPresent(Manager::close);
      client.close();
      throw e;
    }
  }

  /// The seal key first: a manager by its certificate needs it after a restart.
  private void keepIdentity(NodeIdentity next, byte @Nullable [] sealKey) throws IOException {
    if (sealKey != null && !Files.exists(parts.folder().resolve("seal.key"))) {
      SealKeyFile.save(parts.folder(), sealKey);
    }
    next.save(certificates());
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
    endAdmission();
    String self = now.manager().isPresent() ? Objects.requireNonNull(file).self() : "";
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

  private void endAdmission() {
    Joining now = joining;
    if (now != null) {
      now.thread().interrupt();
      joining = null;
    }
  }

  private void stop(Active now) {
    endAdmission();
    now.renewer().close();
    now.agent().close();
    now.server().close();
    now.manager().ifPresent(Manager::close);
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
