package swarm.node.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;

/// Identities as a cluster's CA makes them, and certificates that it never would.
public final class Certificates {
  private Certificates() {}

  /// A certificate with a subject of the test's choosing, valid now.
  public static X509Certificate forge(
      String subject, PublicKey subjectKey, String issuer, PrivateKey issuerKey) {
    try {
      Instant now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal(issuer),
              BigInteger.valueOf(7),
              Date.from(now.minus(1, ChronoUnit.HOURS)),
              Date.from(now.plus(1, ChronoUnit.HOURS)),
              new X500Principal(subject),
              subjectKey);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// A self-signed certificate with a subject of the test's choosing.
  public static X509Certificate forge(String subject) {
    KeyPair pair = CertificateAuthority.newKeyPair();
    return forge(subject, pair.getPublic(), subject, pair.getPrivate());
  }

  /// A node of the cluster `c1`, by the CA, from `now`.
  public static NodeIdentity node(CertificateAuthority ca, String id, Role role, Instant now)
      throws IOException {
    return node(ca, new Peer(id, "c1", role), now);
  }

  public static NodeIdentity node(CertificateAuthority ca, Peer self, Instant now)
      throws IOException {
    KeyPair pair = CertificateAuthority.newKeyPair();
    return NodeIdentity.of(
        ca.issue(pair.getPublic(), self, now), pair.getPrivate(), ca.certificate());
  }
}
