package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.node.control.FoundingRoot;
import swarm.node.control.Manager;
import swarm.node.control.Outcome;
import swarm.node.control.SealKeyring;
import swarm.node.control.SealKeys;
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
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;

/// A cluster of one manager, as an init makes it, on a port of 127.0.0.1: the real log, authority
/// and cluster port, and no agent.
final class SoleManager implements AutoCloseable {
  final SealKeyring keyring = new SealKeyring(SealKeys.create(Instant.now()), _ -> {});

  final EventLoops loops = new EventLoops();
  final CertificateAuthority ca;
  final Peer self;
  final LiveIdentity live;
  final ClusterClient client;
  final Manager manager;
  final ClusterServer server;

  SoleManager(Path folder) throws Exception {
    this(folder, MissingNode.getInstance());
  }

  SoleManager(Path folder, JsonNode spec) throws Exception {
    this(folder, spec, CertificateAuthority.create(Instant.now()), null);
  }

  /// Under the root of an external authority.
  static SoleManager under(Path folder, JsonNode spec) throws Exception {
    return new SoleManager(
        folder,
        spec,
        CertificateAuthority.create(Instant.now()),
        FoundingRoot.asked(spec, Instant.now()));
  }

  private SoleManager(
      Path folder, JsonNode spec, CertificateAuthority own, @Nullable FoundingRoot other)
      throws Exception {
    ca = own;
    FoundingRoot root = other == null ? FoundingRoot.own(own) : other;
    var ids = new RandomIds();
    var clock = Clock.systemUTC();
    self = new Peer(ids.next(), ids.next(), Role.MANAGER);
    live = new LiveIdentity(root.identity(self, clock.instant()));
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    client = new ClusterClient(live, loops);
    manager =
        new Manager(
            new Manager.Settings(
                folder.resolve("raft"),
                self,
                "raft1",
                "127.0.0.1:" + port,
                port,
                keyring,
                e -> {
                  throw new IllegalStateException(e);
                },
                () -> {}),
            new Start.Bootstrap(),
            client,
            clock,
            ids);
    server =
        new ClusterServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            live,
            loops,
            manager.calls());
    assertThat(manager.awaitLeader(Duration.ofSeconds(20))).isTrue();
    apply(
        ClusterBirth.command(
            self,
            root,
            spec,
            new Membership.DataPath(0, null),
            new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
            "127.0.0.1",
            new Node.Manager("raft1", address()),
            "",
            ids,
            clock.instant()));
  }

  String address() {
    return "127.0.0.1:" + server.port();
  }

  ClusterState state() {
    return manager.store().state();
  }

  Cluster cluster() {
    return java.util.Objects.requireNonNull(state().cluster());
  }

  /// Writes something down that must not be refused.
  void apply(Command command) throws Exception {
    Outcome outcome = manager.proposer().propose(command);
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    assertThat(((Outcome.Applied) outcome).result()).isEqualTo(new CommandResult.Done());
  }

  /// A node that joins by token; its identity is in `folder` afterwards.
  NodeIdentity join(Role role, Path folder) throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    var tokens = cluster().tokens();
    var root = Pem.certificates(cluster().rootCertificate()).getFirst();
    Messages.JoinReply reply =
        ClusterClient.join(
            address(),
            JoinToken.of(root, role == Role.MANAGER ? tokens.manager() : tokens.worker()),
            CertificateAuthority.request(pair),
            "192.0.2.7",
            null,
            loops);
    NodeIdentity identity =
        NodeIdentity.of(
            Pem.certificates(reply.certificate()), pair.getPrivate(), Pem.certificates(reply.ca()));
    identity.save(folder);
    return identity;
  }

  @Override
  public void close() {
    server.close();
    manager.close();
    client.close();
    loops.close();
  }
}
