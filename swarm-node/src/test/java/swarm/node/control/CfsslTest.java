package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Issuer;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.testing.Certificates;
import swarm.node.testing.CfsslServer;

/// Authorities that are asked over the real protocol.
@Timeout(60)
class CfsslTest {
  private final CertificateAuthority root = CertificateAuthority.create(Instant.now());
  private final CertificateAuthority fresh = CertificateAuthority.create(Instant.now());
  private final NodeIdentity manager;
  private final Cfssl cfssl;
  private final CfsslServer server;

  CfsslTest() throws Exception {
    manager = Certificates.node(root, "m1", Role.MANAGER, Instant.now());
    cfssl = new Cfssl(() -> Optional.of(manager));
    server = new CfsslServer(root, CfsslServer.Callers.WITH_CERTIFICATE);
  }

  @AfterEach
  void end() {
    server.close();
  }

  private String url() {
    return server.url();
  }

  private List<X509Certificate> issue(List<String> urls, CertificateAuthority of, Peer subject)
      throws IOException {
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    return cfssl
        .issuer(urls, of.certificate())
        .issue(request, subject, Instant.now(), Duration.ofDays(1));
  }

  @Test
  void itSignsWhatTheClusterDecidedForAManagerWithItsCertificate() throws Exception {
    var subject = new Peer("n7", "c1", Role.WORKER);

    List<X509Certificate> chain = issue(List.of(url()), root, subject);

    assertThat(chain).hasSize(1);
    chain.getFirst().verify(root.certificate().getPublicKey());
    assertThat(Peer.of(chain.getFirst())).contains(subject);
    assertThat(server.callers()).hasSize(1).allMatch(name -> name.contains("CN=m1"));
    assertThat(server.requests().getFirst().path("hosts").toString())
        .isEqualTo("[\"swarm-worker\",\"n7\"]");
  }

  @Test
  void theNextOneIsAskedWhereOneIsAway() throws Exception {
    var subject = new Peer("n7", "c1", Role.MANAGER);

    assertThat(issue(List.of("https://localhost:1/", url()), root, subject)).hasSize(1);
    assertThat(server.requests().getFirst().path("hosts").toString())
        .isEqualTo("[\"swarm-manager\",\"n7\",\"swarm-ca\"]");
  }

  @Test
  void whatItRefusesIsSaid() {
    server.refuses("policy", 200);
    assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
        .isInstanceOf(Issuer.UnavailableException.class)
        .hasMessageContaining("policy");
    server.refuses("policy", 500);
    assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
        .hasMessageContaining("status 500");
  }

  @Test
  void aServerOfAnotherRootIsNotAsked() throws Exception {
    assertThatThrownBy(() -> issue(List.of(url()), fresh, manager.self()))
        .isInstanceOf(Issuer.UnavailableException.class);
    assertThat(cfssl.reachable(List.of(url()), fresh.certificate())).isFalse();
    assertThat(cfssl.reachable(List.of(url()), root.certificate())).isTrue();
    assertThat(cfssl.reachable(List.of("http://localhost/", "::"), root.certificate())).isFalse();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void itCrossSignsAnotherRoot() throws Exception {
    server.crossSigns(fresh);

    X509Certificate crossed = cfssl.crossSign(List.of(url()), root.certificate(), fresh);

    crossed.verify(root.certificate().getPublicKey());
    assertThat(crossed.getPublicKey()).isEqualTo(fresh.certificate().getPublicKey());
    assertThat(server.requests().getFirst().at("/extensions/0/id").asText()).isEqualTo("2.5.29.19");
  }

  /// An answer in small pieces keeps every timeout of a socket.
  @Test
  void whoAnswersABitAtATimeIsNotWaitedFor() throws Exception {
    server.drips();
    long start = System.nanoTime();

    assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
        .isInstanceOf(Issuer.UnavailableException.class)
        .hasMessageContaining(url())
        .hasMessageContaining("no answer within 8000 ms");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  /// What a wrong authority may send; the next one is asked for a better one.
  @Test
  void whatWasNotAskedForIsRefusedAndTheNextOneIsAsked() throws Exception {
    server.signs(
        (request, _) -> root.issue(request, new Peer("x", "c1", Role.MANAGER), Instant.now()));
    try (var good = new CfsslServer(root, CfsslServer.Callers.WITH_CERTIFICATE)) {
      assertThatThrownBy(() -> issue(List.of(url()), root, manager.self()))
          .hasMessageContaining(
              "external CA " + url() + " sent a certificate that was not asked for")
          .hasMessageContaining("CN=m1");
      assertThat(issue(List.of(url(), good.url()), root, manager.self())).hasSize(1);
    }
  }

  @Test
  void whoHasNoCertificateYetIsToldWhereOneIsAskedFor() throws Exception {
    var founder = new Cfssl(Optional::empty);
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    assertThatThrownBy(
            () ->
                founder
                    .issuer(List.of(url()), root.certificate())
                    .issue(request, manager.self(), Instant.now(), Duration.ofDays(1)))
        .isInstanceOf(Issuer.UnavailableException.class)
        .hasMessageContaining(url())
        .hasMessageContaining("has no certificate to show");
    try (var open = new CfsslServer(root, CfsslServer.Callers.ANYBODY)) {
      assertThat(
              founder
                  .issuer(List.of(open.url()), root.certificate())
                  .issue(request, manager.self(), Instant.now(), Duration.ofDays(1)))
          .hasSize(1);
      assertThat(open.callers()).containsExactly("");
    }
  }
}
