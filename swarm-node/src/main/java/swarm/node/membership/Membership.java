package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.StatusException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(10);
  private static final int SEAL_KEY_BYTES = 32;

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
      NodeIdentity identity,
      Optional<Manager> manager,
      Agent agent,
      ClusterServer server,
      ClusterClient client,
      String address,
      List<String> managers) {}

  private final Parts parts;
  private final RandomIds ids = new RandomIds();
  private volatile @Nullable Active active;
  private volatile @Nullable MemberFile file;

  public Membership(Parts parts) {
    this.parts = parts;
  }

  /// The cluster that this node is in; empty where it is in none.
  public Optional<Active> active() {
    return Optional.ofNullable(active);
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
    Optional<NodeIdentity> identity = NodeIdentity.load(certificates());
    Optional<MemberFile> known = MemberFile.load(parts.folder());
    if (identity.isEmpty() || known.isEmpty()) {
      if (Files.exists(parts.folder())) {
        LOG.warn("removing what an unfinished init or join left");
        deleteAll();
      }
      return;
    }
    start(identity.get(), known.get(), new Start.Restart());
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
                      parts.description(),
                      address,
                      new Node.Manager(member.raftId(), member.self()),
                      ids,
                      parts.clock().instant()));
      if (!(outcome instanceof Outcome.Applied)) {
        throw new MembershipException(500, "the new cluster's log does not work: " + outcome);
      }
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
                        "invalid join token: it has not the form SWMTKN-1-DIGEST-SECRET; 'swarm join-token worker' on a"
                            + " manager prints one"));
    if (remotes.isEmpty()) {
      throw new MembershipException(400, "at least one RemoteAddr is required to join");
    }
    var listenAt = Addresses.HostPort.parse(listen.isEmpty() ? "0.0.0.0" : listen, CLUSTER_PORT);
    var told = Addresses.HostPort.parse(advertise, listenAt.port());
    String address = Addresses.advertise(told.host(), listenAt.host());
    KeyPair pair = CertificateAuthority.newKeyPair();
    Messages.JoinReply reply = ask(remotes, token, CertificateAuthority.request(pair), address);
    try {
      X509Certificate ca = Pem.certificates(reply.ca()).getFirst();
      if (!token.names(ca)) {
        throw new MembershipException(400, "the manager sent a CA that the token does not name");
      }
      var identity =
          NodeIdentity.of(Pem.certificates(reply.certificate()).getFirst(), pair.getPrivate(), ca);
      boolean manager = identity.self().role() == Role.MANAGER;
      var member =
          new MemberFile(
              manager ? ids.next() : "",
              listenAt.host(),
              listenAt.port(),
              address,
              reply.managers());
      identity.save(certificates());
      byte[] key = reply.sealKey();
      if (key != null) {
        saveSealKey(key);
      }
      member.save(parts.folder());
      Active now = start(identity, member, new Start.Join());
      if (manager) {
        enterRaft(now, member, remotes);
      }
      LOG.info("joined cluster {} as {}", identity.self().clusterId(), identity.self());
    } catch (IOException e) {
      abandon();
      throw new MembershipException(500, "joining failed: " + e.getMessage());
    } catch (MembershipException e) {
      abandon();
      throw e;
    }
  }

  private Messages.JoinReply ask(
      List<String> remotes, JoinToken token, byte[] request, String address)
      throws MembershipException {
    var failures = new ArrayList<String>();
    for (String remote : remotes) {
      Addresses.HostPort at = Addresses.HostPort.parse(remote, CLUSTER_PORT);
      try {
        return ClusterClient.join(
            at.host() + ":" + at.port(), token, request, address, parts.loops());
      } catch (StatusException e) {
        failures.add(reason(at, e));
      } catch (IOException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    boolean token400 = failures.stream().anyMatch(f -> f.contains("join token"));
    throw new MembershipException(
        token400 ? 400 : 503,
        "rpc error: code = "
            + (token400 ? "InvalidArgument" : "Unavailable")
            + " desc = "
            + String.join("; ", failures));
  }

  private static String reason(Addresses.HostPort at, StatusException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (text.contains("fingerprint")) {
        return "remote CA does not match fingerprint. The join token was made for another cluster than the one at "
            + at.host()
            + ":"
            + at.port();
      }
    }
    String description = e.getStatus().getDescription();
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION ->
          description == null ? e.toString() : description;
      default ->
          "manager "
              + at.host()
              + ":"
              + at.port()
              + " cannot be reached: "
              + (description == null ? e.getStatus().getCode() : description)
              + "; check the address and that port "
              + at.port()
              + "/tcp is open";
    };
  }

  private void enterRaft(Active now, MemberFile member, List<String> remotes)
      throws MembershipException, InterruptedException {
    var candidates = new ArrayList<>(member.managers());
    candidates.addAll(remotes);
    String why = "no manager is known";
    for (String manager : candidates) {
      try {
        Messages.MemberReply reply =
            now.client()
                .addMember(
                    manager,
                    new Messages.MemberRequest(
                        now.identity().self().nodeId(), member.raftId(), member.self()));
        if (reply.error().isEmpty()) {
          if (!now.manager().orElseThrow().awaitLeader(LEADER_LIMIT)) {
            throw new MembershipException(
                500,
                "this node is a manager now but hears no leader within "
                    + LEADER_LIMIT.toSeconds()
                    + " s");
          }
          return;
        }
        why = reply.error();
      } catch (StatusException e) {
        why = "manager " + manager + ": " + e.getMessage();
      }
    }
    throw new MembershipException(503, "this node could not become a manager: " + why);
  }

  private Active start(NodeIdentity identity, MemberFile member, Start how)
      throws IOException, MembershipException, InterruptedException {
    file = member;
    var client = new ClusterClient(identity, parts.loops());
    Optional<Manager> manager = Optional.empty();
    ClusterServer server = null;
    try {
      boolean isManager = identity.self().role() == Role.MANAGER;
      if (isManager) {
        manager =
            Optional.of(
                new Manager(
                    new Manager.Settings(
                        parts.folder().resolve("raft"),
                        identity.self(),
                        member.raftId(),
                        member.self(),
                        member.port(),
                        sealKey(how),
                        parts.onFatal()),
                    how,
                    client,
                    parts.clock(),
                    ids));
      }
      server =
          new ClusterServer(
              new InetSocketAddress(member.listenHost(), member.port()),
              identity,
              parts.loops(),
              manager.isPresent() ? manager.get() : new WorkerHandler());
      if (how instanceof Start.Bootstrap
          && manager.isPresent()
          && !manager.get().awaitLeader(LEADER_LIMIT)) {
        throw new MembershipException(500, "the new cluster's first manager does not lead");
      }
      var agent =
          new Agent(
              parts.workshop().engine(),
              parts.workshop().images(),
              parts.workshop().network(),
              client,
              parts.clock(),
              new Agent.Settings(
                  isManager ? Optional.of(member.self()) : Optional.empty(),
                  this::managers,
                  this::keepManagers,
                  parts.description(),
                  member.address()));
      var now =
          new Active(identity, manager, agent, server, client, member.address(), member.managers());
      active = now;
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

  /// The key that the cluster's log and snapshots are encrypted with. Entries travel between
  /// managers as they are stored, so all managers have one key: the first makes it, the others get
  /// it when they join.
  private byte[] sealKey(Start how) throws IOException {
    Path path = parts.folder().resolve("seal.key");
    if (how instanceof Start.Bootstrap) {
      byte[] key = new byte[SEAL_KEY_BYTES];
      new SecureRandom().nextBytes(key);
      saveSealKey(key);
    }
    return Files.readAllBytes(path);
  }

  private void saveSealKey(byte[] key) throws IOException {
    Path path = parts.folder().resolve("seal.key");
    Files.deleteIfExists(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(path, key, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  /// Leaves the cluster: tasks end, what was kept of it is removed.
  public synchronized void leave(boolean force) throws MembershipException, InterruptedException {
    Active now = active;
    if (now == null) {
      throw new MembershipException(503, "This node is not part of a swarm");
    }
    if (now.manager().isPresent()) {
      if (!force) {
        throw new MembershipException(503, managerWarning(now.manager().get()));
      }
    }
    // the session ends first: a heartbeat after the farewell would bring the node back
    now.agent().close();
    sayGoodbye(now);
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

  private static String managerWarning(Manager manager) {
    long managers =
        manager.store().state().nodes().values().stream().filter(n -> n.manager() != null).count();
    String quorum =
        managers <= 1
            ? "Removing the last manager erases all current state of the swarm."
            : "Removing this node leaves "
                + (managers - 1)
                + " managers out of "
                + managers
                + "."
                + (managers - 1 < managers / 2 + 1
                    ? " Without a Raft quorum your swarm will be inaccessible."
                    : "");
    return "You are attempting to leave the swarm on a node that is participating as a manager. "
        + quorum
        + " The only way to restore a swarm that has lost consensus is to reinitialize it with"
        + " `--force-new-cluster`. Use `--force` to suppress this message.";
  }

  /// Tells a manager; a cluster that cannot be told finds out by itself.
  private void sayGoodbye(Active now) {
    String self = now.manager().isPresent() ? now.address() : "";
    for (String manager : managers()) {
      if (manager.startsWith(self + ":") && managers().size() > 1) {
        continue;
      }
      try {
        if (now.client().leave(manager, true).error().isEmpty()) {
          return;
        }
      } catch (StatusException e) {
        LOG.debug("manager {} was not told: {}", manager, e.getMessage());
      }
    }
  }

  private void stop(Active now) {
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
    if (!Files.exists(parts.folder())) {
      return;
    }
    try (Stream<Path> all = Files.walk(parts.folder())) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /// The daemon stops; the cluster keeps this node's tasks for its lease.
  @Override
  public synchronized void close() {
    Active now = active;
    if (now != null) {
      stop(now);
    }
  }
}
