package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.FoundingRoot;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.testing.CfsslServer;
import swarm.scheduler.model.Wire;

/// A cluster that begins under the root of an external authority, over its real protocol.
@Timeout(120)
class ExternalFoundingTest {
  private final CertificateAuthority root = CertificateAuthority.create(Instant.now());
  private final CfsslServer server;
  private final ObjectNode spec = Wire.JSON.createObjectNode();

  ExternalFoundingTest() throws Exception {
    server = new CfsslServer(root, CfsslServer.Callers.ANYBODY);
    spec.withObject("/CAConfig").putArray("ExternalCAs").add(server.entry());
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void everyCertificateIsTheAuthoritysAndTheKeyStaysThere(@TempDir Path temp) throws Exception {
    try (var sole = SoleManager.under(temp.resolve("manager"), spec)) {
      assertThat(sole.live.current().issuer()).isEqualTo(root.certificate());
      assertThat(sole.cluster().rootCertificate()).isEqualTo(Pem.write(root.certificate()));
      assertThat(sole.cluster().rootKey()).isEmpty();

      NodeIdentity manager = sole.join(Role.MANAGER, temp.resolve("m2"));
      NodeIdentity worker = sole.join(Role.WORKER, temp.resolve("w1"));

      assertThat(manager.self().role()).isEqualTo(Role.MANAGER);
      assertThat(worker.issuer()).isEqualTo(root.certificate());
      try (var client = new ClusterClient(worker, sole.loops)) {
        var pair = CertificateAuthority.newKeyPair();
        var reply = client.renew(sole.address(), CertificateAuthority.request(pair));
        assertThat(Peer.of(Pem.certificates(reply.certificate()).getFirst()))
            .contains(worker.self());
      }
      // as a restored backup does
      NodeIdentity restored =
          Recovery.identity(
              sole.cluster(), new Peer("n9", sole.self.clusterId(), Role.MANAGER), Instant.now());
      assertThat(restored.issuer()).isEqualTo(root.certificate());
      // nothing to show at first, the manager's own certificate from then on
      assertThat(server.callers()).hasSize(5);
      assertThat(server.callers().getFirst()).isEmpty();
      assertThat(server.callers().subList(1, 4))
          .allMatch(name -> name.contains("CN=" + sole.self.nodeId()));
    }
  }

  private void fails(String... why) {
    long start = System.nanoTime();
    assertThatThrownBy(
            () ->
                FoundingRoot.asked(spec, Instant.now())
                    .identity(new Peer("n1", "c1", Role.MANAGER), Instant.now()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(server.url())
        .hasMessageContainingAll(why);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void whatIsWrongIsSaidWithTheUrl() throws Exception {
    var other = CertificateAuthority.create(Instant.now());
    var key = CertificateAuthority.newKeyPair().getPublic();
    server.signs((_, subject) -> root.issue(key, subject, Instant.now()));
    fails("another key");
    server.signs(
        (request, subject) ->
            root.issue(
                request,
                new Peer(subject.nodeId(), subject.clusterId(), Role.WORKER),
                Instant.now()));
    fails("OU=swarm-worker");
    server.signs((request, subject) -> other.issue(request, subject, Instant.now()));
    fails("is not the root");
    server.signs(
        (request, subject) ->
            root.issue(request, subject, Instant.now().plus(Duration.ofHours(3))));
    fails("this host's clock says");
    server.refuses("policy", 200);
    fails("it refused", "policy");
    server.refuses("overload", 503);
    fails("status 503");
    server.close();
    fails("Connection refused");
  }
}
