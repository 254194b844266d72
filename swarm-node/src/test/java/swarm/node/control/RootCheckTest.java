package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.identity.Pem;
import swarm.node.testing.Roots;

/// Which roots of an operator's are taken.
class RootCheckTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String LIST = "it must be RSA with at least 2048 bits, or EC on P-256";

  private static KeyPair key(String kind) throws GeneralSecurityException {
    return switch (kind) {
      case "ed25519" -> Roots.ed25519();
      default ->
          kind.startsWith("rsa")
              ? Roots.rsa(Integer.parseInt(kind.substring("rsa".length())))
              : Roots.ec(kind);
    };
  }

  private static X509Certificate taken(Roots root) throws Exception {
    return RootCheck.fresh(Pem.write(root.certificate()), NOW);
  }

  private static void refused(Roots root, String... why) {
    assertThatThrownBy(() -> taken(root))
        .isInstanceOf(RootPlanner.RefusedException.class)
        .hasMessageContainingAll(why);
  }

  @ParameterizedTest
  @CsvSource({
    "rsa2048, SHA256withRSA",
    "rsa2048, SHA512withRSA",
    "rsa3072, SHA384withRSA",
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
    "secp521r1, SHA512withECDSA",
  })
  void whatSwarmkitTakesIsTaken(String kind, String signature) throws Exception {
    var root = Roots.of(key(kind), signature, NOW);
    X509Certificate certificate = taken(root);
    RootCheck.keyFits(certificate, Pem.key(Pem.write(root.key().getPrivate())));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa1024, SHA256withRSA, an RSA key with 1024 bits",
    "rsa2040, SHA256withRSA, an RSA key with 2040 bits",
    "secp224r1, SHA256withECDSA, an EC key on the curve P-224",
    "secp256k1, SHA256withECDSA, an EC key on the curve secp256k1",
    "brainpoolP256r1, SHA256withECDSA, an EC key on the curve brainpoolP256r1",
    "ed25519, Ed25519, of the kind Ed25519",
  })
  void aWeakOrUnusualKeyIsNamed(String kind, String signature, String words) throws Exception {
    refused(Roots.of(key(kind), signature, NOW), "the CA certificate is " + words, LIST);
  }

  @ParameterizedTest
  @CsvSource({
    "rsa2048, SHA1withRSA",
    "rsa2048, MD5withRSA",
    "rsa2048, SHA256withRSAandMGF1",
    "secp256r1, SHA1withECDSA",
    "secp256r1, SHA224withECDSA",
  })
  void aWeakOrUnusualSignatureIsNamed(String kind, String signature) throws Exception {
    refused(
        Roots.of(key(kind), signature, NOW),
        "is signed with " + (signature.endsWith("MGF1") ? "RSASSA-PSS" : signature),
        "SHA-256, SHA-384 or SHA-512");
  }

  @Test
  void itMustBeForSigningOthersWhereItSaysWhatItIsFor() throws Exception {
    var root = Roots.of(key("secp256r1"), "SHA256withECDSA", NOW);
    assertThat(taken(root.withUsage(0))).isNotNull();
    assertThat(taken(root.withUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))).isNotNull();
    refused(root.withUsage(KeyUsage.digitalSignature), "lacks keyCertSign");
    refused(root.withUsage(KeyUsage.cRLSign), "lacks keyCertSign");
  }

  @Test
  void itMustBeValidNowAndForAYear() throws Exception {
    var root = Roots.of(key("secp256r1"), "SHA256withECDSA", NOW);
    Instant later = NOW.plus(Duration.ofDays(3650));
    assertThat(taken(root.within(NOW, later))).isNotNull();
    refused(
        root.within(NOW.plusSeconds(60), later),
        "valid from 2026-06-01T00:01:00Z on",
        "clock says 2026-06-01T00:00:00Z");
    refused(
        root.within(NOW.minus(Duration.ofDays(9)), NOW), "CA certificate expired at 2026-06-01");
    refused(root.within(NOW, NOW.plus(Duration.ofDays(364))), "expires too soon: at 2027-05-31");
  }

  /// It is trusted already; a change under way may have to be taken back to it.
  @Test
  void thePresentRootIsNotJudgedAgain() throws Exception {
    var root = Roots.of(key("rsa1024"), "SHA1withRSA", NOW).withUsage(KeyUsage.cRLSign);
    X509Certificate known = RootCheck.known(Pem.write(root.certificate()), NOW);
    RootCheck.keyFits(known, root.key().getPrivate());
  }

  @Test
  void aKeyThatDoesNotFitSaysWhatItIs() throws Exception {
    KeyPair own = key("secp256r1");
    X509Certificate root = taken(Roots.of(own, "SHA256withECDSA", NOW));
    String certificate = "that of the CA certificate is an EC key on the curve P-256: give the key";
    for (List<String> each :
        List.of(
            List.of("secp384r1", "the CA key is an EC key on the curve P-384, and " + certificate),
            List.of("secp256k1", "is an EC key on the curve secp256k1, and " + certificate),
            List.of("rsa2048", "the CA key is an RSA key with 2048 bits, and " + certificate),
            List.of("ed25519", "the CA key is of the kind Ed25519, and " + certificate),
            List.of("secp256r1", "not the key of the CA certificate: both are an EC key on"))) {
      KeyPair other = key(each.getFirst());
      assertThatThrownBy(() -> RootCheck.keyFits(root, Pem.key(Pem.write(other.getPrivate()))))
          .isInstanceOf(RootPlanner.RefusedException.class)
          .hasMessageContaining(each.getLast());
    }
  }
}
