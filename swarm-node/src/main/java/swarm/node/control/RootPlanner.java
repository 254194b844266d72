package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.Pem;
import swarm.scheduler.model.Cluster;

/// What an operator's `CAConfig` asks of the cluster's root, by swarmkit's rules: nothing, a key
/// for a root that is there, the end of a change that is under way, or a change to another root,
/// which the old one cross-signs.
///
/// Pure, but for new keys and what the port to external authorities does.
public final class RootPlanner {
  /// External authorities, as far as a plan needs them.
  public interface External {
    /// Whether one of them answers, with a certificate that `root` issued.
    boolean reachable(List<String> urls, X509Certificate root);

    /// Has the authority of `old` cross-sign another root.
    ///
    /// @throws IOException with why it did not
    X509Certificate crossSign(List<String> urls, X509Certificate old, CertificateAuthority fresh)
        throws IOException;
  }

  /// What the cluster's root is to be.
  ///
  /// @param certificate PEM
  /// @param key PEM; empty where only an external authority has it
  public record Change(String certificate, String key, Cluster.@Nullable Rotation rotation) {
    /// Never the key: this may reach a log.
    @Override
    public String toString() {
      return "Change[]";
    }
  }

  /// The operator asks for what cannot be.
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super("rpc error: code = InvalidArgument desc = " + message);
    }
  }

  private final Cluster cluster;
  private final JsonNode config;
  private final Instant now;
  private final External external;

  private RootPlanner(Cluster cluster, JsonNode spec, Instant now, External external) {
    this.cluster = cluster;
    this.config = spec.path("CAConfig");
    this.now = now;
    this.external = external;
  }

  /// Plans.
  ///
  /// @param spec the `SwarmSpec` that was posted
  /// @return empty where the root stays as it is
  public static Optional<Change> plan(
      Cluster cluster, JsonNode spec, Instant now, External external) throws RefusedException {
    try {
      return new RootPlanner(cluster, spec, now, external).plan();
    } catch (IOException e) {
      throw new RefusedException(String.valueOf(e.getMessage()));
    }
  }

  /// The spec as it is kept and shown: without the certificate and the key that were for this one
  /// update. (Whoever reads the spec and posts it again must not ask for the same root without its
  /// key.)
  public static JsonNode kept(JsonNode spec) {
    if (!(spec.path("CAConfig") instanceof ObjectNode)) {
      return spec;
    }
    JsonNode kept = spec.deepCopy();
    if (kept.path("CAConfig") instanceof ObjectNode config) {
      config.remove(List.of("SigningCACert", "SigningCAKey"));
    }
    return kept;
  }

  private Optional<Change> plan() throws RefusedException, IOException {
    String certificate = config.path("SigningCACert").asText("");
    String key = config.path("SigningCAKey").asText("");
    if (certificate.isBlank() && !key.isBlank()) {
      throw new RefusedException(
          "if a signing CA key is provided, the signing CA cert must also be provided");
    }
    X509Certificate root = Pem.certificates(cluster.rootCertificate()).getFirst();
    var _ = urls(root); // what is kept must be readable: each join and renewal reads it
    if (cluster.rootKey().isEmpty()
        && !(sameRoot(certificate, root) && !key.isBlank())
        && unreachable(root)) {
      throw noneReachable("current");
    }
    return certificate.isBlank() ? unnamed(root) : named(root, certificate, key);
  }

  private static boolean sameRoot(String certificate, X509Certificate root) throws IOException {
    return !certificate.isBlank() && Pem.certificates(certificate).getFirst().equals(root);
  }

  /// No certificate was given: a new one is made, if that is asked for.
  private Optional<Change> unnamed(X509Certificate root) throws RefusedException, IOException {
    long asked = config.path("ForceRotate").asLong(0);
    if (asked != cluster.spec().path("CAConfig").path("ForceRotate").asLong(0)) {
      CertificateAuthority fresh = CertificateAuthority.create(now);
      return Optional.of(rotate(root, fresh.certificate(), Pem.write(fresh.key())));
    }
    Cluster.Rotation rotation = cluster.rotation();
    if (rotation != null
        && rotation.key().isEmpty()
        && unreachable(Pem.certificates(rotation.certificate()).getFirst())) {
      throw noneReachable("next");
    }
    return Optional.empty();
  }

  private Optional<Change> named(X509Certificate root, String certificate, String keyText)
      throws RefusedException, IOException {
    X509Certificate wanted =
        sameRoot(certificate, root)
            ? RootCheck.known(certificate, now)
            : RootCheck.fresh(certificate, now);
    String key = keyText.isBlank() ? "" : Pem.write(Pem.key(keyText));
    if (key.isEmpty() && unreachable(wanted)) {
      throw noneReachable("desired");
    }
    if (!key.isEmpty()) {
      RootCheck.keyFits(wanted, Pem.key(key));
    }
    if (wanted.equals(root)) {
      return Optional.of(new Change(cluster.rootCertificate(), key, null));
    }
    if (wanted.getPublicKey().equals(root.getPublicKey())) {
      throw new RefusedException("Cannot update to a cert with an identical key");
    }
    Cluster.Rotation rotation = cluster.rotation();
    if (rotation != null && rotation.certificate().equals(Pem.write(wanted))) {
      return Optional.of(
          new Change(
              cluster.rootCertificate(),
              cluster.rootKey(),
              new Cluster.Rotation(rotation.certificate(), key, rotation.crossSigned())));
    }
    return Optional.of(rotate(root, wanted, key));
  }

  private Change rotate(X509Certificate root, X509Certificate fresh, String key)
      throws RefusedException, IOException {
    X509Certificate crossSigned;
    if (!cluster.rootKey().isEmpty()) {
      crossSigned =
          CertificateAuthority.read(cluster.rootCertificate(), cluster.rootKey())
              .crossSign(fresh, now);
    } else if (key.isEmpty()) {
      throw new RefusedException(
          "rotating from one external CA to a different external CA is not supported");
    } else {
      crossSigned =
          external.crossSign(urls(root), root, new CertificateAuthority(fresh, Pem.key(key)));
    }
    return new Change(
        cluster.rootCertificate(),
        cluster.rootKey(),
        new Cluster.Rotation(Pem.write(fresh), key, Pem.write(crossSigned)));
  }

  private boolean unreachable(X509Certificate root) throws IOException {
    List<String> urls = urls(root);
    return urls.isEmpty() || !external.reachable(urls, root);
  }

  private List<String> urls(X509Certificate root) throws IOException {
    return ExternalUrls.of(config, Pem.certificates(cluster.rootCertificate()).getFirst(), root);
  }

  private static RefusedException noneReachable(String which) {
    return new RefusedException(
        "there must be at least one valid, reachable external CA corresponding to the "
            + which
            + " CA certificate");
  }
}
