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
  private final Cfssl external;

  Certifier(Clock clock, Cfssl external) {
    this.clock = clock;
    this.external = external;
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

  /// An external authority of the root that issues now, where one is configured; else this cluster.
  private Issuer issuer(Cluster cluster) throws IOException {
    Cluster.Rotation rotation = cluster.rotation();
    X509Certificate current = Pem.certificates(cluster.rootCertificate()).getFirst();
    X509Certificate root = Pem.certificates(cluster.issuerCertificate()).getFirst();
    String key = rotation == null ? cluster.rootKey() : rotation.key();
    List<String> urls = ExternalUrls.of(cluster.spec().path("CAConfig"), current, root);
    Issuer signer;
    if (!urls.isEmpty()) {
      signer = external.issuer(urls, root);
    } else if (key.isEmpty()) {
      throw new Issuer.UnavailableException(
          "the CA's key is not in this swarm, and no external CA is configured for it: 'swarm"
              + " update --external-ca'");
    } else {
      var authority = new CertificateAuthority(root, Pem.key(key));
      signer =
          (request, subject, now, expiry) ->
              List.of(
                  authority.issue(CertificateAuthority.provenKey(request), subject, now, expiry));
    }
    if (rotation == null) {
      return signer;
    }
    List<X509Certificate> crossSigned = Pem.certificates(rotation.crossSigned());
    return (request, subject, now, expiry) -> {
      var chain = new ArrayList<>(signer.issue(request, subject, now, expiry));
      chain.addAll(crossSigned);
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
    return new Peer(node.id(), cluster.id(), node.holdsManagerRole() ? Role.MANAGER : Role.WORKER);
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
