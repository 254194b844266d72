package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.networks.Joined;
import swarm.node.networks.NetworkRecord;
import swarm.node.networks.Peer;
import swarm.node.networks.Predefined;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Wire;

/// How networks look in the API: bridge, host and none, those that users made on this host and, in
/// a cluster, ingress. Pure.
public final class Networks {
  public static final String BRIDGE_ID = Predefined.BRIDGE_ID;
  public static final String HOST_ID = Predefined.HOST_ID;
  public static final String NONE_ID = Predefined.NONE_ID;

  private Networks() {}

  /// What there is to show.
  ///
  /// @param since when the engine made those that every host has
  /// @param bridge name of the interface
  /// @param peers the containers that run
  /// @param cluster null for a node that is in none
  /// @param overlays those of the cluster that users made, as far as this node knows them
  public record There(
      Instant since,
      String bridge,
      String bridgeSubnet,
      String bridgeGateway,
      List<NetworkRecord> records,
      List<Peer> peers,
      @Nullable Cluster cluster,
      Collection<Network> overlays) {}

  /// All of them.
  public static ArrayNode all(There there) {
    ArrayNode all = Wire.JSON.createArrayNode();
    ObjectNode bridge =
        network("bridge", BRIDGE_ID, "bridge", "local", Optional.of(there.bridgeSubnet()));
    ((ObjectNode) bridge.at("/IPAM/Config/0")).put("Gateway", there.bridgeGateway());
    bridge
        .withObject("/Options")
        .put("com.docker.network.bridge.default_bridge", "true")
        .put("com.docker.network.bridge.enable_icc", "true")
        .put("com.docker.network.bridge.enable_ip_masquerade", "true")
        .put("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0")
        .put("com.docker.network.bridge.name", there.bridge())
        .put("com.docker.network.driver.mtu", "1500");
    all.add(withContainers(bridge, there.peers()));
    all.add(network("host", HOST_ID, "host", "local", Optional.empty()));
    all.add(network("none", NONE_ID, "null", "local", Optional.empty()));
    all.forEach(one -> ((ObjectNode) one).put("Created", there.since().toString()));
    there.records().forEach(record -> all.add(withContainers(of(record), there.peers())));
    Cluster cluster = there.cluster();
    if (cluster != null && cluster.ingress().present()) {
      all.add(ClusterNetworkViews.of(cluster.ingress()));
    }
    for (Network network : there.overlays()) {
      all.add(withContainers(ClusterNetworkViews.of(network), there.peers()));
    }
    return all;
  }

  private static ObjectNode of(NetworkRecord record) {
    ObjectNode node = network(record.name(), record.id(), "bridge", "local", Optional.empty());
    node.put("Created", record.created());
    ObjectNode ipam = node.withObject("/IPAM");
    texts(ipam.putObject("Options"), record.ipamOptions());
    ArrayNode config = ipam.putArray("Config");
    for (NetworkRecord.Pool pool : record.pools()) {
      ObjectNode one = config.addObject().put("Subnet", pool.subnet());
      if (!pool.range().isEmpty()) {
        one.put("IPRange", pool.range());
      }
      if (!pool.gateway().isEmpty()) {
        one.put("Gateway", pool.gateway());
      }
      if (!pool.reserved().isEmpty()) {
        texts(one.putObject("AuxiliaryAddresses"), pool.reserved());
      }
    }
    node.put("Internal", record.internal()).put("Attachable", record.attachable());
    texts(node.putObject("Options"), record.options());
    texts(node.putObject("Labels"), record.labels());
    return node;
  }

  private static void texts(ObjectNode node, Map<String, String> texts) {
    texts.forEach(node::put);
  }

  private static ObjectNode withContainers(ObjectNode network, List<Peer> peers) {
    String id = network.path("Id").asText();
    ObjectNode containers = network.putObject("Containers");
    for (Peer peer : peers) {
      for (Joined on : peer.networks()) {
        if (on.networkId().equals(id)) {
          containers
              .putObject(peer.containerId())
              .put("Name", peer.name())
              .put("EndpointID", on.endpointId())
              .put("MacAddress", on.mac())
              .put("IPv4Address", on.address() + "/" + on.prefix())
              .put("IPv6Address", "");
        }
      }
    }
    return network;
  }

  static ObjectNode network(String name, String id, String driver, String scope) {
    return network(name, id, driver, scope, Optional.empty());
  }

  private static ObjectNode network(
      String name, String id, String driver, String scope, Optional<String> subnet) {
    ObjectNode node = Wire.JSON.createObjectNode();
    node.put("Name", name).put("Id", id).put("Created", "1970-01-01T00:00:00Z");
    node.put("Scope", scope).put("Driver", driver);
    node.put("EnableIPv4", true).put("EnableIPv6", false);
    ObjectNode ipam = node.putObject("IPAM").put("Driver", "default");
    ipam.putNull("Options");
    ArrayNode config = ipam.putArray("Config");
    subnet.ifPresent(s -> config.addObject().put("Subnet", s));
    node.put("Internal", false).put("Attachable", false).put("Ingress", false);
    node.putObject("ConfigFrom").put("Network", "");
    node.put("ConfigOnly", false);
    node.putObject("Containers");
    node.putObject("Options");
    node.putObject("Labels");
    return node;
  }
}
