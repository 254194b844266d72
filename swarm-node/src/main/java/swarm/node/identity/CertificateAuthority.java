package swarm.node.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// The cluster's own certificate authority: ECDSA on P-256 with SHA-256 (RFC 5280 profiles).
/// Immutable.
///
/// @param certificate self-signed, 20 years
/// @param key never leaves the managers
public record CertificateAuthority(X509Certificate certificate, PrivateKey key) {
  /// How long a node's certificate is valid.
  public static final Duration NODE_VALIDITY = Duration.ofDays(90);

  private static final Duration CA_VALIDITY = Duration.ofDays(20 * 365);

  /// Clocks of hosts differ: a certificate is valid from a little before it is made.
  public static final Duration BACKDATED = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  /// A new authority with a new key.
  public static CertificateAuthority create(Instant now) {
    try {
      KeyPair pair = newKeyPair();
      var name = new X500NameBuilder().addRDN(BCStyle.CN, "swarm-ca").build();
      var builder = builder(name, name, pair.getPublic(), now, now.plus(CA_VALIDITY));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return new CertificateAuthority(sign(builder, pair.getPrivate()), pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("this Java cannot make EC certificates", e);
    }
  }

  /// The authority whose PEM texts the cluster's state holds.
  public static CertificateAuthority read(String certificatePem, String keyPem) throws IOException {
    return new CertificateAuthority(Pem.certificates(certificatePem).getFirst(), Pem.key(keyPem));
  }

  /// Another authority's certificate, signed by this one: who trusts only this one accepts with it
  /// what the other issued.
  public X509Certificate crossSign(X509Certificate other, Instant now) throws IOException {
    try {
      Instant end = end(now, Duration.between(now, other.getNotAfter().toInstant()));
      var builder = builder(name(certificate), name(other), other.getPublicKey(), now, end);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return sign(builder, key);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("the new root cannot be signed with the old: " + e.getMessage(), e);
    }
  }

  /// The value of the extension that makes an authority's certificate one (DER).
  public static byte[] constraints() throws IOException {
    return new BasicConstraints(true).getEncoded();
  }

  /// A certification request for this authority's own certificate: for another to cross-sign it.
  public byte[] request() throws IOException {
    try {
      return new JcaPKCS10CertificationRequestBuilder(name(certificate), certificate.getPublicKey())
          .build(new JcaContentSignerBuilder(algorithm(key)).build(key))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IOException("the new root's key cannot sign: " + e.getMessage(), e);
    }
  }

  /// The CN of this authority; empty where it has none.
  public String commonName() {
    var all = name(certificate).getRDNs(BCStyle.CN);
    return all.length == 0 ? "" : IETFUtils.valueToString(all[0].getFirst().getValue());
  }

  /// Whether the key is the certificate's.
  public boolean keysMatch() {
    try {
      var signature = Signature.getInstance(algorithm(key));
      signature.initSign(key);
      signature.update(certificate.getEncoded());
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(certificate.getEncoded());
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // keys of different kinds
    }
  }

  /// Whether an authority signed a certificate itself.
  public static boolean issued(X509Certificate authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static X500Name name(X509Certificate of) {
    return X500Name.getInstance(of.getSubjectX500Principal().getEncoded());
  }

  /// A fresh key pair for a node or an authority.
  public static KeyPair newKeyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no P-256", e);
    }
  }

  /// A certification request (PKCS#10) that proves possession of the pair's private key. Its
  /// subject is ignored by the CA, which writes its own.
  public static byte[] request(KeyPair pair) {
    try {
      var name = new X500NameBuilder().addRDN(BCStyle.CN, "swarm-node").build();
      return new JcaPKCS10CertificationRequestBuilder(name, pair.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("a certification request cannot be made", e);
    }
  }

  /// Signs a request: the subject is what the CA decided, never what was asked for.
  ///
  /// @throws IOException where the request is malformed or does not prove possession of its key
  public X509Certificate issue(byte[] request, Peer subject, Instant now) throws IOException {
    return issue(provenKey(request), subject, now, NODE_VALIDITY);
  }

  /// The request's public key, whose private key its maker holds.
  ///
  /// @throws IOException where the request is malformed or does not prove possession of its key
  public static PublicKey provenKey(byte[] request) throws IOException {
    boolean proven;
    PublicKey publicKey;
    try {
      var parsed = new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(request));
      publicKey = parsed.getPublicKey();
      proven = parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(publicKey));
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) { // the parser throws many kinds at hostile bytes
      throw new IOException("the certification request cannot be read: " + e.getMessage(), e);
    }
    if (!proven) {
      throw new IOException("the certification request is not signed with its own key");
    }
    return publicKey;
  }

  /// Issues a certificate for a key that is known to be the subject's.
  public X509Certificate issue(PublicKey publicKey, Peer subject, Instant now) throws IOException {
    return issue(publicKey, subject, now, NODE_VALIDITY);
  }

  /// The same with a validity of the cluster's choosing; no certificate outlives its authority.
  public X509Certificate issue(PublicKey publicKey, Peer subject, Instant now, Duration validity)
      throws IOException {
    try {
      var name =
          new X500NameBuilder()
              .addRDN(BCStyle.O, subject.clusterId())
              .addRDN(BCStyle.OU, subject.role().unit())
              .addRDN(BCStyle.CN, subject.nodeId())
              .build();
      var builder = builder(name(certificate), name, publicKey, now, end(now, validity));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName[] {
                new GeneralName(GeneralName.dNSName, subject.role().unit()),
                new GeneralName(GeneralName.dNSName, subject.nodeId())
              }));
      return sign(builder, key);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("the certificate cannot be signed: " + e.getMessage(), e);
    }
  }

  private Instant end(Instant now, Duration validity) {
    Instant own = certificate.getNotAfter().toInstant();
    Instant asked = now.plus(validity);
    return asked.isBefore(own) ? asked : own;
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey publicKey, Instant now, Instant end) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, RANDOM),
        Date.from(now.minus(BACKDATED)),
        Date.from(end),
        subject,
        publicKey);
  }

  /// An authority that an operator brought may have an RSA key.
  private static String algorithm(PrivateKey key) {
    return key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm(key)).build(key)));
  }
}
