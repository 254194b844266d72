package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cluster itself.
///
/// @param id O of every certificate
/// @param spec the API's `SwarmSpec` as the user gave it, defaults written out
/// @param rootCertificate the certificate that all trust and join tokens name, PEM
/// @param rootKey its private key, PEM; empty where only an external authority has it. Never leaves
///   the managers, encrypted at rest with the log
/// @param tokens the secrets of the join tokens
/// @param ingress the ingress network
/// @param leaseSeconds how long the tasks of a DISCONNECTED node are kept, where the spec's label
///   [ReservedLabels#LEASE] does not say so
/// @param rotation the change to another root that is under way; null where there is none
/// @param longestExpiryNanos the longest `NodeCertExpiry` there has been; 0 for the default
/// @param gossipKeys what the nodes seal their gossip with, oldest first; null before there are any
/// @param pools where networks get subnets from that choose none; null for the usual ones
public record Cluster(
    String id,
    Version version,
    JsonNode spec,
    String rootCertificate,
    String rootKey,
    Tokens tokens,
    Ingress ingress,
    int leaseSeconds,
    @Nullable Rotation rotation,
    long longestExpiryNanos,
    @Nullable List<GossipKey> gossipKeys,
    @Nullable AddressPools pools) {

  /// How long a certificate is good for where the spec does not say.
  public static final Duration DEFAULT_EXPIRY = Duration.ofDays(90);

  /// An external authority decides by itself; as long as roots live, to be sure.
  private static final Duration EXTERNAL_EXPIRY = Duration.ofDays(20 * 365);

  /// Docker's bound.
  public static final Duration LEAST_EXPIRY = Duration.ofHours(1);

  /// A cluster whose root is not being changed.
  public Cluster(
      String id,
      Version version,
      JsonNode spec,
      String rootCertificate,
      String rootKey,
      Tokens tokens,
      Ingress ingress,
      int leaseSeconds) {
    this(
        id,
        version,
        spec,
        rootCertificate,
        rootKey,
        tokens,
        ingress,
        leaseSeconds,
        null,
        0,
        null,
        null);
  }

  /// The root that takes the old one's place once every node has a certificate of its.
  ///
  /// @param certificate PEM
  /// @param key its private key, PEM; empty where only an external authority has it
  /// @param crossSigned the new root's key and subject, signed by the old root: who trusts only
  ///   that one accepts what the new one issued. PEM
  public record Rotation(String certificate, String key, String crossSigned) {
    /// Never the key: this may reach a log.
    @Override
    public String toString() {
      return "Rotation[]";
    }
  }

  /// Only a digest may be logged; whole tokens are shown to operators on managers.
  ///
  /// @param unlockKey what managers lock the keys on their disks with; null where they do not
  public record Tokens(String worker, String manager, @Nullable String unlockKey) {
    /// Those of a cluster whose managers are not locked.
    public Tokens(String worker, String manager) {
      this(worker, manager, null);
    }
  }

  /// Where networks get subnets from that choose none.
  ///
  /// @param subnets such as `10.0.0.0/8`
  /// @param subnetSize length of the prefix of what is taken of them
  public record AddressPools(List<String> subnets, int subnetSize) {
    /// Docker's.
    public static final AddressPools USUAL = new AddressPools(List.of("10.0.0.0/8"), 24);
  }

  /// Where networks get subnets from that choose none.
  public AddressPools addressPools() {
    return pools == null ? AddressPools.USUAL : pools;
  }

  /// This cluster with another spec and tokens.
  public Cluster with(Version v, JsonNode newSpec, Tokens newTokens) {
    return new Cluster(
        id,
        v,
        newSpec,
        rootCertificate,
        rootKey,
        newTokens,
        ingress,
        leaseSeconds,
        rotation,
        Math.max(longestExpiryNanos, Math.max(expiryNanos(spec), expiryNanos(newSpec))),
        gossipKeys,
        pools);
  }

  /// This cluster with another root, or on its way to one.
  public Cluster with(Version v, String certificate, String key, @Nullable Rotation next) {
    return new Cluster(
        id,
        v,
        spec,
        certificate,
        key,
        tokens,
        ingress,
        leaseSeconds,
        next,
        longestExpiryNanos,
        gossipKeys,
        pools);
  }

  private static long expiryNanos(JsonNode spec) {
    long asked = spec.path("CAConfig").path("NodeCertExpiry").asLong(0);
    return asked <= 0 ? DEFAULT_EXPIRY.toNanos() : Math.max(asked, LEAST_EXPIRY.toNanos());
  }

  /// How long the certificates that are issued now are good for.
  public Duration certificateExpiry() {
    return Duration.ofNanos(expiryNanos(spec));
  }

  /// How long any certificate that was ever issued may have been good for.
  public Duration longestExpiry() {
    if (rootKey.isEmpty() || !spec.path("CAConfig").path("ExternalCAs").isEmpty()) {
      return EXTERNAL_EXPIRY;
    }
    return Duration.ofNanos(Math.max(longestExpiryNanos, expiryNanos(spec)));
  }

  /// The roots that nodes are to trust now, PEM: the one that join tokens name first.
  public String trustedRoots() {
    return rotation == null ? rootCertificate : rootCertificate + rotation.certificate();
  }

  /// The authority that issues certificates now, PEM.
  public String issuerCertificate() {
    return rotation == null ? rootCertificate : rotation.certificate();
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
        rotation,
        longestExpiryNanos,
        List.copyOf(keys),
        pools);
  }

  /// This cluster with another ingress network; its version stays, as that is no part of its spec.
  public Cluster with(Ingress next) {
    return new Cluster(
        id,
        version,
        spec,
        rootCertificate,
        rootKey,
        tokens,
        next,
        leaseSeconds,
        rotation,
        longestExpiryNanos,
        gossipKeys,
        pools);
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

  /// After how many entries of the log a manager writes a snapshot.
  public long snapshotInterval() {
    long asked = spec.path("Raft").path("SnapshotInterval").asLong(0);
    return asked <= 0 ? ClusterDefaults.SNAPSHOT_INTERVAL : asked;
  }

  /// How many snapshots a manager keeps besides the newest.
  public int keepOldSnapshots() {
    return Math.max(
        0,
        spec.path("Raft")
            .path("KeepOldSnapshots")
            .asInt(Math.toIntExact(ClusterDefaults.KEEP_OLD_SNAPSHOTS)));
  }

  /// How many entries before the newest snapshot a manager keeps for followers that are late.
  public long slowFollowerEntries() {
    long asked = spec.path("Raft").path("LogEntriesForSlowFollowers").asLong(0);
    return asked <= 0 ? ClusterDefaults.SLOW_FOLLOWER_ENTRIES : asked;
  }

  /// How many ended tasks of a slot are kept (`Orchestration.TaskHistoryRetentionLimit`).
  public int taskHistoryLimit() {
    return spec.path("Orchestration")
        .path("TaskHistoryRetentionLimit")
        .asInt(ClusterDefaults.TASK_HISTORY);
  }
}
