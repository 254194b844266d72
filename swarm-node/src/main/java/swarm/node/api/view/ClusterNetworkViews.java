package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;

/// How the cluster's networks look in the API, alone and as a part of tasks. Pure.
public final class ClusterNetworkViews {
  private static final String VXLAN_IDS = "com.docker.network.driver.overlay.vxlanid_list";

  private ClusterNetworkViews() {}

  /// One network, without the containers on it.
  static ObjectNode of(Network network) {
    NetworkSpec spec = network.spec();
    ObjectNode node = Networks.network(network.name(), network.id(), "overlay", "swarm");
    node.put("Created", network.version().createdAt().toString());
    node.withObject("/IPAM").set("Config", config(network));
    node.put("Internal", spec.noWayOut()).put("Attachable", spec.joinable());
    options(node.putObject("Options"), network);
    texts(node.putObject("Labels"), spec.labelsOrEmpty());
    return node;
  }

  /// The ingress network.
  static ObjectNode of(Ingress ingress) {
    ObjectNode node = Networks.network(ingress.name(), ingress.networkId(), "overlay", "swarm");
    node.put("Created", ingress.createdAt().toString()).put("Ingress", true);
    ((ArrayNode) node.at("/IPAM/Config"))
        .addObject()
        .put("Subnet", ingress.range().toString())
        .put("Gateway", Subnet.text(ingress.gatewayAddress()));
    ObjectNode options = node.putObject("Options");
    options.put(VXLAN_IDS, Integer.toString(ingress.vni()));
    if (ingress.made() != null) {
      texts(options, ingress.made().optionsOrEmpty());
      texts(node.putObject("Labels"), ingress.made().labelsOrEmpty());
    }
    return node;
  }

  private static ArrayNode config(Network network) {
    ArrayNode config = Wire.JSON.createArrayNode();
    ObjectNode pool = config.addObject().put("Subnet", network.range().toString());
    network
        .spec()
        .pools()
        .forEach(
            asked -> {
              if (asked.ipRange() != null) {
                pool.put("IPRange", asked.ipRange());
              }
              if (asked.auxiliaryAddresses() != null) {
                texts(pool.putObject("AuxiliaryAddresses"), asked.auxiliaryAddresses());
              }
            });
    pool.put("Gateway", Subnet.text(network.gateway()));
    return config;
  }

  private static void options(ObjectNode node, Network network) {
    node.put(VXLAN_IDS, Integer.toString(network.vni()));
    texts(node, network.spec().optionsOrEmpty());
  }

  private static void texts(ObjectNode node, Map<String, String> texts) {
    texts.forEach(node::put);
  }

  /// Adds who is on the network, on whichever node: `network inspect --verbose`.
  public static void verbose(ObjectNode node, ClusterState state, String networkId) {
    ObjectNode services = node.putObject("Services");
    var nodes = new TreeSet<String>();
    for (String id : state.networks().usersOf(networkId)) {
      state
          .service(id)
          .ifPresent(
              service ->
                  service(
                      services.putObject(service.spec().nameOrEmpty()),
                      state,
                      service,
                      networkId,
                      nodes));
    }
    ArrayNode peers = node.putArray("Peers");
    for (String id : nodes) {
      Node peer = state.nodes().get(id);
      if (peer != null) {
        peers.addObject().put("Name", peer.id()).put("IP", peer.dataPath());
      }
    }
  }

  private static void service(
      ObjectNode view, ClusterState state, Service service, String networkId, Set<String> nodes) {
    view.put("VIP", on(service.virtualIpsOrNone(), networkId));
    ArrayNode ports = view.putArray("Ports");
    service
        .ports()
        .forEach(
            port ->
                ports.add(
                    "Target: %d, Publish: %d".formatted(port.target(), port.publishedOrZero())));
    view.put("LocalLBIndex", 0);
    ArrayNode tasks = view.putArray("Tasks");
    for (Task task : state.tasksOfService(service.id())) {
      Node node = state.nodes().get(task.nodeId());
      String address = on(task.networksOrNone(), networkId);
      if (node == null || address.isEmpty() || task.status().state().terminal()) {
        continue;
      }
      nodes.add(node.id());
      ObjectNode one = tasks.addObject();
      one.put("Name", task.containerName()).put("EndpointID", task.id());
      one.put("EndpointIP", address);
      one.putObject("Info").put("Host IP", node.dataPath());
    }
  }

  private static String on(List<NetworkAddress> addresses, String networkId) {
    return addresses.stream()
        .filter(each -> each.networkId().equals(networkId))
        .map(each -> Subnet.text(each.address()))
        .findFirst()
        .orElse("");
  }

  /// What a task has on the networks that users made (the API's `NetworkAttachment`).
  static List<ObjectNode> attachments(ClusterState state, Task task) {
    var all = new ArrayList<ObjectNode>();
    for (NetworkAddress each : task.networksOrNone()) {
      Network network = state.networks().find(each.networkId());
      if (network != null) {
        ObjectNode attachment = Wire.JSON.createObjectNode();
        attachment.set("Network", asPart(network));
        attachment.putArray("Addresses").add(Subnet.text(each.address()) + "/" + network.prefix());
        all.add(attachment);
      }
    }
    return all;
  }

  private static ObjectNode asPart(Network network) {
    ObjectNode node = SwarmViews.head(network.id(), network.version());
    ObjectNode spec = node.putObject("Spec").put("Name", network.name());
    texts(spec.putObject("Labels"), network.spec().labelsOrEmpty());
    spec.putObject("DriverConfiguration").put("Name", "overlay");
    spec.put("Scope", "swarm");
    if (network.spec().noWayOut()) {
      spec.put("Internal", true);
    }
    if (network.spec().joinable()) {
      spec.put("Attachable", true);
    }
    ObjectNode driver = node.putObject("DriverState").put("Name", "overlay");
    options(driver.putObject("Options"), network);
    ObjectNode ipam = node.putObject("IPAMOptions");
    ipam.putObject("Driver").put("Name", "default");
    ipam.set("Configs", config(network));
    return node;
  }
}
