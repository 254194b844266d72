package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.SealKeys;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;

/// A node's certificate over a real manager: by itself, by order, with another role, and after it
/// was away for too long.
@Timeout(120)
class RenewerTest {
  private static final Clock CLOCK = Clock.systemUTC();

  private final SoleManager sole;
  private final Path folder;
  private final List<SealKeys> sealKeys = new CopyOnWriteArrayList<>();
  private final List<NodeIdentity> heard = new CopyOnWriteArrayList<>();

  RenewerTest(@TempDir Path temp) throws Exception {
    sole = new SoleManager(temp.resolve("manager"));
    folder = temp.resolve("node");
  }

  @AfterEach
  void end() {
    sole.close();
  }

  private Renewer renewer(LiveIdentity live, ClusterClient client) {
    live.listen((_, after) -> heard.add(after));
    var renewer =
        new Renewer(
            live,
            new RenewalCall(
                Optional::empty, () -> List.of(sole.address()), client, sole.loops, CLOCK),
            (next, given) -> {
              if (given != null) {
                sealKeys.add(given);
              }
              next.save(folder);
            },
            CLOCK);
    renewer.start();
    return renewer;
  }

  @Test
  void aRenewalIsAnotherKeyForTheSameNodeOnDiskBeforeItIsUsed() throws Exception {
    NodeIdentity first = sole.join(Role.WORKER, folder);
    var live = new LiveIdentity(first);
    var onDisk = new AtomicReference<Optional<NodeIdentity>>(Optional.empty());
    live.listen(
        (_, _) -> {
          try {
            onDisk.set(NodeIdentity.load(folder));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    try (var client = new ClusterClient(live, sole.loops);
        var renewer = renewer(live, client)) {
      renewer.renewNow();
      Await.until("it is renewed", () -> heard.size() == 1);
    }
    NodeIdentity next = live.current();
    assertThat(next.self()).isEqualTo(first.self());
    assertThat(next.key()).isNotEqualTo(first.key());
    assertThat(next.roots()).isEqualTo(first.roots());
    assertThat(onDisk.get()).contains(next);
    assertThat(sealKeys).isEmpty();
  }

  @Test
  void theRoleIsWhatTheStateSays() throws Exception {
    var live = new LiveIdentity(sole.join(Role.WORKER, folder));
    String id = live.self().nodeId();
    try (var client = new ClusterClient(live, sole.loops);
        var renewer = renewer(live, client)) {
      role(id, "manager");
      renewer.wanted(credentials("manager"));
      Await.until("it is a manager", () -> heard.size() == 1);
      assertThat(sealKeys).containsExactly(sole.keyring.current());

      role(id, "worker");
      renewer.wanted(credentials("worker"));
      Await.until("it is a worker", () -> heard.size() == 2);
      assertThat(heard).extracting(i -> i.self().role()).containsExactly(Role.MANAGER, Role.WORKER);
      assertThat(sealKeys).hasSize(1);
    }
  }

  /// Whatever a session says, the role in the certificate is the state's.
  @Test
  void nobodyTalksItselfIntoARole() throws Exception {
    NodeIdentity worker = sole.join(Role.WORKER, folder);
    try (var client = new ClusterClient(worker, sole.loops)) {
      KeyPair pair = CertificateAuthority.newKeyPair();
      Messages.JoinReply reply = client.renew(sole.address(), CertificateAuthority.request(pair));
      assertThat(
              NodeIdentity.of(
                      Pem.certificates(reply.certificate()),
                      pair.getPrivate(),
                      Pem.certificates(reply.ca()))
                  .self())
          .isEqualTo(worker.self());
      assertThat(reply.sealKey()).isNull();
    }
  }

  private void role(String id, String role) throws Exception {
    sole.apply(new Command.AdmitNode(id, role, "192.0.2.7", CLOCK.instant()));
  }

  private SessionMessages.Credentials credentials(String role) {
    return new SessionMessages.Credentials(
        role, sole.cluster().trustedRoots(), sole.cluster().issuerCertificate());
  }

  @Test
  void aCertificateThatExpiredWhileTheNodeWasOffIsRenewed() throws Exception {
    NodeIdentity was = expired(sole.join(Role.WORKER, folder));
    var live = new LiveIdentity(was);
    try (var client = new ClusterClient(live, sole.loops);
        var renewer = renewer(live, client)) {
      Await.until("it has a good one", () -> !live.current().expired(CLOCK.instant()));
      assertThat(live.self()).isEqualTo(was.self());
      renewer.renewNow(); // as a member again
      Await.until("it is renewed", () -> heard.size() == 2);
    }
  }

  @Test
  void whoIsExpiredAndNotInTheStateGetsNothing() throws Exception {
    NodeIdentity was = expired(sole.join(Role.WORKER, folder));
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    String id = was.self().nodeId();
    sole.apply(new Command.RemoveNode(id, true, CLOCK.instant().minusSeconds(1), CLOCK.instant()));

    assertThatThrownBy(() -> ClusterClient.renewExpired(sole.address(), was, request, sole.loops))
        .hasMessageContaining("PERMISSION_DENIED")
        .hasMessageContaining("has left this swarm or was removed");
  }

  @Test
  void whoLeftGetsNothingEvenWhenItsCertificateIsForgotten() throws Exception {
    NodeIdentity was = expired(sole.join(Role.WORKER, folder));
    NodeIdentity other = sole.join(Role.WORKER, folder);
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    Instant now = CLOCK.instant();
    sole.apply(new Command.LeaveNode(was.self().nodeId(), now.minusSeconds(1), now));
    sole.apply(new Command.LeaveNode(other.self().nodeId(), now.plusSeconds(9), now));

    assertThatThrownBy(() -> ClusterClient.renewExpired(sole.address(), was, request, sole.loops))
        .hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void aStrangerWithoutProofGetsNothing() throws Exception {
    NodeIdentity node = sole.join(Role.WORKER, folder);
    var other = CertificateAuthority.create(Instant.now());
    NodeIdentity foreign =
        swarm.node.testing.Certificates.node(
                other, node.self(), Instant.now().minus(Duration.ofDays(400)))
            .withRoots(node.roots());
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());

    assertThatThrownBy(
            () -> ClusterClient.renewExpired(sole.address(), foreign, request, sole.loops))
        .hasMessageContaining("UNAUTHENTICATED")
        .hasMessageContaining("is not of this cluster");
  }

  @Test
  void aManagerAloneRenewsItsOwnExpiredCertificate() throws Exception {
    NodeIdentity was = expired(sole.live.current());
    KeyPair pair = CertificateAuthority.newKeyPair();
    var call =
        new RenewalCall(() -> Optional.of(sole.manager), List::of, sole.client, sole.loops, CLOCK);

    Messages.JoinReply reply = call.renew(was, CertificateAuthority.request(pair));

    var certificate = Pem.certificates(reply.certificate()).getFirst();
    certificate.checkValidity();
    assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
  }

  private NodeIdentity expired(NodeIdentity identity) throws Exception {
    return swarm.node.testing.Certificates.node(
        sole.ca, identity.self(), Instant.now().minus(Duration.ofDays(91)));
  }

  @Test
  void theClustersExpiryIsWhatIsIssued() throws Exception {
    NodeIdentity node = sole.join(Role.WORKER, folder);
    var spec = sole.cluster().spec().deepCopy();
    ((com.fasterxml.jackson.databind.node.ObjectNode) spec)
        .set(
            "CAConfig",
            Wire.JSON.valueToTree(Map.of("NodeCertExpiry", Duration.ofHours(2).toNanos())));
    sole.apply(
        new Command.UpdateCluster(
            sole.cluster().version().index(), spec, null, null, CLOCK.instant()));
    var live = new LiveIdentity(node);
    try (var client = new ClusterClient(live, sole.loops);
        var renewer = renewer(live, client)) {
      renewer.renewNow();
      Await.until("it is renewed", () -> heard.size() == 1);
    }
    assertThat(live.current().certificate().getNotAfter().toInstant())
        .isBetween(CLOCK.instant(), CLOCK.instant().plus(Duration.ofHours(2)));
    // who is removed now may still have one of the longer kind
    assertThat(sole.manager.lastCertificateEnds())
        .isAfter(CLOCK.instant().plus(Duration.ofDays(89)));
  }

  // ---- by itself; the manager is the test's

  @Test
  void aCertificateInItsSecondHalfIsRenewedUnasked() throws Exception {
    NodeIdentity first = sole.join(Role.WORKER, folder);
    KeyPair pair = CertificateAuthority.newKeyPair();
    Instant now = CLOCK.instant();
    var late =
        NodeIdentity.of(
            sole.ca.issue(
                pair.getPublic(),
                first.self(),
                now.minus(Duration.ofDays(80)),
                Duration.ofDays(90)),
            pair.getPrivate(),
            sole.ca.certificate());
    var live = new LiveIdentity(late);
    try (var client = new ClusterClient(live, sole.loops);
        var renewer = renewer(live, client)) {
      Await.until("it is renewed", () -> heard.size() == 1);
      assertThat(renewer).isNotNull();
    }
  }

  @Test
  void whatFailsIsTriedAgainAndNothingHalfIsUsed() throws Exception {
    NodeIdentity first = sole.join(Role.WORKER, folder);
    var live = new LiveIdentity(first);
    var attempts = new AtomicInteger();
    KeyPair foreign = CertificateAuthority.newKeyPair();
    try (var renewer =
        new Renewer(
            live,
            (now, request) ->
                switch (attempts.incrementAndGet()) {
                  case 1 -> throw new IOException("nobody is there");
                  case 2 -> // for a key that is not this node's
                      new Messages.JoinReply(
                          Pem.write(
                              sole.ca.issue(foreign.getPublic(), now.self(), CLOCK.instant())),
                          Pem.write(now.roots()),
                          List.of(),
                          null);
                  default ->
                      new Messages.JoinReply(
                          Pem.write(sole.ca.issue(request, now.self(), CLOCK.instant())),
                          Pem.write(now.roots()),
                          List.of(),
                          null);
                },
            (next, _) -> next.save(folder),
            CLOCK)) {
      renewer.start();
      renewer.renewNow();
      Await.until("the third attempt counts", () -> !live.current().equals(first));
    }
    assertThat(attempts).hasValue(3);
    assertThat(NodeIdentity.load(folder)).contains(live.current());
  }
}
