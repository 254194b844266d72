package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.testing.Roots;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

/// What an operator's `CAConfig` makes of a cluster's root.
class RootPlannerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final CertificateAuthority root = CertificateAuthority.create(NOW);
  private final CertificateAuthority other = CertificateAuthority.create(NOW);
  private final Outside outside = new Outside();

  /// External authorities of the test's choosing.
  private final class Outside implements RootPlanner.External {
    final List<String> reachable = new ArrayList<>();

    @Override
    public boolean reachable(List<String> urls, X509Certificate of) {
      return urls.stream().anyMatch(reachable::contains);
    }

    @Override
    public X509Certificate crossSign(
        List<String> urls, X509Certificate old, CertificateAuthority fresh) throws IOException {
      return root.crossSign(fresh.certificate(), NOW);
    }
  }

  private Cluster cluster(String key, Cluster.@Nullable Rotation rotation) {
    var version = new Version(7, NOW, NOW);
    return new Cluster(
            "c1",
            version,
            spec(config -> config.put("ForceRotate", 3)),
            Pem.write(root.certificate()),
            key,
            new Cluster.Tokens("w", "m"),
            new Ingress("i", 0, 20, 4096, 4789, NOW),
            30)
        .with(version, Pem.write(root.certificate()), key, rotation);
  }

  private Cluster cluster() {
    return cluster(Pem.write(root.key()), null);
  }

  private interface Config {
    void fill(ObjectNode config);
  }

  private static JsonNode spec(Config config) {
    ObjectNode spec = Wire.JSON.createObjectNode();
    config.fill(spec.putObject("CAConfig"));
    return spec;
  }

  private Optional<RootPlanner.Change> plan(Cluster cluster, Config config)
      throws RootPlanner.RefusedException {
    return RootPlanner.plan(cluster, spec(config), NOW, outside);
  }

  private void refused(Cluster cluster, Config config, String why) {
    assertThatThrownBy(() -> plan(cluster, config))
        .isInstanceOf(RootPlanner.RefusedException.class)
        .hasMessageContaining(why);
  }

  private static Config named(X509Certificate certificate, String key) {
    return config ->
        config
            .put("ForceRotate", 3)
            .put("SigningCACert", Pem.write(certificate))
            .put("SigningCAKey", key);
  }

  private Config external(X509Certificate of, Config more) {
    return config -> {
      more.fill(config);
      config
          .putArray("ExternalCAs")
          .addObject()
          .put("Protocol", "cfssl")
          .put("URL", "https://ca")
          .put("CACert", Pem.write(of));
    };
  }

  /// It would be kept, and read at each join.
  @Test
  void anAuthorityOfANonsensicalRootIsRefused() {
    refused(
        cluster(),
        config ->
            config
                .put("ForceRotate", 3)
                .putArray("ExternalCAs")
                .addObject()
                .put("URL", "https://ca")
                .put("CACert", "nonsense"),
        "certificate");
  }

  @Test
  void whereNothingIsAskedForNothingChanges() throws Exception {
    assertThat(plan(cluster(), config -> config.put("ForceRotate", 3))).isEmpty();
  }

  @Test
  void anotherCountAsksForANewRootThatTheOldOneSigned() throws Exception {
    var change = plan(cluster(), config -> config.put("ForceRotate", 4)).orElseThrow();

    assertThat(change.certificate()).isEqualTo(Pem.write(root.certificate()));
    assertThat(change.key()).isEqualTo(Pem.write(root.key()));
    var rotation = java.util.Objects.requireNonNull(change.rotation());
    var fresh = CertificateAuthority.read(rotation.certificate(), rotation.key());
    assertThat(fresh.keysMatch()).isTrue();
    var crossed = Pem.certificates(rotation.crossSigned()).getFirst();
    crossed.verify(root.certificate().getPublicKey());
    assertThat(crossed.getPublicKey()).isEqualTo(fresh.certificate().getPublicKey());
    assertThat(crossed.getBasicConstraints()).isNotNegative();
  }

  @Test
  void aGivenCertificateAndKeyAreRotatedTo() throws Exception {
    var change = plan(cluster(), named(other.certificate(), Pem.write(other.key()))).orElseThrow();

    var rotation = java.util.Objects.requireNonNull(change.rotation());
    assertThat(rotation.certificate()).isEqualTo(Pem.write(other.certificate()));
    assertThat(Pem.key(rotation.key())).isEqualTo(other.key());
  }

  @Test
  void theRootThatIsThereEndsAChangeUnderWay() throws Exception {
    var rotation = new Cluster.Rotation(Pem.write(other.certificate()), "k", "x");
    var change =
        plan(
                cluster(Pem.write(root.key()), rotation),
                named(root.certificate(), Pem.write(root.key())))
            .orElseThrow();

    assertThat(change.rotation()).isNull();
    assertThat(change.certificate()).isEqualTo(Pem.write(root.certificate()));
  }

  /// Earlier versions took any.
  @Test
  void aWeakRootThatIsThereCanBeGoneBackToAndNotRotatedTo() throws Exception {
    Roots weak = Roots.of(Roots.rsa(1024), "SHA256withRSA", NOW);
    String pem = Pem.write(weak.certificate());
    String key = Pem.write(weak.key().getPrivate());
    refused(cluster(), named(weak.certificate(), key), "an RSA key with 1024 bits");

    Cluster before = cluster();
    var rotation = new Cluster.Rotation(Pem.write(other.certificate()), "k", "x");
    Cluster cluster = before.with(before.version(), pem, key, rotation);
    var change = plan(cluster, named(weak.certificate(), key)).orElseThrow();
    assertThat(change).isEqualTo(new RootPlanner.Change(pem, key, null));
  }

  @Test
  void aKeyOfAnotherKindSaysSo() throws Exception {
    refused(
        cluster(),
        named(other.certificate(), Pem.write(Roots.ed25519().getPrivate())),
        "the CA key is of the kind Ed25519, and that of the CA certificate is an EC key");
  }

  @Test
  void theNextRootAgainGetsAnotherKeyOnly() throws Exception {
    var rotation = new Cluster.Rotation(Pem.write(other.certificate()), "", "crossed");
    var change =
        plan(
                cluster(Pem.write(root.key()), rotation),
                named(other.certificate(), Pem.write(other.key())))
            .orElseThrow();

    assertThat(change.rotation())
        .isEqualTo(
            new Cluster.Rotation(
                Pem.write(other.certificate()), Pem.write(other.key()), "crossed"));
  }

  @Test
  void aThirdRootTakesTheSecondsPlaceSignedByTheFirst() throws Exception {
    var rotation = new Cluster.Rotation(Pem.write(other.certificate()), "k", "x");
    var change =
        plan(cluster(Pem.write(root.key()), rotation), config -> config.put("ForceRotate", 4))
            .orElseThrow();

    var next = java.util.Objects.requireNonNull(change.rotation());
    assertThat(next.certificate()).isNotEqualTo(rotation.certificate());
    Pem.certificates(next.crossSigned()).getFirst().verify(root.certificate().getPublicKey());
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    String key = Pem.write(other.key());
    refused(
        cluster(), c -> c.put("SigningCAKey", key), "the signing CA cert must also be provided");
    refused(
        cluster(),
        c ->
            c.put("SigningCACert", Pem.write(List.of(other.certificate(), root.certificate())))
                .put("SigningCAKey", key),
        "cannot contain multiple certificates");
    refused(cluster(), named(other.certificate(), Pem.write(root.key())), "is not the key of");
    refused(cluster(), named(other.certificate(), "no key"), "no readable private key");
    refused(cluster(), c -> c.put("SigningCACert", "no certificate"), "certificate");
    refused(cluster(), named(other.certificate(), ""), "reachable external CA");
    var leaf =
        other.issue(
            CertificateAuthority.newKeyPair().getPublic(), new Peer("n", "c1", Role.WORKER), NOW);
    refused(cluster(), named(leaf, key), "is not that of an authority");
    var old = CertificateAuthority.create(NOW.minus(Duration.ofDays(365 * 20 - 300)));
    refused(
        cluster(),
        named(old.certificate(), Pem.write(old.key())),
        "CA certificate expires too soon");
    var again = other.crossSign(root.certificate(), NOW);
    refused(cluster(), named(again, Pem.write(root.key())), "identical key");
  }

  @Test
  void anExternalAuthorityMustAnswerAndNeedsNoKey() throws Exception {
    Config config = external(other.certificate(), named(other.certificate(), ""));
    refused(cluster(), config, "the desired CA certificate");
    outside.reachable.add("https://ca");
    var rotation =
        java.util.Objects.requireNonNull(plan(cluster(), config).orElseThrow().rotation());
    assertThat(rotation.key()).isEmpty();
  }

  @Test
  void aClusterOfAnExternalAuthorityRotatesOnlyWithIt() throws Exception {
    Cluster keyless = cluster("", null);
    refused(keyless, config -> config.put("ForceRotate", 4), "the current CA certificate");
    outside.reachable.add("https://ca");
    Config config = external(root.certificate(), c -> c.put("ForceRotate", 4));
    assertThat(plan(keyless, config).orElseThrow().rotation()).isNotNull();
    // with its key it needs nobody
    outside.reachable.clear();
    var own = plan(keyless, named(root.certificate(), Pem.write(root.key()))).orElseThrow();
    assertThat(own.key()).isEqualTo(Pem.write(root.key()));
  }

  @Test
  void neitherKeyNorCertificateOfAnUpdateIsKept() {
    JsonNode kept = RootPlanner.kept(spec(named(other.certificate(), "key")));

    assertThat(kept.path("CAConfig").properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactly("ForceRotate");
    JsonNode none = Wire.JSON.createObjectNode();
    assertThat(RootPlanner.kept(none)).isEqualTo(none);
  }
}
