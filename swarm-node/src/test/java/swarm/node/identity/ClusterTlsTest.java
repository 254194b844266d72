package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.Certificates;

class ClusterTlsTest {
  private static final EventLoops LOOPS = new EventLoops();
  private static final String SECRET = "0".repeat(25);

  private final Instant now = Instant.now();
  private final CertificateAuthority ca = CertificateAuthority.create(now);
  private final CertificateAuthority otherCa = CertificateAuthority.create(now);
  private final NodeIdentity manager;

  ClusterTlsTest() throws Exception {
    manager = Certificates.node(ca, "m1", Role.MANAGER, now);
  }

  @AfterAll
  static void end() {
    LOOPS.close();
  }

  private static Handshake.Result handshake(SslContext server, SslContext client) throws Exception {
    return Handshake.between(server, client, LOOPS);
  }

  private void refusedByServer(SslContext client) throws Exception {
    assertThat(handshake(ClusterTls.server(manager), client).made()).isFalse();
  }

  private void refusedByClient(NodeIdentity server, String why) throws Exception {
    var result = handshake(ClusterTls.server(server), ClusterTls.client(manager));
    assertThat(result.refusal()).contains(why);
  }

  // ---- members

  @ParameterizedTest
  @EnumSource
  void membersReachManagers(Role role) throws Exception {
    NodeIdentity member = Certificates.node(ca, "n2", role, now);

    assertThat(handshake(ClusterTls.server(manager), ClusterTls.client(member)).made()).isTrue();
  }

  @Test
  void aWorkerIsNoServer() throws Exception {
    refusedByClient(Certificates.node(ca, "w1", Role.WORKER, now), "is not a manager");
  }

  @Test
  void onlyTls13IsSpoken() throws Exception {
    SslContext old =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
            .protocols("TLSv1.2")
            .keyManager(manager.key(), manager.certificate(), manager.ca())
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();

    assertThat(handshake(ClusterTls.server(manager), old).refusal()).contains("PROTOCOL_VERSION");
  }

  // ---- strangers

  @Test
  void anotherAuthoritysClientIsRefused() throws Exception {
    refusedByServer(attacker(Certificates.node(otherCa, "m1", Role.MANAGER, now)));
  }

  @Test
  void anotherAuthoritysServerIsRefused() throws Exception {
    refusedByClient(
        Certificates.node(otherCa, "m1", Role.MANAGER, now), "was not issued by this cluster's CA");
  }

  @Test
  void anotherClusterOfTheSameAuthorityIsRefused() throws Exception {
    NodeIdentity other = Certificates.node(ca, new Peer("m1", "c2", Role.MANAGER), now);

    refusedByServer(attacker(other));
    refusedByClient(other, "is not of this cluster");
  }

  @Test
  void expiredCertificatesAreRefused() throws Exception {
    Instant longAgo = now.minus(CertificateAuthority.NODE_VALIDITY).minus(Duration.ofMinutes(1));
    NodeIdentity expired = Certificates.node(ca, "m2", Role.MANAGER, longAgo);

    refusedByServer(attacker(expired));
    refusedByClient(expired, "which is not now by this host's clock");
  }

  @Test
  void certificatesOfTheFutureAreRefused() throws Exception {
    NodeIdentity early = Certificates.node(ca, "m2", Role.MANAGER, now.plus(Duration.ofHours(3)));

    refusedByServer(attacker(early));
    refusedByClient(early, "which is not now by this host's clock");
  }

  @Test
  void aCertificateThatNamesNoNodeIsRefused() throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    X509Certificate nameless =
        Certificates.forge("CN=m2, O=c1", pair.getPublic(), "CN=swarm-ca", ca.key());

    refusedByServer(attacker(pair.getPrivate(), nameless, ca.certificate()));
  }

  // ---- who is no authority signs nothing

  @Test
  void whatANodesCertificateSignedIsRefused() throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    X509Certificate forged =
        Certificates.forge(
            "CN=m9, OU=swarm-manager, O=c1",
            pair.getPublic(),
            manager.certificate().getSubjectX500Principal().getName(),
            manager.key());

    refusedByServer(attacker(pair.getPrivate(), forged, manager.certificate()));
    refusedByServer(attacker(pair.getPrivate(), forged, manager.certificate(), manager.ca()));
    var server = attackingServer(pair.getPrivate(), forged, manager.certificate(), manager.ca());
    assertThat(handshake(server, ClusterTls.client(manager)).refusal())
        .contains("was not issued by this cluster's CA");
    assertThat(handshake(server, ClusterTls.joining(token(ca))).refusal())
        .contains("was not issued by this cluster's CA");
  }

  @Test
  void aSelfMadeCertificateWithTheAuthorityBehindItIsRefused() throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    X509Certificate forged =
        Certificates.forge(
            "CN=m9, OU=swarm-manager, O=c1", pair.getPublic(), "CN=swarm-ca", pair.getPrivate());

    refusedByServer(attacker(pair.getPrivate(), forged, ca.certificate()));
    assertThat(
            handshake(
                    attackingServer(pair.getPrivate(), forged, ca.certificate()),
                    ClusterTls.joining(token(ca)))
                .refusal())
        .contains("was not issued by this cluster's CA");
  }

  // ---- joining

  private static JoinToken token(CertificateAuthority authority) {
    return JoinToken.of(authority.certificate(), SECRET);
  }

  @Test
  void aNewcomerReachesTheManagerThatItsTokenNames() throws Exception {
    assertThat(handshake(ClusterTls.server(manager), ClusterTls.joining(token(ca))).made())
        .isTrue();
  }

  @Test
  void aTokenOfAnotherClusterIsSaidSo() throws Exception {
    assertThat(handshake(ClusterTls.server(manager), ClusterTls.joining(token(otherCa))).refusal())
        .contains("remote CA does not match fingerprint");
  }

  @Test
  void aWorkerTakesNobodyIn() throws Exception {
    NodeIdentity worker = Certificates.node(ca, "w1", Role.WORKER, now);

    assertThat(handshake(ClusterTls.server(worker), ClusterTls.joining(token(ca))).refusal())
        .contains("the peer is not a manager");
  }

  @Test
  void aServerThatHidesItsAuthorityIsRefused() throws Exception {
    assertThat(
            handshake(
                    attackingServer(manager.key(), manager.certificate()),
                    ClusterTls.joining(token(ca)))
                .refusal())
        .contains("remote CA does not match fingerprint");
  }

  @Test
  void aServerWithAnExpiredCertificateTakesNobodyIn() throws Exception {
    NodeIdentity expired =
        Certificates.node(ca, "m2", Role.MANAGER, now.minus(Duration.ofDays(91)));

    assertThat(handshake(ClusterTls.server(expired), ClusterTls.joining(token(ca))).refusal())
        .contains("which is not now by this host's clock");
  }

  // ---- who does not play by the rules: trusts everybody, shows what it likes

  private static SslContext attacker(NodeIdentity identity) throws Exception {
    return attacker(identity.key(), identity.certificate(), identity.ca());
  }

  private static SslContext attacker(PrivateKey key, X509Certificate... chain) throws Exception {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .keyManager(key, chain)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .build();
  }

  private static SslContext attackingServer(PrivateKey key, X509Certificate... chain)
      throws Exception {
    return GrpcSslContexts.configure(SslContextBuilder.forServer(key, chain), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .clientAuth(ClientAuth.OPTIONAL)
        .build();
  }
}
