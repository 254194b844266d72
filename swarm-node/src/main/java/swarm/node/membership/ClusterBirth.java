package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import swarm.node.control.FoundingRoot;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.UnlockKey;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.state.Command;

/// The first command of a new cluster. Pure, but for the identifiers.
final class ClusterBirth {
  /// 10.0.0.0/20: Docker's first address, with room for 4,093 hosts and published tasks.
  private static final int INGRESS_NETWORK = 10 << 24;

  private static final int INGRESS_PREFIX = 20;
  private static final int INGRESS_VNI = 4096;
  private static final int DATA_PATH_PORT = 4789;
  private static final int LEASE_SECONDS = 30;

  private ClusterBirth() {}

  static Command.FormCluster command(
      Peer self,
      FoundingRoot root,
      JsonNode userSpec,
      int dataPathPort,
      Node.Description description,
      String address,
      Node.Manager manager,
      Ids ids,
      Instant now) {
    var version = new Version(0, now, now);
    JsonNode spec = spec(userSpec);
    boolean lock = spec.path("EncryptionConfig").path("AutoLockManagers").asBoolean();
    var cluster =
        new Cluster(
            self.clusterId(),
            version,
            spec,
            Pem.write(root.certificate()),
            root.key(),
            new Cluster.Tokens(ids.next(), ids.next(), lock ? UnlockKey.random().text() : null),
            new Cluster.Ingress(
                ids.next(),
                INGRESS_NETWORK,
                INGRESS_PREFIX,
                INGRESS_VNI,
                dataPathPort == 0 ? DATA_PATH_PORT : dataPathPort,
                now),
            LEASE_SECONDS);
    Node node = manager(self, description, address, manager.raftId(), manager.address(), now);
    return new Command.FormCluster(cluster, node);
  }

  /// A node that is a manager of its own.
  static Node manager(
      Peer self,
      Node.Description description,
      String address,
      String raftId,
      String raftAddress,
      Instant now) {
    return new Node(
        self.nodeId(),
        new Version(0, now, now),
        new NodeSpec(null, Map.of(), "manager", "active"),
        description,
        new Node.Status(Node.State.READY, "", address, now),
        new Node.Manager(raftId, raftAddress),
        0);
  }

  /// The `SwarmSpec` with every default written out, as Docker answers it.
  static JsonNode spec(JsonNode user) {
    ObjectNode spec = Wire.JSON.createObjectNode();
    spec.put("Name", "default");
    spec.putObject("Labels");
    spec.putObject("Orchestration").put("TaskHistoryRetentionLimit", 5);
    spec.putObject("Raft")
        .put("SnapshotInterval", 10_000)
        .put("KeepOldSnapshots", 0)
        .put("LogEntriesForSlowFollowers", 500)
        .put("ElectionTick", 10)
        .put("HeartbeatTick", 1);
    spec.putObject("Dispatcher").put("HeartbeatPeriod", 5_000_000_000L);
    spec.putObject("CAConfig").put("NodeCertExpiry", 7_776_000_000_000_000L);
    spec.putObject("TaskDefaults");
    spec.putObject("EncryptionConfig").put("AutoLockManagers", false);
    if (user instanceof ObjectNode given) {
      given
          .properties()
          .forEach(
              field -> {
                if (says(field.getValue())) {
                  merge(spec, field.getKey(), field.getValue());
                }
              });
    }
    return spec;
  }

  private static boolean says(JsonNode value) {
    return !value.isNull()
        && !(value.isObject() && value.isEmpty())
        && !(value.isTextual() && value.textValue().isEmpty());
  }

  private static void merge(ObjectNode spec, String name, JsonNode value) {
    if (value.isObject() && spec.path(name) instanceof ObjectNode known) {
      value.properties().forEach(f -> known.set(f.getKey(), f.getValue()));
    } else {
      spec.set(name, value);
    }
  }
}
