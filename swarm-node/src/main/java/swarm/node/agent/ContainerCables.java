package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import swarm.network.BridgeEndpoint;
import swarm.network.Cable;
import swarm.network.HostNetwork;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Joined;
import swarm.node.networks.LocalNetworks;
import swarm.node.networks.NetworkException;
import swarm.node.networks.Predefined;
import swarm.node.overlay.Attacher;
import swarm.node.overlay.ClusterNetworks;
import swarm.runtime.container.ContainerConfig;

/// Plugs containers in at networks of each kind: the first bridge, users' of this host, the
/// cluster's. Thread-safe.
final class ContainerCables {
  private final HostNetwork host;
  private final LocalNetworks networks;
  private final ClusterNetworks cluster;
  private final BridgeIpam addresses;
  private final UnaryOperator<String> names;

  /// @param names a container's name for its id
  ContainerCables(
      HostNetwork host,
      LocalNetworks networks,
      ClusterNetworks cluster,
      BridgeIpam addresses,
      UnaryOperator<String> names) {
    this.host = host;
    this.networks = networks;
    this.cluster = cluster;
    this.addresses = addresses;
    this.names = names;
  }

  /// Plugs a container in at one more network.
  ///
  /// @param name of the interface inside
  Joined join(
      String containerId, Path netns, EndpointSettings asked, String name, ContainerConfig config)
      throws NetworkException, IOException {
    return Predefined.isBridge(asked.network())
        ? joinBridge(containerId, netns, asked, name)
        : joinNamed(containerId, netns, asked, name, config);
  }

  /// How it is plugged in; empty where the network is gone.
  Optional<Cable> cable(String containerId, Joined joined) {
    if (joined.isBridge()) {
      return Optional.of(host.bridgeCable(containerId));
    }
    return Predefined.isCluster(joined.networkId())
        ? Optional.of(host.overlays().cable(containerId, joined.networkId()))
        : host.networks().cable(containerId, joined.networkId());
  }

  /// Plugs a container in again as it was.
  ///
  /// @param wayOut whether the first bridge is only its way out of the host
  void again(String containerId, Path netns, Joined joined, boolean wayOut) throws IOException {
    if (joined.isBridge()) {
      var _ =
          host.attachBridge(
              containerId, netns, Inet4Address.ofLiteral(joined.address()), joined.interfaceName());
      if (wayOut) {
        host.partOnBridge(containerId);
      }
    } else if (Predefined.isCluster(joined.networkId())) {
      cluster.again(
          containerId,
          netns,
          joined.networkId(),
          Inet4Address.ofLiteral(joined.address()),
          joined.prefix(),
          joined.interfaceName());
    } else {
      networks.again(containerId, netns, joined);
    }
  }

  /// Tasks name the cluster's networks by id, and have an address there; other containers get one.
  private Joined joinNamed(
      String containerId, Path netns, EndpointSettings asked, String name, ContainerConfig config)
      throws NetworkException, IOException {
    if (config.attributes().containsKey(Attributes.PLACED)
        && Predefined.isCluster(asked.network())) {
      return joinCluster(containerId, netns, asked, name);
    }
    return networks.has(asked.network())
        ? networks.join(containerId, netns, asked, name)
        : attachToCluster(containerId, netns, asked, name);
  }

  private Joined attachToCluster(
      String containerId, Path netns, EndpointSettings asked, String name)
      throws NetworkException, IOException {
    Optional<Inet4Address> address =
        asked.address().isEmpty()
            ? Optional.empty()
            : Optional.of(Inet4Address.ofLiteral(asked.address()));
    ClusterNetworks.Joining joining =
        cluster.attach(
            netns,
            new Attacher.Wish(
                asked.network(), containerId, names.apply(containerId), asked.aliases(), address),
            name);
    ClusterNetworks.Place place = joining.place();
    return new Joined(
        place.networkId(),
        place.network(),
        joining.attached().attachmentId(),
        joining.attached().address().getHostAddress(),
        place.prefix(),
        "",
        place.mac().toString(),
        name,
        asked.aliases(),
        asked.gatewayPriority(),
        place.internal());
  }

  private Joined joinCluster(String containerId, Path netns, EndpointSettings asked, String name)
      throws IOException {
    ClusterNetworks.Place place =
        cluster.join(
            containerId, netns, asked.network(), Inet4Address.ofLiteral(asked.address()), name);
    return new Joined(
        place.networkId(),
        place.network(),
        LocalNetworks.newId(),
        asked.address(),
        place.prefix(),
        "",
        place.mac().toString(),
        name,
        asked.aliases(),
        asked.gatewayPriority(),
        place.internal());
  }

  private Joined joinBridge(String containerId, Path netns, EndpointSettings asked, String name)
      throws IOException {
    Inet4Address address = addresses.reserve(containerId);
    BridgeEndpoint endpoint = host.attachBridge(containerId, netns, address, name);
    return new Joined(
        Predefined.BRIDGE_ID,
        Predefined.BRIDGE,
        LocalNetworks.newId(),
        address.getHostAddress(),
        endpoint.prefixLength(),
        endpoint.gateway().getHostAddress(),
        endpoint.mac().toString(),
        name,
        asked.aliases(),
        asked.gatewayPriority(),
        false);
  }
}
