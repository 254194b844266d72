package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.testing.Roots;
import swarm.scheduler.model.Wire;

/// Which root a cluster begins under.
class FoundingRootTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final CertificateAuthority root = CertificateAuthority.create(NOW);
  private final String pem = Pem.write(root.certificate());
  private final ObjectNode config = Wire.JSON.createObjectNode();

  private void entry(String url, String certificate) {
    config.withArray("/ExternalCAs").addObject().put("URL", url).put("CACert", certificate);
  }

  private void refused(String... why) {
    assertThatThrownBy(() -> FoundingRoot.External.read(config, NOW))
        .isInstanceOf(RootPlanner.RefusedException.class)
        .hasMessageContainingAll(why);
  }

  @Test
  void withoutAnExternalOneItIsTheClustersOwn() throws Exception {
    assertThat(FoundingRoot.External.read(config, NOW)).isEmpty();
    config.putArray("ExternalCAs");
    assertThat(FoundingRoot.External.read(config, NOW)).isEmpty();

    FoundingRoot own = FoundingRoot.own(NOW);
    var identity = own.identity(new Peer("n1", "c1", Role.MANAGER), NOW);
    assertThat(identity.issuer()).isEqualTo(own.certificate());
    assertThat(own.key()).contains("PRIVATE KEY");
    assertThat(own.toString()).doesNotContain("KEY");
  }

  @Test
  void severalAuthoritiesMayHaveItsKey() throws Exception {
    entry("https://a", pem);
    entry("https://b", "\n" + pem);

    assertThat(FoundingRoot.External.read(config, NOW))
        .contains(new FoundingRoot.External(root.certificate(), List.of("https://a", "https://b")));
  }

  @Test
  void oneThatDoesNotSayWhoseItIsMeansARootThatIsNotThere() {
    entry("https://a", pem);
    entry("https://b", " ");
    refused("https://b needs the certificate of its root", "cacert=FILE");
  }

  @Test
  void thereIsOneRoot() {
    entry("https://a", pem);
    entry("https://b", Pem.write(CertificateAuthority.create(NOW).certificate()));
    refused("are of 2: give the same cacert");
  }

  @Test
  void theRootMustBeOneThatLasts() throws Exception {
    entry("https://a", "nonsense");
    refused("https://a cannot be read");
    config.removeAll();
    entry("https://a", pem + pem);
    refused("cannot contain multiple certificates, but has 2");
    config.removeAll();
    var pair = CertificateAuthority.newKeyPair();
    var leaf = root.issue(pair.getPublic(), new Peer("n", "c", Role.WORKER), NOW);
    entry("https://a", Pem.write(leaf));
    refused("lacks the basic constraint");
    config.removeAll();
    Instant before = NOW.minus(Duration.ofDays(20 * 365 - 300));
    entry("https://a", Pem.write(CertificateAuthority.create(before).certificate()));
    refused("expires too soon");
    config.removeAll();
    var weak = Roots.of(Roots.rsa(1024), "SHA256withRSA", NOW);
    entry("https://a", Pem.write(weak.certificate()));
    refused("an RSA key with 1024 bits");
  }
}
