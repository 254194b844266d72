package swarm.node.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/// How a node whose certificate expired while it was off shows that it is the one which had it: the
/// old key signs the new request together with a challenge of the manager's. So what was overheard
/// gets nobody a certificate for another key, nor one for the same key at another time.
public final class RenewalProof {
  private static final byte[] PURPOSE =
      "swarm renewal of an expired certificate 1".getBytes(StandardCharsets.US_ASCII);
  private static final String ALGORITHM = "SHA256withECDSA";

  private RenewalProof() {}

  /// Signs a request with the key of the certificate that is over.
  public static byte[] sign(PrivateKey old, byte[] request, byte[] challenge) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(old);
      put(signature, request, challenge);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this node's own key cannot sign", e);
    }
  }

  /// Who asks, where the signature is by the key of a certificate that a root once issued. Whether
  /// that node may still have one, and that the challenge is fresh, is for the caller to know.
  ///
  /// @param chain the expired certificate, then what leads to a root
  /// @throws IOException with a sentence for the node that asks
  public static Peer verify(
      List<X509Certificate> chain,
      List<X509Certificate> roots,
      byte[] request,
      byte[] challenge,
      byte[] proof)
      throws IOException {
    X509Certificate leaf = chain.getFirst();
    try {
      TrustedPath.verifyAt(chain, roots, leaf.getNotAfter().toInstant());
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(leaf.getPublicKey());
      put(signature, request, challenge);
      if (!signature.verify(proof)) {
        throw new IOException("the request is not signed with the expired certificate's key");
      }
    } catch (CertificateException e) {
      throw new IOException("the expired certificate is not of this cluster: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "the expired certificate's signature cannot be read: " + e.getMessage(), e);
    }
    return Peer.of(leaf)
        .orElseThrow(() -> new IOException("the expired certificate names no node"));
  }

  private static void put(Signature signature, byte[] request, byte[] challenge)
      throws GeneralSecurityException {
    signature.update(PURPOSE);
    signature.update((byte) challenge.length);
    signature.update(challenge);
    signature.update(request);
  }
}
