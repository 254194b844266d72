package swarm.node.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/// TLS of the cluster port, always 1.3 on BoringSSL. A node's host name is never checked: nodes
/// move between addresses, and who they are is in the certificate's subject, which the CA alone
/// writes.
public final class ClusterTls {
  /// Netty passes certificates through a key store. The usual kind takes no chain in which a name
  /// does not follow from the one before it, as with two roots of different names at its end.
  private static final String UNORDERED = "JKS";

  private ClusterTls() {}

  /// For a node's server side. A client without a certificate is let in as far as what a stranger
  /// may call; what that is is the RPC server's to decide. A client with a certificate of another
  /// CA gets no connection.
  public static SslContext server(NodeIdentity identity) throws SSLException {
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(identity.key(), identity.shown()), SslProvider.OPENSSL)
        .keyStoreType(UNORDERED)
        .protocols("TLSv1.3")
        .trustManager(new ClusterTrust(identity))
        .clientAuth(ClientAuth.OPTIONAL)
        .build();
  }

  /// The same with the identity that is current when a client connects.
  public static SslContext server(LiveIdentity identity) throws SSLException {
    return new LiveTls(identity, ClusterTls::server);
  }

  /// For calls to other nodes.
  public static SslContext client(NodeIdentity identity) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .keyManager(identity.key(), identity.shown())
        .keyStoreType(UNORDERED)
        .trustManager(new ClusterTrust(identity))
        .build();
  }

  /// The same with the identity that is current when the connection is made.
  public static SslContext client(LiveIdentity identity) throws SSLException {
    return new LiveTls(identity, ClusterTls::client);
  }

  /// For the first step of a join: no certificate of one's own yet, and the CA known by the token's
  /// digest only.
  public static SslContext joining(JoinToken token) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(new TokenTrust(token))
        .build();
  }

  /// For a node whose own certificate is over: it knows whom it trusts, and shows nothing.
  public static SslContext nameless(NodeIdentity identity) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(new ClusterTrust(identity))
        .build();
  }

  /// Checks that an identity can be used: that its key is its certificate's, and that its own roots
  /// would let it in.
  ///
  /// @throws IOException with what is wrong with it
  public static void check(NodeIdentity identity) throws IOException {
    try {
      TrustedPath.verify(identity.shown(), identity.roots());
      var _ = server(identity);
    } catch (CertificateException | SSLException | IllegalArgumentException e) {
      throw new IOException("this identity cannot be used: " + e.getMessage(), e);
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
      TrustedPath.verify(chain, identity.roots());
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
      return identity.roots().toArray(X509Certificate[]::new);
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
      X509Certificate root =
          Arrays.stream(chain)
              .skip(1) // the token names no node
              .filter(token::names)
              .findFirst()
              .orElseThrow(
                  () ->
                      new CertificateException(
                          "remote CA does not match fingerprint: the token was made for another"
                              + " cluster's CA"));
      TrustedPath.verify(chain, List.of(root));
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
