package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Certificates;

/// When certificates are renewed, and how who lost one by being away shows that it had it.
class RenewalTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final CertificateAuthority ca = CertificateAuthority.create(NOW);
  private final Peer self = new Peer("n1", "c1", Role.WORKER);

  private X509Certificate valid(Duration expiry) throws IOException {
    KeyPair pair = CertificateAuthority.newKeyPair();
    return ca.issue(pair.getPublic(), self, NOW, expiry);
  }

  // ---- when

  @ParameterizedTest
  @CsvSource({
    "PT1H,      0,   PT30M",
    "PT1H,      1,   PT48M",
    "PT2160H,   0,   PT1080H",
    "PT2160H,   0.5, PT1404H",
    "PT2160H,   1,   PT1728H",
    "PT10M,     0,   PT0S" // less than the hour before: from when it was valid
  })
  void aCertificateIsRenewedInItsSecondHalf(Duration expiry, double dice, Duration after)
      throws IOException {
    Instant due = RenewalSchedule.due(valid(expiry), dice);

    if (after.isZero()) {
      assertThat(due).isBetween(NOW.minus(Duration.ofHours(1)), NOW.plus(expiry));
    } else {
      assertThat(due).isEqualTo(NOW.plus(after));
    }
  }

  /// An external authority chooses how long a certificate is good.
  @ParameterizedTest
  @CsvSource({"PT1S, PT5S", "PT10M, PT5S", "PT1H, PT30M"})
  void noAuthorityIsAskedAgainAtOnce(Duration expiry, Duration after) throws IOException {
    assertThat(RenewalSchedule.due(valid(expiry), 0, NOW)).isEqualTo(NOW.plus(after));
  }

  @ParameterizedTest
  @CsvSource({"1,0,PT1S", "1,1,PT1.5S", "2,0,PT2S", "9,0,PT4M16S", "10,0,PT5M", "1000000,0,PT5M"})
  void pausesGrowToABound(int failures, double dice, Duration pause) {
    assertThat(RenewalSchedule.pause(failures, dice)).isEqualTo(pause);
  }

  @Test
  void noCertificateOutlivesItsAuthority() throws IOException {
    assertThat(valid(Duration.ofDays(365 * 30)).getNotAfter())
        .isEqualTo(ca.certificate().getNotAfter());
  }

  // ---- who was away

  private final KeyPair fresh = CertificateAuthority.newKeyPair();
  private final byte[] request = CertificateAuthority.request(fresh);
  private final byte[] challenge = {1, 2, 3};

  private NodeIdentity expired() throws IOException {
    return Certificates.node(ca, self, NOW.minus(Duration.ofDays(400)));
  }

  @Test
  void whoHadTheCertificateIsKnownByItsKey() throws IOException {
    NodeIdentity was = expired();
    byte[] proof = RenewalProof.sign(was.key(), request, challenge);

    assertThat(RenewalProof.verify(was.chain(), was.roots(), request, challenge, proof))
        .isEqualTo(self);
  }

  @Test
  void aProofIsForOneKeyAndOneChallenge() throws IOException {
    NodeIdentity was = expired();
    byte[] proof = RenewalProof.sign(was.key(), request, challenge);
    byte[] other = CertificateAuthority.request(CertificateAuthority.newKeyPair());

    refused(was, other, challenge, proof);
    refused(was, request, new byte[] {1, 2, 4}, proof);
    refused(was, request, new byte[] {1, 2}, proof);
    refused(was, request, challenge, new byte[0]);
    refused(was, request, challenge, RenewalProof.sign(fresh.getPrivate(), request, challenge));
  }

  @Test
  void aCertificateOfAnotherClusterProvesNothing() throws IOException {
    var other = CertificateAuthority.create(NOW);
    NodeIdentity was = expired();
    byte[] proof = RenewalProof.sign(was.key(), request, challenge);

    assertThatThrownBy(
            () ->
                RenewalProof.verify(
                    was.chain(), List.of(other.certificate()), request, challenge, proof))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not of this cluster");
  }

  private static void refused(NodeIdentity was, byte[] request, byte[] challenge, byte[] proof) {
    assertThatThrownBy(
            () -> RenewalProof.verify(was.chain(), was.roots(), request, challenge, proof))
        .isInstanceOf(IOException.class);
  }

  @Test
  void challengesAreGoodForAMinuteWhereTheyWereGiven() {
    var first = new Challenges(at(NOW));
    byte[] given = first.next();

    assertThat(first.fresh(given)).isTrue();
    assertThat(first.next()).isNotEqualTo(given);
    assertThat(new Challenges(at(NOW)).fresh(given)).isFalse();
    given[0]++;
    assertThat(first.fresh(given)).isFalse();
    assertThat(first.fresh(new byte[0])).isFalse();
  }

  @Test
  void anOldChallengeIsRefused() {
    var clock = new java.util.concurrent.atomic.AtomicReference<>(NOW);
    var challenges =
        new Challenges(
            new Clock() {
              @Override
              public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(java.time.ZoneId zone) {
                return this;
              }

              @Override
              public Instant instant() {
                return clock.get();
              }
            });
    byte[] given = challenges.next();
    clock.set(NOW.plus(Challenges.FRESH));
    assertThat(challenges.fresh(given)).isTrue();
    clock.set(NOW.plus(Challenges.FRESH).plusMillis(1));
    assertThat(challenges.fresh(given)).isFalse();
    clock.set(NOW.minusMillis(1));
    assertThat(challenges.fresh(given)).isFalse();
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
