package swarm.node.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;

/// Whether a chain of certificates leads to a root that is trusted (RFC 5280 section 6, by the
/// JDK's validator). Revocation is not this one's concern: the cluster's state has it.
final class TrustedPath {
  /// A leaf, a cross-signed root, and two that an external authority may put between them.
  private static final int MAX_LENGTH = 4;

  private TrustedPath() {}

  /// Verifies a peer's chain as of now.
  ///
  /// @param shown the leaf first; what follows may be more than the path needs, in any order of
  ///   trust
  /// @throws CertificateException with a sentence that says what is wrong
  static void verify(X509Certificate[] shown, List<X509Certificate> roots)
      throws CertificateException {
    X509Certificate leaf = shown[0];
    try {
      leaf.checkValidity();
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw new CertificateException(
          "the peer's certificate is valid from "
              + leaf.getNotBefore().toInstant()
              + " to "
              + leaf.getNotAfter().toInstant()
              + ", which is not now by this host's clock",
          e);
    }
    verifyAt(List.of(shown), roots, Instant.now());
  }

  /// Verifies that the chain led to a root at a moment.
  static void verifyAt(List<X509Certificate> shown, List<X509Certificate> roots, Instant at)
      throws CertificateException {
    GeneralSecurityException last = null;
    for (int length = 1; length <= Math.min(shown.size(), MAX_LENGTH); length++) {
      try {
        validate(shown.subList(0, length), roots, at);
        return;
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new CertificateException(
        "the peer's certificate was not issued by this cluster's CA"
            + (last == null ? "" : ": " + last.getMessage()),
        last);
  }

  private static void validate(List<X509Certificate> path, List<X509Certificate> roots, Instant at)
      throws GeneralSecurityException {
    var anchors = new LinkedHashSet<TrustAnchor>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    var parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(new ArrayList<>(path)),
            parameters);
  }
}
