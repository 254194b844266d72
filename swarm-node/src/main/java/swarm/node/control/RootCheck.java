package swarm.node.control;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.KeyKind;
import swarm.node.identity.Pem;

/// Whether a root that an operator brings is one to build a cluster on, by swarmkit's rules. Asked
/// before anything is proposed: a root that the state has is never looked at again. Pure.
final class RootCheck {
  private static final Duration LEAST_VALIDITY = Duration.ofDays(365);
  private static final int KEY_CERT_SIGN = 5; // RFC 5280, section 4.2.1.3
  private static final Set<String> SIGNATURES =
      Set.of(
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA",
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA");

  private RootCheck() {}

  /// One that is to be the cluster's.
  ///
  /// @throws IOException where it cannot be read
  static X509Certificate fresh(String certificate, Instant now)
      throws RootPlanner.RefusedException, IOException {
    X509Certificate root = known(certificate, now);
    boolean[] usage = root.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw new RootPlanner.RefusedException(
          "the CA certificate is not for signing others: its key usage lacks keyCertSign. Make one"
              + " with it, or without a key usage");
    }
    KeyKind kind = KeyKind.of(root.getPublicKey());
    if (!kind.strong()) {
      throw new RootPlanner.RefusedException(
          "the key of the CA certificate is "
              + kind.words()
              + ", and it must be "
              + KeyKind.ALLOWED
              + ": make a root with such a key");
    }
    if (!SIGNATURES.contains(root.getSigAlgName())) {
      throw new RootPlanner.RefusedException(
          "the CA certificate is signed with "
              + root.getSigAlgName()
              + ", and it must be with SHA-256, SHA-384 or SHA-512 and RSA or ECDSA: have it signed"
              + " anew (openssl req -x509 -sha256 ...)");
    }
    return root;
  }

  /// The cluster's present one, given once more: how strong it is does not matter now, as each node
  /// trusts it.
  static X509Certificate known(String certificate, Instant now)
      throws RootPlanner.RefusedException, IOException {
    List<X509Certificate> all = Pem.certificates(certificate);
    if (all.size() != 1) {
      throw new RootPlanner.RefusedException(
          "the desired CA certificate cannot contain multiple certificates, but has " + all.size());
    }
    X509Certificate root = all.getFirst();
    if (root.getBasicConstraints() < 0) {
      throw new RootPlanner.RefusedException(
          "the desired CA certificate is not that of an authority: it lacks the basic constraint"
              + " CA:TRUE");
    }
    checkTimes(root.getNotBefore().toInstant(), root.getNotAfter().toInstant(), now);
    return root;
  }

  private static void checkTimes(Instant begin, Instant end, Instant now)
      throws RootPlanner.RefusedException {
    if (begin.isAfter(now)) {
      throw new RootPlanner.RefusedException(
          "the CA certificate is valid from "
              + begin
              + " on, and this manager's clock says "
              + now
              + ": wait until then, or set the clock that is wrong");
    }
    if (!end.isAfter(now)) {
      throw new RootPlanner.RefusedException(
          "the CA certificate expired at " + end + ", and this manager's clock says " + now);
    }
    if (end.isBefore(now.plus(LEAST_VALIDITY))) {
      throw new RootPlanner.RefusedException(
          "CA certificate expires too soon: at " + end + ", which is less than a year away");
    }
  }

  /// Whether a key is that of a root.
  static void keyFits(X509Certificate root, PrivateKey key) throws RootPlanner.RefusedException {
    KeyKind own = KeyKind.of(root.getPublicKey());
    KeyKind given = KeyKind.of(key);
    if (!given.equals(own)) {
      throw new RootPlanner.RefusedException(
          "the CA key is "
              + given.words()
              + ", and that of the CA certificate is "
              + own.words()
              + ": give the key that the certificate was made with");
    }
    if (!new CertificateAuthority(root, key).keysMatch()) {
      throw new RootPlanner.RefusedException(
          "the CA key is not the key of the CA certificate: both are "
              + own.words()
              + ", but no pair");
    }
  }
}
