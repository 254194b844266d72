package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Issuer;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.scheduler.model.Cluster;

/// The root that a node begins a cluster under which has no other manager: the cluster's own, or
/// that of an external authority, whose key the cluster never has. Immutable.
///
/// @param key PEM; empty where only an external authority has it
public record FoundingRoot(X509Certificate certificate, String key, Issuer issuer) {
  /// A new root of the cluster's own.
  public static FoundingRoot own(Instant now) {
    return own(CertificateAuthority.create(now));
  }

  /// One whose key is there.
  public static FoundingRoot own(CertificateAuthority authority) {
    return new FoundingRoot(
        authority.certificate(),
        Pem.write(authority.key()),
        (request, subject, now, expiry) ->
            List.of(
                authority.issue(CertificateAuthority.provenKey(request), subject, now, expiry)));
  }

  /// What the spec of a cluster that is to be formed asks for: the root of its `ExternalCAs`, or a
  /// new one where there are none.
  ///
  /// @param spec the `SwarmSpec` that was posted
  public static FoundingRoot asked(JsonNode spec, Instant now) throws RootPlanner.RefusedException {
    Optional<External> external = External.read(spec.path("CAConfig"), now);
    return external.isEmpty() ? own(now) : external.get().founding();
  }

  /// That of a cluster whose state is there and whose nodes are not.
  ///
  /// @throws IOException where nobody is known who could issue a certificate
  public static FoundingRoot of(Cluster cluster) throws IOException {
    if (!cluster.rootKey().isEmpty()) {
      return own(CertificateAuthority.read(cluster.rootCertificate(), cluster.rootKey()));
    }
    X509Certificate root = Pem.certificates(cluster.rootCertificate()).getFirst();
    List<String> urls = ExternalUrls.of(cluster.spec().path("CAConfig"), root, root);
    if (urls.isEmpty()) {
      throw new IOException(
          "the root's key is not in this cluster, and no external CA is configured for it: nobody"
              + " can issue a certificate");
    }
    return new External(root, urls).founding();
  }

  /// The identity of the node that begins the cluster, with a new key. Asks an external authority,
  /// which takes some seconds where that does not answer.
  ///
  /// @throws IOException with its URL and why it did not
  public NodeIdentity identity(Peer self, Instant now) throws IOException {
    KeyPair pair = CertificateAuthority.newKeyPair();
    List<X509Certificate> chain =
        issuer.issue(
            CertificateAuthority.request(pair), self, now, CertificateAuthority.NODE_VALIDITY);
    return NodeIdentity.of(chain, pair.getPrivate(), List.of(certificate));
  }

  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "FoundingRoot[]";
  }

  /// Authorities of one root.
  record External(X509Certificate root, List<String> urls) {
    /// Pure.
    ///
    /// @return empty where the config names none
    static Optional<External> read(JsonNode config, Instant now)
        throws RootPlanner.RefusedException {
      var roots = new LinkedHashSet<X509Certificate>();
      var urls = new ArrayList<String>();
      for (JsonNode each : config.path("ExternalCAs")) {
        String url = each.path("URL").asText("");
        String certificate = each.path("CACert").asText("");
        if (certificate.isBlank()) {
          throw new RootPlanner.RefusedException(
              "the external CA "
                  + url
                  + " needs the certificate of its root: --external-ca protocol=cfssl,url="
                  + url
                  + ",cacert=FILE. Without it an entry means the swarm's own root, and there is"
                  + " none yet");
        }
        roots.add(root(url, certificate, now));
        urls.add(url);
      }
      if (roots.size() > 1) {
        throw new RootPlanner.RefusedException(
            "a swarm begins with one root, and these external CAs are of "
                + roots.size()
                + ": give the same cacert for all");
      }
      return roots.stream().findFirst().map(root -> new External(root, urls));
    }

    private static X509Certificate root(String url, String certificate, Instant now)
        throws RootPlanner.RefusedException {
      try {
        return RootCheck.fresh(certificate, now);
      } catch (IOException e) {
        throw new RootPlanner.RefusedException(
            "the root's certificate for the external CA "
                + url
                + " cannot be read: "
                + e.getMessage());
      }
    }

    private FoundingRoot founding() {
      return new FoundingRoot(root, "", new Cfssl(Optional::empty).issuer(urls, root));
    }
  }
}
