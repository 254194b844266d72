package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/// The cluster itself.
///
/// @param id O of every certificate
/// @param spec the API's `SwarmSpec` as the user gave it, defaults written out
/// @param rootCertificate the CA's certificate, PEM
/// @param rootKey the CA's private key, PKCS#8 PEM; never leaves the managers, encrypted at rest
///   with the log
/// @param tokens the secrets of the join tokens
/// @param ingress the ingress network
/// @param leaseSeconds how long the tasks of a DISCONNECTED node are kept
public record Cluster(
    String id,
    Version version,
    JsonNode spec,
    String rootCertificate,
    String rootKey,
    Tokens tokens,
    Ingress ingress,
    int leaseSeconds) {

  /// Only a digest may be logged; whole tokens are shown to operators on managers.
  public record Tokens(String worker, String manager) {}

  /// @param network the network's first address as an int
  /// @param prefix length of the network's prefix
  /// @param dataPathPort UDP port of VXLAN
  public record Ingress(
      String networkId, int network, int prefix, int vni, int dataPathPort, Instant createdAt) {}

  /// This cluster with another spec and tokens.
  public Cluster with(Version v, JsonNode newSpec, Tokens newTokens) {
    return new Cluster(id, v, newSpec, rootCertificate, rootKey, newTokens, ingress, leaseSeconds);
  }

  /// How many ended tasks of a slot are kept (`Orchestration.TaskHistoryRetentionLimit`).
  public int taskHistoryLimit() {
    return spec.path("Orchestration").path("TaskHistoryRetentionLimit").asInt(5);
  }
}
