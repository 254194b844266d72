package swarm.node;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import swarm.node.identity.Pem;

/// What the API shows and whom it trusts where it is served over TCP, as dockerd's `--tlsverify`.
///
/// @param authority file with the certificates of who signs clients' certificates, PEM
/// @param certificate file with the server's own, and those between it and a root, PEM
/// @param key file with its private key, PEM
public record ApiTls(Path authority, Path certificate, Path key) {
  /// What a server shows its clients. By Java's own TLS: OpenSSL through Netty closes both ways
  /// when a client closes one.
  ///
  /// @throws IOException with the file that cannot be used
  public SslContext context() throws IOException {
    X509Certificate[] trusted = certificates(authority);
    X509Certificate[] shown = certificates(certificate);
    try {
      return SslContextBuilder.forServer(Pem.key(read(key)), shown)
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .trustManager(trusted)
          .clientAuth(ClientAuth.REQUIRE)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException(
          "the certificate " + certificate + " and the key " + key + " cannot be used: " + e, e);
    } catch (IOException e) {
      throw new IOException(key + ": " + e.getMessage(), e);
    }
  }

  private static X509Certificate[] certificates(Path file) throws IOException {
    String text = read(file);
    try {
      return Pem.certificates(text).toArray(X509Certificate[]::new);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no file");
    }
    return Files.readString(file);
  }
}
