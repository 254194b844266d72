package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Challenges;
import swarm.node.identity.Issuer;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.RenewalProof;
import swarm.node.identity.Role;
import swarm.node.rpc.Messages;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// Gives nodes their certificates, with the role that the state says. Any manager does: the
/// authority is in the state. Thread-safe.
final class Certifier {
  private final Clock clock;
  private final Challenges challenges;

  Certifier(Clock clock) {
    this.clock = clock;
    this.challenges = new Challenges(clock);
  }

  /// What a node with an expired certificate is to sign.
  byte[] challenge() {
    return challenges.next();
  }

  /// A certificate for a request: PEM, with what leads from it to a root.
  ///
  /// @throws StatusException INVALID_ARGUMENT where the request is bad, UNAVAILABLE where it is the
  ///   authority
  String issue(Cluster cluster, byte[] request, Peer subject) throws StatusException {
    try {
      return Pem.write(
          issuer(cluster).issue(request, subject, clock.instant(), cluster.certificateExpiry()));
    } catch (Issuer.UnavailableException e) {
      throw Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e).asException();
    } catch (IOException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
    }
  }

  private static Issuer issuer(Cluster cluster) throws IOException {
    Cluster.Rotation rotation = cluster.rotation();
    var authority =
        rotation == null
            ? CertificateAuthority.read(cluster.rootCertificate(), cluster.rootKey())
            : CertificateAuthority.read(rotation.certificate(), rotation.key());
    return (request, subject, now, expiry) -> {
      var chain = new ArrayList<X509Certificate>();
      chain.add(authority.issue(CertificateAuthority.provenKey(request), subject, now, expiry));
      if (rotation != null) {
        chain.addAll(Pem.certificates(rotation.crossSigned()));
      }
      return chain;
    };
  }

  /// Who is to get another certificate, and as what.
  ///
  /// @param state that has everything which was decided before the call
  /// @param caller with the name in the certificate that the caller showed, else without one
  Peer renewed(ClusterState state, Peer caller, Messages.RenewRequest request)
      throws StatusException {
    Cluster cluster = state.cluster();
    if (cluster == null) {
      throw Status.UNAVAILABLE
          .withDescription("this manager is not ready yet; try again")
          .asException();
    }
    Peer who = caller.nodeId().isEmpty() ? proven(cluster, request) : caller;
    Node node = state.nodes().get(who.nodeId());
    if (node == null
        || state.revoked().containsKey(who.nodeId())
        || !who.clusterId().equals(cluster.id())) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "node "
                  + who.nodeId()
                  + " has left this swarm or was removed: 'swarm leave --force' there, and join"
                  + " again")
          .asException();
    }
    return new Peer(node.id(), cluster.id(), node.spec().manager() ? Role.MANAGER : Role.WORKER);
  }

  private Peer proven(Cluster cluster, Messages.RenewRequest request) throws StatusException {
    Messages.Proof proof = request.proof();
    if (proof == null) {
      throw Status.UNAUTHENTICATED
          .withDescription(
              "a renewal needs the certificate that this node has, or a proof that it was this"
                  + " node's")
          .asException();
    }
    if (!challenges.fresh(proof.challenge())) {
      throw Status.UNAUTHENTICATED
          .withDescription(
              "the challenge is not one of this manager's, or older than a minute; ask for another")
          .asException();
    }
    try {
      List<X509Certificate> roots = Pem.certificates(cluster.trustedRoots());
      return RenewalProof.verify(
          Pem.certificates(proof.certificate()),
          roots,
          request.request(),
          proof.challenge(),
          proof.signature());
    } catch (IOException e) {
      throw Status.UNAUTHENTICATED.withDescription(e.getMessage()).asException();
    }
  }
}
