package swarm.node.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// TLS for HTTPS towards servers that are no nodes: this node's certificate is shown, the server's
/// must be of one root and for the host that was called.
public final class HttpsClientTls {
  private HttpsClientTls() {}

  /// @param own empty before this node is in a cluster: then no certificate is shown
  /// @throws IOException where the identity cannot be used
  public static SSLSocketFactory of(Optional<NodeIdentity> own, X509Certificate root)
      throws IOException {
    try {
      char[] none = {};
      KeyStore shown = KeyStore.getInstance(KeyStore.getDefaultType());
      shown.load(null, null);
      if (own.isPresent()) {
        shown.setKeyEntry(
            "node", own.get().key(), none, own.get().chain().toArray(X509Certificate[]::new));
      }
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(shown, none);
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("root", root);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("this node's certificate cannot be used: " + e.getMessage(), e);
    }
  }
}
