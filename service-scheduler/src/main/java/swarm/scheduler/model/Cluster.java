package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cluster itself.
///
/// @param id O of every certificate
/// @param spec the API's `SwarmSpec` as the user gave it, defaults written out
/// @param rootCertificate the CA's certificate, PEM
/// @param rootKey the CA's private key, PKCS#8 PEM; never leaves the managers, encrypted at rest
///   with the log
/// @param tokens the secrets of the join tokens
/// @param ingress the ingress network
/// @param leaseSeconds how long the tasks of a DISCONNECTED node are kept, where the spec's label
///   [ReservedLabels#LEASE] does not say so
/// @param gossipKeys what the nodes seal their gossip with, oldest first; null before there are any
public record Cluster(
    String id,
    Version version,
    JsonNode spec,
    String rootCertificate,
    String rootKey,
    Tokens tokens,
    Ingress ingress,
    int leaseSeconds,
    @Nullable List<GossipKey> gossipKeys) {

  public Cluster(
      String id,
      Version version,
      JsonNode spec,
      String rootCertificate,
      String rootKey,
      Tokens tokens,
      Ingress ingress,
      int leaseSeconds) {
    this(id, version, spec, rootCertificate, rootKey, tokens, ingress, leaseSeconds, null);
  }

  /// Only a digest may be logged; whole tokens are shown to operators on managers.
  public record Tokens(String worker, String manager) {}

  /// @param network the network's first address as an int
  /// @param prefix length of the network's prefix
  /// @param dataPathPort UDP port of VXLAN
  public record Ingress(
      String networkId, int network, int prefix, int vni, int dataPathPort, Instant createdAt) {}

  /// This cluster with another spec and tokens.
  public Cluster with(Version v, JsonNode newSpec, Tokens newTokens) {
    return new Cluster(
        id, v, newSpec, rootCertificate, rootKey, newTokens, ingress, leaseSeconds, gossipKeys);
  }

  /// This cluster with other keys; its version stays, as nothing that users write has changed.
  public Cluster with(List<GossipKey> keys) {
    return new Cluster(
        id,
        version,
        spec,
        rootCertificate,
        rootKey,
        tokens,
        ingress,
        leaseSeconds,
        List.copyOf(keys));
  }

  /// The keys of gossip, oldest first.
  public List<GossipKey> gossipKeysOrNone() {
    return gossipKeys == null ? List.of() : gossipKeys;
  }

  /// How long the tasks of a node are kept whose host answers while its daemon does not.
  public Duration lease() {
    return ReservedLabels.duration(spec.path("Labels").path(ReservedLabels.LEASE).asText(""))
        .orElse(Duration.ofSeconds(leaseSeconds));
  }

  /// How long a manager hears nothing of the leader before it doubts it; empty for the default.
  public Optional<Duration> electionTimeout() {
    return ReservedLabels.duration(
        spec.path("Labels").path(ReservedLabels.ELECTION_TIMEOUT).asText(""));
  }

  /// How many ended tasks of a slot are kept (`Orchestration.TaskHistoryRetentionLimit`).
  public int taskHistoryLimit() {
    return spec.path("Orchestration").path("TaskHistoryRetentionLimit").asInt(5);
  }
}
