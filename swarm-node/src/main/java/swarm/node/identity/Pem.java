package swarm.node.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
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
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

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

  /// Certificates, one after the other.
  public static String write(List<X509Certificate> certificates) {
    var all = new StringBuilder();
    certificates.forEach(each -> all.append(write(each)));
    return all.toString();
  }

  /// A private key, PKCS#8.
  public static String write(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  /// A certification request (PKCS#10, DER).
  public static String request(byte[] request) {
    return block("CERTIFICATE REQUEST", request);
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

  /// The first private key in a text: EC or RSA, PKCS#8 or as OpenSSL writes them.
  ///
  /// @throws IOException where there is none, or it is locked with a passphrase
  public static PrivateKey key(String pem) throws IOException {
    try (var parser = new PEMParser(new StringReader(pem))) {
      for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
        switch (each) {
          case PrivateKeyInfo info -> {
            return key(info);
          }
          case PEMKeyPair pair -> {
            return key(pair.getPrivateKeyInfo());
          }
          case PKCS8EncryptedPrivateKeyInfo _ -> throw locked();
          case PEMEncryptedKeyPair _ -> throw locked();
          default -> {} // a certificate, or the parameters of the key's curve
        }
      }
    } catch (RuntimeException e) { // the parser throws many kinds at bytes that are no key
      throw new IOException("this PEM text holds no readable private key: " + e.getMessage(), e);
    }
    throw new IOException("this PEM text holds no readable private key");
  }

  private static IOException locked() {
    return new IOException("the private key is locked with a passphrase: give it without one");
  }

  private static PrivateKey key(PrivateKeyInfo info) throws IOException {
    var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    String name =
        algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
            ? "EC"
            : algorithm.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : algorithm.getId();
    try {
      return KeyFactory.getInstance(name)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the private key cannot be used: it must be an EC or RSA key (" + e.getMessage() + ")",
          e);
    }
  }

  private static String block(String type, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
