package swarm.node.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/// TLS of the cluster port, always 1.3 on BoringSSL. A node's host name is never checked: nodes
/// move between addresses, and who they are is in the certificate's subject, which the CA alone
/// writes.
public final class ClusterTls {
  private ClusterTls() {}

  /// For a node's server side. A client without a certificate is let in as far as the first step of
  /// a join; what it may call there is the RPC server's to decide. A client with a certificate of
  /// another CA gets no connection.
  public static SslContext server(NodeIdentity identity) throws SSLException {
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(identity.key(), identity.certificate(), identity.ca()),
            SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(new ClusterTrust(identity))
        .clientAuth(ClientAuth.OPTIONAL)
        .build();
  }

  /// For calls to other nodes.
  public static SslContext client(NodeIdentity identity) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .keyManager(identity.key(), identity.certificate(), identity.ca())
        .trustManager(new ClusterTrust(identity))
        .build();
  }

  /// For the first step of a join: no certificate of one's own yet, and the CA known by the token's
  /// digest only.
  public static SslContext joining(JoinToken token) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(new TokenTrust(token))
        .build();
  }

  /// Verifies that `leaf` was signed by `ca` and is valid now.
  static void verify(X509Certificate leaf, X509Certificate ca) throws CertificateException {
    try {
      leaf.checkValidity();
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw new CertificateException(
          "the peer's certificate is valid from "
              + leaf.getNotBefore().toInstant()
              + " to "
              + leaf.getNotAfter().toInstant()
              + ", which is not now by this host's clock",
          e);
    }
    try {
      leaf.verify(ca.getPublicKey());
    } catch (java.security.GeneralSecurityException e) {
      throw new CertificateException(
          "the peer's certificate was not issued by this cluster's CA: " + e.getMessage(), e);
    }
  }

  /// Trusts nodes of one cluster: any of them as a client, managers only as servers.
  private static final class ClusterTrust extends Trust {
    private final NodeIdentity identity;

    ClusterTrust(NodeIdentity identity) {
      this.identity = identity;
    }

    @Override
    void check(X509Certificate[] chain, boolean server) throws CertificateException {
      verify(chain[0], identity.ca());
      Peer peer =
          Peer.of(chain[0])
              .filter(p -> p.clusterId().equals(identity.self().clusterId()))
              .orElseThrow(
                  () -> new CertificateException("the peer's certificate is not of this cluster"));
      if (server && peer.role() != Role.MANAGER) {
        throw new CertificateException("node " + peer.nodeId() + " is not a manager");
      }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[] {identity.ca()};
    }
  }

  /// Trusts a manager whose chain ends in the CA that a join token names.
  private static final class TokenTrust extends Trust {
    private final JoinToken token;

    TokenTrust(JoinToken token) {
      this.token = token;
    }

    @Override
    void check(X509Certificate[] chain, boolean server) throws CertificateException {
      X509Certificate root = chain[chain.length - 1];
      if (!token.names(root)) {
        throw new CertificateException(
            "remote CA does not match fingerprint: the token was made for another cluster's CA");
      }
      verify(chain[0], root);
      if (Peer.of(chain[0]).filter(p -> p.role() == Role.MANAGER).isEmpty()) {
        throw new CertificateException("the peer is not a manager");
      }
    }
  }

  /// The same check whichever way the JDK asks for it.
  private abstract static class Trust extends X509ExtendedTrustManager {
    abstract void check(X509Certificate[] chain, boolean server) throws CertificateException;

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, true);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, true);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, false);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, true);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
