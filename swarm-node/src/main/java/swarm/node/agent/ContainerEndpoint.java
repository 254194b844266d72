package swarm.node.agent;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import swarm.node.networks.Joined;
import swarm.node.networks.Predefined;

/// What a container has of the networks; kept in a file as it is.
///
/// @param address on the bridge of containers that name no network; empty where it is not there
/// @param ports as published
/// @param networks all that it is on, in the order in which it joined
/// @param netns file of its network namespace
/// @param hostname what it calls itself
/// @param dnsServers its own
public record ContainerEndpoint(
    String address,
    int prefix,
    String gateway,
    String mac,
    List<Binding> ports,
    List<Joined> networks,
    String netns,
    String hostname,
    List<String> dnsServers) {
  /// A file may lack what its writer never left out. Those of older versions know no networks but
  /// the bridge.
  public ContainerEndpoint {
    requireNonNull(address, "address is missing");
    requireNonNull(gateway, "gateway is missing");
    requireNonNull(mac, "mac is missing");
    requireNonNull(ports, "ports is missing");
    ports = List.copyOf(ports);
    networks = networks == null ? onBridge(address, prefix, gateway, mac) : List.copyOf(networks);
    netns = netns == null ? "" : netns;
    hostname = hostname == null ? "" : hostname;
    dnsServers = dnsServers == null ? List.of() : List.copyOf(dnsServers);
  }

  /// Of a container that is on the bridge only.
  public ContainerEndpoint(
      String address, int prefix, String gateway, String mac, List<Binding> ports) {
    this(
        address,
        prefix,
        gateway,
        mac,
        ports,
        onBridge(address, prefix, gateway, mac),
        "",
        "",
        List.of());
  }

  private static List<Joined> onBridge(String address, int prefix, String gateway, String mac) {
    return address.isEmpty()
        ? List.of()
        : List.of(
            new Joined(
                Predefined.BRIDGE_ID,
                Predefined.BRIDGE,
                "",
                address,
                prefix,
                gateway,
                mac,
                "eth0",
                List.of(),
                0,
                false));
  }

  /// Of a container that is on none yet.
  static ContainerEndpoint empty(String netns, String hostname, List<String> dnsServers) {
    return new ContainerEndpoint("", 0, "", "", List.of(), List.of(), netns, hostname, dnsServers);
  }

  ContainerEndpoint with(List<Joined> all) {
    Optional<Joined> bridge = all.stream().filter(Joined::isBridge).findFirst();
    return new ContainerEndpoint(
        bridge.map(Joined::address).orElse(""),
        bridge.map(Joined::prefix).orElse(0),
        bridge.map(Joined::gateway).orElse(""),
        bridge.map(Joined::mac).orElse(""),
        ports,
        all,
        netns,
        hostname,
        dnsServers);
  }

  ContainerEndpoint withPorts(List<Binding> all) {
    return new ContainerEndpoint(
        address, prefix, gateway, mac, all, networks, netns, hostname, dnsServers);
  }

  /// What it has on a network.
  public Optional<Joined> on(String networkId) {
    return networks.stream().filter(one -> one.networkId().equals(networkId)).findFirst();
  }

  /// Whether it is on one of the cluster's networks.
  boolean onCluster() {
    return networks.stream().anyMatch(one -> Predefined.isCluster(one.networkId()));
  }

  boolean needsDns() {
    return networks.stream().anyMatch(one -> !one.isBridge());
  }

  /// One published port.
  public record Binding(String protocol, String hostAddress, int hostPort, int containerPort) {}
}
