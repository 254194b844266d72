package swarm.node.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Roots as operators bring them, also such as this Java would not make.
///
/// @param signature the algorithm with which it signs itself
/// @param usage bits of its key usage; 0 for none
public record Roots(KeyPair key, String signature, int usage, Instant from, Instant until) {
  private static final Provider EVERYTHING = new BouncyCastleProvider();

  /// Good for ten years and for signing, from an hour before.
  public static Roots of(KeyPair key, String signature, Instant now) {
    return new Roots(
        key,
        signature,
        KeyUsage.keyCertSign,
        now.minus(Duration.ofHours(1)),
        now.plus(Duration.ofDays(3650)));
  }

  public Roots withUsage(int bits) {
    return new Roots(key, signature, bits, from, until);
  }

  public Roots within(Instant begin, Instant end) {
    return new Roots(key, signature, usage, begin, end);
  }

  public static KeyPair rsa(int bits) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  public static KeyPair ec(String curve) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC", EVERYTHING);
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  public static KeyPair ed25519() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  public X509Certificate certificate() throws GeneralSecurityException, IOException {
    var name = new X500Principal("CN=acme root");
    var builder =
        new JcaX509v3CertificateBuilder(
            name, BigInteger.valueOf(7), Date.from(from), Date.from(until), name, key.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    if (usage != 0) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    }
    try {
      var signer =
          new JcaContentSignerBuilder(signature).setProvider(EVERYTHING).build(key.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
