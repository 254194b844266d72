package swarm.node.identity;

import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// What sort of key a key is, and whether a root may have it: swarmkit's list (`ensureCertKeyMatch`
/// in its `ca/certificates.go`). Both keys of a pair are of the same kind. Pure.
public sealed interface KeyKind {
  /// What a root's key may be, as part of a sentence.
  String ALLOWED = "RSA with at least 2048 bits, or EC on P-256, P-384 or P-521";

  /// Whether a root's key may be of this kind.
  boolean strong();

  /// For users, with its article.
  String words();

  /// @param bits of its modulus
  record Rsa(int bits) implements KeyKind {
    private static final int LEAST_BITS = 2048;

    @Override
    public boolean strong() {
      return bits >= LEAST_BITS;
    }

    @Override
    public String words() {
      return "an RSA key with " + bits + " bits";
    }
  }

  /// @param curve its name: `P-256`, `secp256k1`; its object identifier where it has none
  record Ec(String curve) implements KeyKind {
    private static final Set<String> CURVES = Set.of("P-256", "P-384", "P-521");

    @Override
    public boolean strong() {
      return CURVES.contains(curve);
    }

    @Override
    public String words() {
      return "an EC key on the curve " + curve;
    }
  }

  /// @param algorithm as Java calls it: `Ed25519`, `DSA`
  record Other(String algorithm) implements KeyKind {
    @Override
    public boolean strong() {
      return false;
    }

    @Override
    public String words() {
      return "of the kind " + algorithm;
    }
  }

  /// Also of a curve that this Java does not have: it keeps such a key as it was encoded.
  static KeyKind of(PublicKey key) {
    return of(key, SubjectPublicKeyInfo.getInstance(key.getEncoded()).getAlgorithm());
  }

  /// The same.
  static KeyKind of(PrivateKey key) {
    return of(key, PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKeyAlgorithm());
  }

  private static KeyKind of(Key key, AlgorithmIdentifier algorithm) {
    if (algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return new Ec(curve(algorithm));
    }
    return switch (key) {
      // RSASSA-PSS keys are not for what we sign with
      case RSAKey rsa when key.getAlgorithm().equals("RSA") ->
          new Rsa(rsa.getModulus().bitLength());
      case EdECKey ed -> new Other(ed.getParams().getName());
      default -> new Other(key.getAlgorithm());
    };
  }

  private static String curve(AlgorithmIdentifier algorithm) {
    if (!(algorithm.getParameters() instanceof ASN1ObjectIdentifier id)) {
      return "that its parameters describe";
    }
    String name = NISTNamedCurves.getName(id);
    if (name == null) {
      name = ECNamedCurveTable.getName(id);
    }
    return name == null ? id.getId() : name;
  }
}
