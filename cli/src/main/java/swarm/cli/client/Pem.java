package swarm.cli.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and keys in PEM files, as `openssl` writes them.
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private Pem() {}

  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    var all = new ArrayList<X509Certificate>();
    Matcher block = BLOCK.matcher(Files.readString(file));
    while (block.find()) {
      if (block.group(1).equals("CERTIFICATE")) {
        all.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(decoded(file, block))));
      }
    }
    if (all.isEmpty()) {
      throw new IOException(file + " has no certificate (BEGIN CERTIFICATE)");
    }
    return all;
  }

  /// PKCS #8 (RFC 5958), or one key of RSA (RFC 8017) or of an elliptic curve (RFC 5915).
  static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher block = BLOCK.matcher(Files.readString(file));
    while (block.find()) {
      byte[] bytes = decoded(file, block);
      switch (block.group(1)) {
        case "PRIVATE KEY" -> {
          return any(bytes);
        }
        case "RSA PRIVATE KEY" -> {
          return any(wrapped(RSA, bytes));
        }
        case "EC PRIVATE KEY" -> {
          return any(wrapped(curve(file, bytes), bytes));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new IOException(file + " is encrypted: write it anew without a passphrase");
        default -> {} // parameters of a curve, a certificate
      }
    }
    throw new IOException(file + " has no private key (BEGIN PRIVATE KEY)");
  }

  private static byte[] decoded(Path file, Matcher block) throws IOException {
    if (block.group(2).contains("ENCRYPTED")) {
      throw new IOException(file + " is encrypted: write it anew without a passphrase");
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(2).getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no PEM file: " + e.getMessage(), e);
    }
  }

  private static PrivateKey any(byte[] pkcs8) throws GeneralSecurityException {
    var spec = new PKCS8EncodedKeySpec(pkcs8);
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException _) {
        // of another kind
      }
    }
    throw new InvalidKeySpecException("a private key that is of RSA, EC or EdDSA is needed");
  }

  /// rsaEncryption, without parameters.
  private static final byte[] RSA = {
    0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0
  };

  /// id-ecPublicKey; the curve follows.
  private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int OBJECT = 0x06;

  /// The tag of a key's curve (RFC 5915: `parameters [0]`).
  private static final int PARAMETERS = 0xa0;

  /// PKCS #8 around a key: version, algorithm, key.
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {0x02, 0x01, 0x00});
    all.writeBytes(der(SEQUENCE, algorithm));
    all.writeBytes(der(OCTETS, key));
    return der(SEQUENCE, all.toByteArray());
  }

  private static byte[] curve(Path file, byte[] key) throws IOException {
    for (int i = 0; i + 3 < key.length; i++) {
      int length = key[i + 3];
      if ((key[i] & 0xff) == PARAMETERS
          && key[i + 2] == OBJECT
          && key[i + 1] == length + 2
          && i + 4 + length <= key.length) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(EC);
        all.write(key, i + 2, length + 2);
        return all.toByteArray();
      }
    }
    throw new IOException(file + " does not name its curve: write the key with openssl pkcs8");
  }

  private static byte[] der(int tag, byte[] content) {
    var all = new ByteArrayOutputStream();
    all.write(tag);
    if (content.length < 0x80) {
      all.write(content.length);
    } else if (content.length < 0x100) {
      all.writeBytes(new byte[] {(byte) 0x81, (byte) content.length});
    } else {
      all.writeBytes(new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length});
    }
    all.writeBytes(content);
    return all.toByteArray();
  }
}
