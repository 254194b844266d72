package swarm.node.membership;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.scheduler.model.Node;

/// What a node says of its certificate. Pure.
final class Described {
  private Described() {}

  static Node.Description with(Node.Description description, NodeIdentity identity) {
    X509Certificate issuer;
    try {
      issuer = identity.issuer();
    } catch (CertificateException e) {
      throw new IllegalStateException("an identity that was checked has no issuer", e);
    }
    var base64 = Base64.getEncoder();
    return description.with(
        new Node.Tls(
            Pem.write(identity.ca()),
            base64.encodeToString(issuer.getSubjectX500Principal().getEncoded()),
            base64.encodeToString(issuer.getPublicKey().getEncoded()),
            identity.certificate().getNotAfter().toInstant()));
  }
}
