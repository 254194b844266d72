package swarm.node.rpc;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.Peer;

/// Who of those at the other end of a connection is a member.
///
/// @param revoked whether a node's certificate counts no more
record Members(String clusterId, Predicate<String> revoked) {
  /// The node that the session's certificate names; empty for a stranger.
  Optional<Peer> peer(@Nullable SSLSession session) {
    if (session == null) {
      return Optional.empty();
    }
    try {
      return Peer.of((X509Certificate) session.getPeerCertificates()[0])
          .filter(peer -> peer.clusterId().equals(clusterId));
    } catch (SSLPeerUnverifiedException _) {
      return Optional.empty(); // a client without a certificate: a stranger
    }
  }

  /// Whether the certificate is one that counts.
  boolean current(SSLSession session) {
    return peer(session).filter(peer -> !revoked.test(peer.nodeId())).isPresent();
  }
}
