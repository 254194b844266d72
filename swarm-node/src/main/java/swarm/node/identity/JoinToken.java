package swarm.node.identity;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lets a machine join: the digest of the cluster's CA, so that the newcomer knows whom it
/// talks to before it says anything, and a secret. The form is Docker's: `SWMTKN-1-<50
/// characters>-<25 characters>`.
///
/// @param caDigest SHA-256 of the CA's certificate (DER), in base 36
/// @param secret proves that the holder may join, and as what
public record JoinToken(String caDigest, String secret) {
  private static final Pattern FORM = Pattern.compile("SWMTKN-1-([0-9a-z]{50})-([0-9a-z]{25})");

  /// Reads a token; empty where it has not the form of one.
  public static Optional<JoinToken> parse(String text) {
    Matcher m = FORM.matcher(text.trim());
    return m.matches() ? Optional.of(new JoinToken(m.group(1), m.group(2))) : Optional.empty();
  }

  /// The token for a CA and a secret.
  public static JoinToken of(X509Certificate ca, String secret) {
    return new JoinToken(digest(ca), secret);
  }

  /// Whether `candidate` is the CA that this token names.
  public boolean names(X509Certificate candidate) {
    return sameText(caDigest, digest(candidate));
  }

  /// Compares secrets in constant time.
  public static boolean sameText(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(X509Certificate ca) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(ca.getEncoded());
      return RandomIds.pad(new BigInteger(1, hash).toString(36), 50);
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("the digest of a CA's certificate cannot be made", e);
    }
  }

  /// The token as users copy it.
  public String text() {
    return "SWMTKN-1-" + caDigest + "-" + secret;
  }

  /// Never the secret: this may reach a log.
  @Override
  public String toString() {
    return "SWMTKN-1-" + caDigest + "-***";
  }
}
