package swarm.network.gossip;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Signs with a key pair made for the life of one daemon (ECDSA, P-256, SHA-256): its public half
/// is announced over a connection that has proven who the node is. Confined to one thread.
public final class NodeKeys implements Signatures {
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";
  private static final int MOST_PARSED = 4_096;

  private final KeyPair pair;
  private final Map<String, PublicKey> parsed =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PublicKey> eldest) {
          return size() > MOST_PARSED;
        }
      };

  public NodeKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /// The public half, for [Member#publicKey].
  public String publicKey() {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  @Override
  public byte[] sign(byte[] statement) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(pair.getPrivate());
      signature.update(statement);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with an own key cannot fail", e);
    }
  }

  @Override
  public boolean verify(Member member, byte[] statement, byte[] signature) {
    try {
      PublicKey key = parsed.get(member.publicKey());
      if (key == null) {
        key =
            KeyFactory.getInstance("EC")
                .generatePublic(
                    new X509EncodedKeySpec(Base64.getDecoder().decode(member.publicKey())));
        parsed.put(member.publicKey(), key);
      }
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(statement);
      return check.verify(signature);
    } catch (SignatureException | IllegalArgumentException _) {
      return false; // bytes that are no signature, text that is no Base64
    } catch (GeneralSecurityException _) {
      return false; // a key that is none
    }
  }
}
