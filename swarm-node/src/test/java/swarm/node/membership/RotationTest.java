package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.RootPlanner;
import swarm.node.control.Store;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// A change of the root from its beginning to its end, with a manager and two workers whose
/// sessions the test plays.
@Timeout(120)
class RotationTest {
  private static final Clock CLOCK = Clock.systemUTC();

  /// A node that does what its session tells it, and says what it has.
  private final class Member implements AutoCloseable {
    final LiveIdentity live;
    private final ClusterClient client;
    private final Renewer renewer;
    private final Store.Watcher watcher;

    Member(LiveIdentity live, Path folder) throws Exception {
      this.live = live;
      client = new ClusterClient(live, sole.loops);
      renewer =
          new Renewer(
              live,
              new RenewalCall(
                  Optional::empty, () -> List.of(sole.address()), client, sole.loops, CLOCK),
              (next, _) -> next.save(folder),
              CLOCK);
      renewer.start();
      live.listen((_, _) -> Thread.ofVirtual().start(this::describe));
      watcher = (state, _) -> tell(state);
      sole.manager.store().watch(watcher);
      describe();
    }

    private void describe() {
      try {
        sole.manager
            .proposer()
            .propose(
                new Command.DescribeNode(
                    live.self().nodeId(),
                    Described.with(
                        new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
                        live.current()),
                    "192.0.2.1",
                    CLOCK.instant()));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void tell(ClusterState state) {
      Cluster cluster = state.cluster();
      Node node = state.nodes().get(live.self().nodeId());
      if (cluster != null && node != null) {
        renewer.wanted(
            new SessionMessages.Credentials(
                node.spec().manager() ? "manager" : "worker",
                cluster.trustedRoots(),
                cluster.issuerCertificate()));
      }
    }

    @Override
    public void close() {
      sole.manager.store().unwatch(watcher);
      renewer.close();
      client.close();
    }
  }

  private final SoleManager sole;
  private final Path temp;
  private final List<Member> members = new ArrayList<>();

  RotationTest(@TempDir Path temp) throws Exception {
    this.temp = temp;
    sole = new SoleManager(temp.resolve("manager"));
    members.add(new Member(sole.live, temp.resolve("m0")));
    for (int i = 1; i <= 2; i++) {
      Path folder = temp.resolve("m" + i);
      members.add(new Member(new LiveIdentity(sole.join(Role.WORKER, folder)), folder));
    }
  }

  @AfterEach
  void end() {
    members.forEach(Member::close);
    sole.close();
  }

  private void change(ObjectNode spec) throws Exception {
    Cluster cluster = sole.cluster();
    RootPlanner.Change change = sole.manager.planRoot(cluster, spec).orElseThrow();
    sole.apply(
        new Command.ChangeRoot(
            new Command.UpdateCluster(
                cluster.version().index(), RootPlanner.kept(spec), null, null, CLOCK.instant()),
            change.certificate(),
            change.key(),
            change.rotation()));
  }

  private ObjectNode spec() {
    return sole.cluster().spec().deepCopy();
  }

  private void rotate() throws Exception {
    ObjectNode spec = spec();
    ObjectNode config = spec.withObject("/CAConfig");
    config.put("ForceRotate", config.path("ForceRotate").asLong(0) + 1);
    change(spec);
  }

  private void awaitAllOf(String root) throws Exception {
    Await.until(
        "the new root is the root",
        () -> sole.cluster().rotation() == null && sole.cluster().rootCertificate().equals(root));
    var only = Pem.certificates(root);
    for (Member member : members) {
      Await.until("it is all that a node trusts", () -> member.live.current().roots().equals(only));
      assertThat(member.live.current().issuer()).isEqualTo(only.getFirst());
    }
  }

  @Test
  void everyNodeChangesAndThenTheOldRootGoes() throws Exception {
    String old = sole.cluster().rootCertificate();
    rotate();
    String next = next();
    awaitAllOf(next);
    assertThat(next).isNotEqualTo(old);
    for (int i = 0; i < members.size(); i++) {
      assertThat(NodeIdentity.load(temp.resolve("m" + i))).contains(members.get(i).live.current());
    }
    sole.join(Role.WORKER, temp.resolve("late")); // by a token with the new root's digest
    rotate(); // which waits for the one that joined and never came
    Await.until("it is under way", () -> sole.cluster().rotation() != null);
  }

  private String next() {
    Cluster.Rotation rotation = sole.cluster().rotation();
    return rotation == null ? sole.cluster().rootCertificate() : rotation.certificate();
  }

  @Test
  void aRootOfTheOperatorsIsRotatedToAndItsKeyIsNotShown() throws Exception {
    var brought = CertificateAuthority.create(CLOCK.instant());
    ObjectNode spec = spec();
    spec.withObject("/CAConfig")
        .put("SigningCACert", Pem.write(brought.certificate()))
        .put("SigningCAKey", Pem.write(brought.key()));

    change(spec);

    awaitAllOf(Pem.write(brought.certificate()));
    assertThat(sole.cluster().spec().toString()).doesNotContain("PRIVATE KEY", "SigningCA");
  }

  @Test
  void aNodeThatIsAwayHoldsItUpUntilItIsRemoved() throws Exception {
    NodeIdentity away = sole.join(Role.WORKER, temp.resolve("away"));
    rotate();
    String next = next();
    for (Member member : members) {
      Await.until(
          "it has a new certificate",
          () -> {
            try {
              return Pem.write(member.live.current().issuer()).equals(next);
            } catch (java.security.cert.CertificateException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    assertThat(sole.cluster().rotation()).isNotNull();
    Cluster.Rotation under = java.util.Objects.requireNonNull(sole.cluster().rotation());
    // what it has still opens the door: it learns everything when it is back
    try (var client = new ClusterClient(away, sole.loops)) {
      var pair = CertificateAuthority.newKeyPair();
      var reply = client.renew(sole.address(), CertificateAuthority.request(pair));
      assertThat(Pem.certificates(reply.ca())).hasSize(2);
    }
    sole.apply(
        new Command.RemoveNode(away.self().nodeId(), true, CLOCK.instant(), CLOCK.instant()));
    awaitAllOf(under.certificate());
  }

  @Test
  void aChangeThatIsTakenBackLeavesTheOldRoot() throws Exception {
    sole.join(Role.WORKER, temp.resolve("away")); // so that it cannot come to its end
    rotate();
    Cluster before = sole.cluster();
    String old = before.rootCertificate();
    ObjectNode spec = spec();
    spec.withObject("/CAConfig").put("SigningCACert", old).put("SigningCAKey", before.rootKey());
    change(spec);

    awaitAllOf(old);
  }
}
