package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final CertificateAuthority ca = CertificateAuthority.create(NOW);

  @ParameterizedTest
  @EnumSource
  void theSubjectIsWhatTheAuthorityDecided(Role role) throws Exception {
    var peer = new Peer("node1", "cluster1", role);

    X509Certificate issued =
        ca.issue(CertificateAuthority.request(CertificateAuthority.newKeyPair()), peer, NOW);

    assertThat(issued.getSubjectX500Principal().getName())
        .isEqualTo("CN=node1,OU=" + role.unit() + ",O=cluster1");
    assertThat(issued.getIssuerX500Principal())
        .isEqualTo(ca.certificate().getSubjectX500Principal());
    assertThat(Peer.of(issued)).contains(peer);
    issued.verify(ca.certificate().getPublicKey());
  }

  @Test
  void whatARequestAsksForIsIgnored() throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, "swarm-manager")));
    byte[] greedy =
        new JcaPKCS10CertificationRequestBuilder(
                new X500Principal("CN=admin, OU=swarm-manager, O=other"), pair.getPublic())
            .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded();

    X509Certificate issued = ca.issue(greedy, new Peer("n", "c", Role.WORKER), NOW);

    assertThat(Peer.of(issued)).contains(new Peer("n", "c", Role.WORKER));
    assertThat(issued.getPublicKey()).isEqualTo(pair.getPublic());
    assertThat(issued.getBasicConstraints()).as("no CA").isEqualTo(-1);
    assertThat(issued.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(List.of(2, "swarm-worker"), List.of(2, "n"));
  }

  @Test
  void namesWithCharactersThatMeanSomethingInANameStayOneName() throws Exception {
    var peer = new Peer("n,OU=swarm-manager+O=x", "c\\,\"#;<>= ", Role.WORKER);

    assertThat(Peer.of(ca.issue(CertificateAuthority.newKeyPair().getPublic(), peer, NOW)))
        .contains(peer);
  }

  @Test
  void aNodesCertificateSignsNoCertificates() throws Exception {
    X509Certificate issued =
        ca.issue(
            CertificateAuthority.newKeyPair().getPublic(), new Peer("n", "c", Role.MANAGER), NOW);

    assertThat(issued.getBasicConstraints()).as("no CA").isEqualTo(-1);
    boolean[] usage = issued.getKeyUsage();
    assertThat(usage[0]).as("digitalSignature").isTrue();
    assertThat(usage[5]).as("keyCertSign").isFalse();
    assertThat(issued.getExtendedKeyUsage())
        .as("server and client")
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  }

  @Test
  void theAuthorityItselfSignsCertificatesOnly() throws Exception {
    X509Certificate own = ca.certificate();

    own.verify(own.getPublicKey());
    assertThat(own.getBasicConstraints()).as("a CA, none below it").isZero();
    assertThat(own.getKeyUsage()[5]).as("keyCertSign").isTrue();
    assertThat(own.getKeyUsage()[0]).as("digitalSignature").isFalse();
    assertThat(Peer.of(own)).as("the CA is no node").isEmpty();
  }

  @Test
  void aCertificateIsValidFromALittleBeforeUntilNinetyDaysAfter() throws Exception {
    X509Certificate issued =
        ca.issue(
            CertificateAuthority.newKeyPair().getPublic(), new Peer("n", "c", Role.WORKER), NOW);

    assertThat(issued.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofHours(1)));
    assertThat(issued.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(90)));
    assertThat(ca.certificate().getNotAfter().toInstant())
        .isEqualTo(NOW.plus(Duration.ofDays(20 * 365)));
  }

  @Test
  void serialNumbersDiffer() throws Exception {
    KeyPair pair = CertificateAuthority.newKeyPair();
    var peer = new Peer("n", "c", Role.WORKER);

    assertThat(ca.issue(pair.getPublic(), peer, NOW).getSerialNumber())
        .isPositive()
        .isNotEqualTo(ca.issue(pair.getPublic(), peer, NOW).getSerialNumber());
  }

  @Test
  void aRequestForSomebodyElsesKeyIsRefused() throws Exception {
    KeyPair own = CertificateAuthority.newKeyPair();
    KeyPair others = CertificateAuthority.newKeyPair();
    byte[] stolen =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=x"), others.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate()))
            .getEncoded();

    assertThatThrownBy(() -> ca.issue(stolen, new Peer("n", "c", Role.WORKER), NOW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not signed with its own key");
  }

  @Test
  void hostileRequestsAreRefusedAsUnreadable() {
    byte[] good = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    var random = new Random(1);
    for (int turn = 0; turn < 3_000; turn++) {
      byte[] bad = damaged(good, random);
      try {
        var issued = ca.issue(bad, new Peer("n", "c", Role.WORKER), NOW);
        // damage that the parser reads as the same request
        assertThat(Peer.of(issued)).contains(new Peer("n", "c", Role.WORKER));
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("certification request");
      }
    }
  }

  private static byte[] damaged(byte[] good, Random random) {
    byte[] bad = good.clone();
    switch (random.nextInt(3)) {
      case 0 -> bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
      case 1 -> bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      default -> {
        for (int i = 0; i < 4; i++) {
          bad[random.nextInt(40)] = (byte) random.nextInt();
        }
      }
    }
    return bad;
  }

  @Test
  void anAuthorityIsReadFromItsTexts() throws Exception {
    CertificateAuthority again =
        CertificateAuthority.read(Pem.write(ca.certificate()), Pem.write(ca.key()));

    assertThat(again).isEqualTo(ca);
  }

  @Test
  void anAuthorityIsNotReadFromOtherTexts() {
    String certificate = Pem.write(ca.certificate());
    String key = Pem.write(ca.key());

    assertThatThrownBy(() -> CertificateAuthority.read("", key))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no certificate");
    assertThatThrownBy(() -> CertificateAuthority.read(certificate.substring(0, 200), key))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> CertificateAuthority.read(certificate, "not a key"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no readable private key");
    assertThatThrownBy(() -> CertificateAuthority.read(certificate, certificate))
        .isInstanceOf(IOException.class);
  }

  /// Operators bring their own: as OpenSSL writes them, EC or RSA.
  @Test
  void keysThatOpenSslWroteAreRead() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var rsa = generator.generateKeyPair().getPrivate();
    var traditional = new StringWriter();
    try (var writer = new JcaPEMWriter(traditional)) {
      writer.writeObject(rsa);
    }
    assertThat(traditional.toString()).contains("BEGIN RSA PRIVATE KEY");
    assertThat(Pem.key(traditional.toString())).isEqualTo(rsa);
    assertThat(Pem.key(Pem.write(rsa))).isEqualTo(rsa);

    var ec = (java.security.interfaces.ECPrivateKey) CertificateAuthority.newKeyPair().getPrivate();
    var sec1 = new ECPrivateKey(256, ec.getS(), SECObjectIdentifiers.secp256r1);
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()));
      writer.writeObject(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
    }
    var read = (java.security.interfaces.ECPrivateKey) Pem.key(text.toString());
    assertThat(read.getS()).isEqualTo(ec.getS());
    assertThat(read.getParams().getCurve()).isEqualTo(ec.getParams().getCurve());
  }

  @Test
  void anRsaAuthoritySigns() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var pair = generator.generateKeyPair();
    var rsa = new CertificateAuthority(ca.certificate(), pair.getPrivate());
    var leaf =
        rsa.issue(
            CertificateAuthority.newKeyPair().getPublic(),
            new Peer("n1", "c1", Role.WORKER),
            Instant.now());
    leaf.verify(pair.getPublic());
  }
}
