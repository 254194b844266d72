package swarm.node.identity;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Whether a certificate that somebody else made is the one that was asked for. Pure.
public final class ReceivedCertificate {
  private ReceivedCertificate() {}

  /// What is wrong with it, as the end of a sentence; empty where nothing is.
  ///
  /// @param key of the request
  /// @param subject that was asked for
  /// @param root which must have issued it itself
  /// @param now by this host's clock
  public static Optional<String> fault(
      X509Certificate leaf, PublicKey key, Peer subject, X509Certificate root, Instant now) {
    if (!leaf.getPublicKey().equals(key)) {
      return Optional.of("it is for another key than that of the request");
    }
    if (!Peer.of(leaf).map(subject::equals).orElse(false)) {
      return Optional.of(
          "its subject is '%s', not O=%s, OU=%s, CN=%s"
              .formatted(
                  leaf.getSubjectX500Principal().getName(),
                  subject.clusterId(),
                  subject.role().unit(),
                  subject.nodeId()));
    }
    if (leaf.getBasicConstraints() >= 0) {
      return Optional.of("it is an authority's, not a node's");
    }
    Instant from = leaf.getNotBefore().toInstant();
    Instant to = leaf.getNotAfter().toInstant();
    if (now.isBefore(from) || now.isAfter(to)) {
      return Optional.of(
          "it is valid from " + from + " to " + to + ", and this host's clock says " + now);
    }
    try {
      TrustedPath.verifyAt(List.of(leaf), List.of(root), now);
      return Optional.empty();
    } catch (CertificateException _) {
      return Optional.of(
          "its issuer is '%s', which is not the root '%s' itself"
              .formatted(
                  leaf.getIssuerX500Principal().getName(),
                  root.getSubjectX500Principal().getName()));
    }
  }
}
