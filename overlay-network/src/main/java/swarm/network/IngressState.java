package swarm.network;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

/// The routing mesh as it should be on one host: everything that the host needs to know of the
/// others. The order of lists does not matter to the mesh, but equal lists in equal order are
/// recognised as "nothing changed" without any work.
///
/// @param vni the VXLAN network identifier, 1 to 16777215
/// @param subnet where the hosts' ingress addresses and the tasks' lie; /8 to /29
/// @param selfIngressAddress this host's address in it
/// @param selfUnderlay this host's address towards the other hosts (the data path)
/// @param vxlanPort the UDP port, mostly 4789
/// @param peers the other hosts; this one may be among them
/// @param endpoints the tasks' addresses on other hosts; those on this one may be among them
/// @param ports what is published, on every host alike
/// @param mtu bytes of payload of one frame, from 68 on; 0 for what the data path leaves, which is
///   also the most
public record IngressState(
    int vni,
    Inet4Network subnet,
    Inet4Address selfIngressAddress,
    Inet4Address selfUnderlay,
    int vxlanPort,
    List<Peer> peers,
    List<RemoteEndpoint> endpoints,
    List<PublishedPort> ports,
    int mtu) {
  /// The smallest MTU that IPv4 allows.
  private static final int LEAST_MTU = 68;

  /// One with what the data path leaves.
  public IngressState(
      int vni,
      Inet4Network subnet,
      Inet4Address selfIngressAddress,
      Inet4Address selfUnderlay,
      int vxlanPort,
      List<Peer> peers,
      List<RemoteEndpoint> endpoints,
      List<PublishedPort> ports) {
    this(vni, subnet, selfIngressAddress, selfUnderlay, vxlanPort, peers, endpoints, ports, 0);
  }

  /// @throws IllegalArgumentException where a number is out of range or an address is outside
  public IngressState {
    peers = List.copyOf(peers);
    endpoints = List.copyOf(endpoints);
    ports = List.copyOf(ports);
    if (vni < 1 || vni > 0xffffff) {
      throw new IllegalArgumentException("VNI " + vni + " is not 1 to 16777215");
    }
    if (subnet.prefixLength() < 8 || subnet.prefixLength() > 29) {
      throw new IllegalArgumentException("ingress subnet " + subnet + " is not /8 to /29");
    }
    if (!subnet.contains(selfIngressAddress)) {
      throw new IllegalArgumentException(
          "ingress address " + selfIngressAddress.getHostAddress() + " lies outside of " + subnet);
    }
    PortBinding.checkPort("VXLAN", vxlanPort);
    if (mtu != 0 && mtu < LEAST_MTU) {
      throw new IllegalArgumentException("MTU " + mtu + " is below " + LEAST_MTU);
    }
  }

  /// Another host.
  ///
  /// @param underlay where its VXLAN packets go
  /// @param ingressAddress its address in the ingress subnet
  public record Peer(Inet4Address underlay, Inet4Address ingressAddress) {}

  /// A task on another host.
  ///
  /// @param address the task's, in the ingress subnet
  /// @param underlay the host's
  public record RemoteEndpoint(Inet4Address address, Inet4Address underlay) {}

  /// A port that every host answers for.
  ///
  /// @param publishedPort on every host, 1 to 65535
  /// @param targetPort in the tasks, 1 to 65535
  /// @param backends ingress addresses of the healthy tasks, on whichever host; with none the port
  ///   is closed
  /// @param at those addresses of the host at which it answers; empty for all
  /// @param affinity whether all calls of one caller go to the same backend
  public record PublishedPort(
      TransportProtocol protocol,
      int publishedPort,
      int targetPort,
      List<Inet4Address> backends,
      Optional<Inet4Network> at,
      boolean affinity) {
    /// One that answers everywhere, by each backend in turn.
    public PublishedPort(
        TransportProtocol protocol,
        int publishedPort,
        int targetPort,
        List<Inet4Address> backends) {
      this(protocol, publishedPort, targetPort, backends, Optional.empty(), false);
    }

    public PublishedPort {
      PortBinding.checkPort("published", publishedPort);
      PortBinding.checkPort("target", targetPort);
      backends = List.copyOf(backends);
    }
  }
}
