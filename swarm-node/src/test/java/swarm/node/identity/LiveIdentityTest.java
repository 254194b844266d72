package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.Certificates;
import swarm.node.testing.Roots;

/// Identities that change while TLS made of them is in use, and roots that change under nodes which
/// know only some of them.
class LiveIdentityTest {
  private static final EventLoops LOOPS = new EventLoops();

  private final Instant now = Instant.now();
  private final CertificateAuthority old = CertificateAuthority.create(now);
  private final CertificateAuthority fresh = CertificateAuthority.create(now);

  @AfterAll
  static void end() {
    LOOPS.close();
  }

  private NodeIdentity oldNode(String id) throws Exception {
    return Certificates.node(old, id, Role.MANAGER, now);
  }

  /// In the middle of a rotation: of the new root, shown to who may trust the old one only.
  private NodeIdentity crossed(String id, CertificateAuthority... roots) throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    var self = new Peer(id, "c1", Role.MANAGER);
    return NodeIdentity.of(
        List.of(fresh.issue(pair.getPublic(), self, now), old.crossSign(fresh.certificate(), now)),
        pair.getPrivate(),
        java.util.Arrays.stream(roots).map(CertificateAuthority::certificate).toList());
  }

  private static String between(NodeIdentity server, NodeIdentity client) throws Exception {
    return handshake(ClusterTls.server(server), ClusterTls.client(client));
  }

  private static String handshake(SslContext server, SslContext client) throws Exception {
    return Handshake.between(server, client, LOOPS).refusal();
  }

  @Test
  void nodesOfEveryStageOfARotationReachEachOther() throws Exception {
    var stages =
        List.of(
            List.of(oldNode("a"), oldNode("b")),
            List.of(
                oldNode("a").withRoots(List.of(old.certificate(), fresh.certificate())),
                oldNode("b").withRoots(List.of(old.certificate(), fresh.certificate()))),
            List.of(crossed("a", old, fresh), crossed("b", old, fresh)),
            List.of(crossed("a", fresh), crossed("b", fresh)));
    for (int i = 0; i + 1 < stages.size(); i++) {
      NodeIdentity ahead = stages.get(i + 1).getFirst();
      for (NodeIdentity each :
          List.of(stages.get(i).getFirst(), stages.get(i).getLast(), stages.get(i + 1).getLast())) {
        assertThat(between(ahead, each)).as("stage %s, server ahead", i).isEmpty();
        assertThat(between(each, ahead)).as("stage %s, client ahead", i).isEmpty();
      }
    }
    // a node that still trusts the old root only meets those that have the new certificate
    assertThat(between(crossed("a", old, fresh), oldNode("b"))).isEmpty();
    assertThat(between(oldNode("a"), crossed("b", old, fresh))).isEmpty();
  }

  /// Of every kind that an operator may bring.
  @ParameterizedTest
  @CsvSource({
    "rsa, SHA256withRSA",
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
    "secp521r1, SHA512withECDSA",
  })
  void nodesOfAnOperatorsRootReachEachOther(String kind, String signature) throws Exception {
    KeyPair pair = kind.equals("rsa") ? Roots.rsa(2048) : Roots.ec(kind);
    var brought =
        new CertificateAuthority(
            Roots.of(pair, signature, now).certificate(), Pem.key(Pem.write(pair.getPrivate())));
    NodeIdentity one = Certificates.node(brought, "a", Role.MANAGER, now);
    NodeIdentity other = Certificates.node(brought, "b", Role.WORKER, now);
    assertThat(between(one, other)).isEmpty();
    KeyPair own = CertificateAuthority.newKeyPair();
    NodeIdentity crossed =
        NodeIdentity.of(
            List.of(
                brought.issue(own.getPublic(), new Peer("c", "c1", Role.MANAGER), now),
                old.crossSign(brought.certificate(), now)),
            own.getPrivate(),
            List.of(old.certificate(), brought.certificate()));
    assertThat(between(crossed, oldNode("d"))).isEmpty();
  }

  /// Operators' roots have names of their own.
  @Test
  void aRootOfAnotherNameIsRotatedTo() throws Exception {
    KeyPair rootPair = CertificateAuthority.newKeyPair();
    var brought =
        new CertificateAuthority(
            Certificates.forge(
                "CN=acme root, O=Acme",
                rootPair.getPublic(),
                "CN=acme root, O=Acme",
                rootPair.getPrivate()),
            rootPair.getPrivate());
    KeyPair pair = CertificateAuthority.newKeyPair();
    var self = new Peer("a", "c1", Role.MANAGER);
    var ahead =
        NodeIdentity.of(
            List.of(
                brought.issue(pair.getPublic(), self, now),
                old.crossSign(brought.certificate(), now)),
            pair.getPrivate(),
            List.of(old.certificate(), brought.certificate()));

    ClusterTls.check(ahead);
    ClusterTls.check(ahead.withRoots(List.of(brought.certificate())));
    assertThat(between(ahead, oldNode("b"))).isEmpty();
    assertThat(between(oldNode("b"), ahead)).isEmpty();
  }

  @Test
  void onceTheOldRootIsGoneNothingOfItsIsLetIn() throws Exception {
    assertThat(between(crossed("a", fresh), oldNode("b"))).isNotEmpty();
    assertThat(between(oldNode("b"), crossed("a", fresh)))
        .contains("was not issued by this cluster's CA");
  }

  @Test
  void tokensOfEitherRootFindTheManagerWhileItHasBoth() throws Exception {
    SslContext manager = ClusterTls.server(crossed("a", old, fresh));
    for (CertificateAuthority root : List.of(old, fresh)) {
      var token = JoinToken.of(root.certificate(), "0".repeat(25));
      assertThat(handshake(manager, ClusterTls.joining(token))).isEmpty();
    }
    var late = ClusterTls.joining(JoinToken.of(old.certificate(), "0".repeat(25)));
    assertThat(handshake(ClusterTls.server(crossed("a", fresh)), late))
        .contains("remote CA does not match fingerprint");
  }

  @Test
  void theNextConnectionUsesTheNewIdentityAtBothEnds() throws Exception {
    var server = new LiveIdentity(oldNode("a"));
    var client = new LiveIdentity(oldNode("b"));
    SslContext serverTls = ClusterTls.server(server);
    SslContext clientTls = ClusterTls.client(client);
    assertThat(handshake(serverTls, clientTls)).isEmpty();

    server.replace(Certificates.node(fresh, "a", Role.MANAGER, now));
    assertThat(handshake(serverTls, clientTls)).contains("was not issued by this cluster's CA");

    client.replace(Certificates.node(fresh, "b", Role.WORKER, now));
    assertThat(handshake(serverTls, clientTls)).isEmpty();

    server.replace(Certificates.node(fresh, "a", Role.WORKER, now));
    assertThat(handshake(serverTls, clientTls)).contains("is not a manager");
  }

  @Test
  void listenersHearWhatWasAndWhatIs() throws Exception {
    NodeIdentity first = oldNode("a");
    NodeIdentity second = Certificates.node(old, "a", Role.WORKER, now);
    var live = new LiveIdentity(first);
    var heard = new ArrayList<NodeIdentity>();
    LiveIdentity.Listener listener =
        (before, after) -> {
          heard.add(before);
          heard.add(after);
        };
    live.listen(listener);
    live.replace(second);
    live.unlisten(listener);
    live.replace(first);

    assertThat(heard).containsExactly(first, second);
    assertThat(live.current()).isEqualTo(first);
  }

  @Test
  void noNodeBecomesAnother() throws Exception {
    var live = new LiveIdentity(oldNode("a"));
    NodeIdentity other = oldNode("b");

    assertThatThrownBy(() -> live.replace(other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIssuerIsTheRootThatSigned() throws Exception {
    assertThat(oldNode("a").issuer()).isEqualTo(old.certificate());
    assertThat(crossed("a", old, fresh).issuer()).isEqualTo(fresh.certificate());
  }

  @Test
  void whatCannotBeUsedIsFoundBefore() throws Exception {
    NodeIdentity good = oldNode("a");
    ClusterTls.check(good);
    NodeIdentity foreign = good.withRoots(List.of(fresh.certificate()));
    assertThatThrownBy(() -> ClusterTls.check(foreign)).hasMessageContaining("cannot be used");
  }
}
