package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import swarm.node.testing.Certificates;

/// What an authority may send that was not asked for.
class ReceivedCertificateTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final CertificateAuthority root = CertificateAuthority.create(NOW);
  private final KeyPair pair = CertificateAuthority.newKeyPair();
  private final Peer asked = new Peer("n1", "c1", Role.MANAGER);

  private String fault(X509Certificate received) {
    return ReceivedCertificate.fault(received, pair.getPublic(), asked, root.certificate(), NOW)
        .orElse("");
  }

  private X509Certificate issued(Peer subject, Instant at) throws IOException {
    return root.issue(pair.getPublic(), subject, at);
  }

  @Test
  void whatWasAskedForIsTaken() throws Exception {
    assertThat(fault(issued(asked, NOW))).isEmpty();
  }

  @Test
  void anotherSubjectIsRefused() throws Exception {
    String wanted = "not O=c1, OU=swarm-manager, CN=n1";
    assertThat(fault(issued(new Peer("n2", "c1", Role.MANAGER), NOW))).contains("CN=n2", wanted);
    assertThat(fault(issued(new Peer("n1", "c2", Role.MANAGER), NOW))).contains("O=c2", wanted);
    assertThat(fault(issued(new Peer("n1", "c1", Role.WORKER), NOW)))
        .contains("OU=swarm-worker", wanted);
  }

  @Test
  void anotherKeyIsRefused() throws Exception {
    assertThat(fault(Certificates.node(root, asked, NOW).certificate())).contains("another key");
  }

  @Test
  void anotherTimeIsRefused() throws Exception {
    assertThat(fault(issued(asked, NOW.plus(Duration.ofHours(2)))))
        .contains("valid from 2026-06-01T01:00:00Z", "clock says 2026-06-01T00:00:00Z");
    assertThat(fault(issued(asked, NOW.minus(Duration.ofDays(100))))).contains("clock says");
  }

  @Test
  void anotherRootIsRefusedAlsoOfTheSameName() throws Exception {
    var other = CertificateAuthority.create(NOW);
    assertThat(fault(other.issue(pair.getPublic(), asked, NOW)))
        .contains("is not the root 'CN=swarm-ca' itself");
    var name = "CN=n1,OU=swarm-manager,O=c1";
    var misnamed = Certificates.forge(name, pair.getPublic(), "CN=somebody", root.key());
    assertThat(
            ReceivedCertificate.fault(
                misnamed, pair.getPublic(), asked, root.certificate(), Instant.now()))
        .isPresent();
  }
}
