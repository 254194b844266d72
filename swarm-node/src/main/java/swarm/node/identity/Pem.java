package swarm.node.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Certificates and keys as PEM text (RFC 7468).
public final class Pem {
  private Pem() {}

  /// One certificate.
  public static String write(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that cannot be encoded", e);
    }
  }

  /// A private key, PKCS#8.
  public static String write(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  /// Every certificate in a text.
  public static List<X509Certificate> certificates(String pem) throws IOException {
    try {
      var all = new ArrayList<X509Certificate>();
      var factory = CertificateFactory.getInstance("X.509");
      for (var one :
          factory.generateCertificates(
              new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
        all.add((X509Certificate) one);
      }
      if (all.isEmpty()) {
        throw new IOException("there is no certificate in this PEM text");
      }
      return all;
    } catch (CertificateException e) {
      throw new IOException("this PEM text holds no readable certificate: " + e.getMessage(), e);
    }
  }

  /// An EC private key that [#write] wrote.
  public static PrivateKey key(String pem) throws IOException {
    String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("this PEM text holds no readable EC key: " + e.getMessage(), e);
    }
  }

  private static String block(String type, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
