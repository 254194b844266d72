package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.node.control.FoundingRoot;
import swarm.node.identity.Peer;
import swarm.node.identity.Pem;
import swarm.node.identity.UnlockKey;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.ClusterDefaults;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Version;
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

  /// @param availability the node's; empty for `active`
  static Command.FormCluster command(
      Peer self,
      FoundingRoot root,
      JsonNode userSpec,
      Membership.DataPath dataPath,
      Node.Description description,
      String address,
      Node.Manager manager,
      String availability,
      Ids ids,
      Instant now) {
    var version = new Version(0, now, now);
    JsonNode spec = ClusterDefaults.complete(userSpec);
    boolean lock = spec.path("EncryptionConfig").path("AutoLockManagers").asBoolean();
    Subnet ingress = ingress(dataPath.pools());
    var cluster =
        new Cluster(
            self.clusterId(),
            version,
            spec,
            Pem.write(root.certificate()),
            root.key(),
            new Cluster.Tokens(ids.next(), ids.next(), lock ? UnlockKey.random().text() : null),
            new Ingress(
                ids.next(),
                ingress.address(),
                ingress.prefix(),
                INGRESS_VNI,
                dataPath.port() == 0 ? DATA_PATH_PORT : dataPath.port(),
                now),
            LEASE_SECONDS,
            null,
            0,
            null,
            dataPath.pools());
    Node first = manager(self, description, address, manager.raftId(), manager.address(), now);
    Node node =
        availability.isEmpty()
            ? first
            : first.with(first.version(), first.spec().withAvailability(availability));
    return new Command.FormCluster(cluster, node);
  }

  /// The beginning of the first pool, as large as the usual one where it has room for that.
  private static Subnet ingress(Cluster.@Nullable AddressPools pools) {
    Subnet usual = new Subnet(INGRESS_NETWORK, INGRESS_PREFIX);
    return pools == null
        ? usual
        : pools.subnets().stream()
            .findFirst()
            .flatMap(Subnet::parse)
            .map(pool -> new Subnet(pool.address(), Math.max(pool.prefix(), INGRESS_PREFIX)))
            .orElse(usual);
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
}
