package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.agent.TaskContainer;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Wire;

/// The networks that there are without anybody having made them: bridge, host, none and, in a
/// cluster, ingress. Pure.
public final class Networks {
  public static final String BRIDGE_ID =
      "6272696467650000000000000000000000000000000000000000000000000000";
  public static final String HOST_ID =
      "686f737400000000000000000000000000000000000000000000000000000000";
  public static final String NONE_ID =
      "6e6f6e6500000000000000000000000000000000000000000000000000000000";

  private Networks() {}

  /// @param bridgeSubnet such as `172.17.0.0/16`
  /// @param cluster null for a node that is in none
  public static ArrayNode all(String bridgeSubnet, @Nullable Cluster cluster) {
    ArrayNode all = Wire.JSON.createArrayNode();
    all.add(network("bridge", BRIDGE_ID, "bridge", "local", Optional.of(bridgeSubnet)));
    all.add(network("host", HOST_ID, "host", "local", Optional.empty()));
    all.add(network("none", NONE_ID, "null", "local", Optional.empty()));
    if (cluster != null) {
      Cluster.Ingress ingress = cluster.ingress();
      ObjectNode node =
          network(
              "ingress",
              ingress.networkId(),
              "overlay",
              "swarm",
              Optional.of(TaskContainer.dotted(ingress.network()) + "/" + ingress.prefix()));
      node.put("Ingress", true);
      node.put("Created", ingress.createdAt().toString());
      ((ObjectNode) node.get("Options"))
          .put("com.docker.network.driver.overlay.vxlanid_list", Integer.toString(ingress.vni()));
      all.add(node);
    }
    return all;
  }

  private static ObjectNode network(
      String name, String id, String driver, String scope, Optional<String> subnet) {
    ObjectNode node = Wire.JSON.createObjectNode();
    node.put("Name", name).put("Id", id).put("Created", "1970-01-01T00:00:00Z");
    node.put("Scope", scope).put("Driver", driver);
    node.put("EnableIPv4", true).put("EnableIPv6", false);
    ObjectNode ipam = node.putObject("IPAM").put("Driver", "default");
    ipam.putObject("Options");
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
