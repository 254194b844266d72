package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import swarm.network.Cable;
import swarm.network.HostNetwork;
import swarm.network.Mended;
import swarm.network.PortBinding;
import swarm.network.bridge.Look;
import swarm.network.ingress.IngressMesh;
import swarm.network.nft.Table;
import swarm.node.networks.ContainerDns;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Gateways;
import swarm.node.networks.Joined;
import swarm.node.networks.Predefined;
import swarm.node.overlay.ClusterNetworks;
import swarm.runtime.container.ContainerConfig;

/// Compares what a running container has of the networks with what it should have, and makes good
/// what differs. What the container itself does within its namespace (take an interface down,
/// change its addresses) is left to it.
final class ContainerMender {
  private final HostNetwork host;
  private final ContainerCables cables;
  private final ClusterNetworks cluster;
  private final ContainerDns dns;

  ContainerMender(
      HostNetwork host, ContainerCables cables, ClusterNetworks cluster, ContainerDns dns) {
    this.host = host;
    this.cables = cables;
    this.cluster = cluster;
    this.dns = dns;
  }

  /// Whether all of its cables are as they should be.
  boolean isPluggedIn(
      String containerId, ContainerEndpoint endpoint, ContainerConfig config, Look look) {
    return endpoint.networks().stream()
            .allMatch(joined -> flaw(cables.cable(containerId, joined), look).isEmpty())
        && (ingress(config).isEmpty()
            || flaw(Optional.of(host.ingressCable(containerId)), look).isEmpty());
  }

  private static Optional<Mended> flaw(Optional<Cable> cable, Look look) {
    return cable.flatMap(one -> look.flaw(Look.Wanted.port(one.link(), one.bridge())));
  }

  private static String ingress(ContainerConfig config) {
    return config.attributes().getOrDefault(Attributes.INGRESS, "");
  }

  /// Makes good what differs. Nobody else changes the container meanwhile.
  ///
  /// @param inside whether to look into its namespace
  /// @return what was not as it should be
  List<Mended> mend(
      String containerId, ContainerEndpoint endpoint, ContainerConfig config, boolean inside)
      throws IOException {
    Look look = host.look();
    Path netns = Path.of(endpoint.netns());
    var mended = new ArrayList<Mended>();
    boolean wayOut =
        endpoint.onCluster()
            && EndpointSettings.read(config.attributes()).stream()
                .noneMatch(one -> Predefined.isBridge(one.network()));
    for (Joined joined : endpoint.networks()) {
      Optional<Mended> flaw = flaw(cables.cable(containerId, joined), look);
      if (flaw.isPresent()) {
        cables.again(containerId, netns, joined, wayOut);
        mended.add(flaw.get());
      }
    }
    if (!mended.isEmpty()) {
      lead(containerId, netns, endpoint);
    }
    if (inside) {
      publish(containerId, endpoint).ifPresent(mended::add);
    }
    Set<Table> tables = inside ? tables(netns, endpoint, config) : Set.of();
    mendMesh(containerId, netns, config, look, inside, tables).ifPresent(mended::add);
    if (inside && endpoint.needsDns() && dns.mend(containerId, tables)) {
      mended.add(new Mended("name service of container " + containerId, "had lost its rules"));
    }
    if (inside && cluster.mendVirtual(containerId)) {
      mended.add(
          new Mended("virtual addresses of container " + containerId, "had lost their rules"));
    }
    return mended;
  }

  private static Set<Table> tables(Path netns, ContainerEndpoint endpoint, ContainerConfig config)
      throws IOException {
    return endpoint.needsDns() || !ingress(config).isEmpty() ? HostNetwork.tables(netns) : Set.of();
  }

  /// The default route went with the interface that it led through, as did what the bridge knew of
  /// the port.
  private void lead(String containerId, Path netns, ContainerEndpoint endpoint) throws IOException {
    Optional<Joined> way = Gateways.choose(endpoint.networks());
    if (way.isEmpty()) {
      return;
    }
    Joined gateway = way.get();
    host.networks()
        .route(netns, Inet4Address.ofLiteral(gateway.gateway()), gateway.interfaceName());
    Optional<Cable> cable = cables.cable(containerId, gateway);
    if (!endpoint.ports().isEmpty() && cable.isPresent()) {
      host.hairpin(cable.get());
    }
  }

  /// The kernel is the only record of what is published, but for what the container was given.
  private Optional<Mended> publish(String containerId, ContainerEndpoint endpoint)
      throws IOException {
    Optional<Joined> way = Gateways.choose(endpoint.networks());
    List<PortBinding> bindings = endpoint.ports().stream().map(PortPlan::binding).toList();
    if (way.isEmpty() || host.published(containerId).containsAll(bindings)) {
      return Optional.empty();
    }
    Joined gateway = way.get();
    if (gateway.isBridge()) {
      host.publish(containerId, bindings);
    } else {
      host.publish(
          containerId, gateway.networkId(), Inet4Address.ofLiteral(gateway.address()), bindings);
    }
    return Optional.of(new Mended("published ports of container " + containerId, "were gone"));
  }

  private Optional<Mended> mendMesh(
      String containerId,
      Path netns,
      ContainerConfig config,
      Look look,
      boolean inside,
      Set<Table> tables)
      throws IOException {
    String address = ingress(config);
    if (address.isEmpty()) {
      return Optional.empty();
    }
    Optional<Mended> flaw = flaw(Optional.of(host.ingressCable(containerId)), look);
    if (flaw.isEmpty() && inside && !IngressMesh.isWhole(tables)) {
      flaw = Optional.of(new Mended("mesh rules of container " + containerId, "were not complete"));
    }
    if (flaw.isPresent()) {
      host.attachIngress(containerId, netns, Inet4Address.ofLiteral(address));
    }
    return flaw;
  }
}
