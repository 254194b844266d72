package swarm.network.ingress;

import java.net.Inet4Address;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import swarm.network.IngressState;
import swarm.network.TransportProtocol;
import swarm.network.netlink.ConnectionTracking.Tracked;

/// Which tracked connections lead where they should not any more once the state has changed. Pure.
///
/// Connections to a task that is only taken out of balancing go on. Those to a task that is gone
/// are cut, so that callers notice at once. Datagrams have no end, so a flow that keeps coming
/// would never move: it is let go as soon as its backend is out, or as its closed port gets one.
///
/// @param gone addresses of tasks that are no more
/// @param leftUdp addresses that no UDP port leads to any more
/// @param openedUdp UDP ports that had no backend before
record StaleConnections(Set<Inet4Address> gone, Set<Inet4Address> leftUdp, Set<Integer> openedUdp)
    implements Predicate<Tracked> {

  static StaleConnections between(IngressState was, IngressState now) {
    Set<Inet4Address> gone = endpoints(was);
    gone.removeAll(endpoints(now));
    Set<Inet4Address> left = udpBackends(was);
    left.removeAll(udpBackends(now));
    Set<Integer> opened = udpPorts(now);
    opened.removeAll(udpPorts(was));
    return new StaleConnections(gone, left, opened);
  }

  private static Set<Inet4Address> endpoints(IngressState state) {
    var addresses = new HashSet<Inet4Address>();
    state.endpoints().forEach(endpoint -> addresses.add(endpoint.address()));
    return addresses;
  }

  private static Set<Inet4Address> udpBackends(IngressState state) {
    var addresses = new HashSet<Inet4Address>();
    for (IngressState.PublishedPort port : state.ports()) {
      if (port.protocol() == TransportProtocol.UDP) {
        addresses.addAll(port.backends());
      }
    }
    return addresses;
  }

  private static Set<Integer> udpPorts(IngressState state) {
    var ports = new HashSet<Integer>();
    for (IngressState.PublishedPort port : state.ports()) {
      if (port.protocol() == TransportProtocol.UDP && !port.backends().isEmpty()) {
        ports.add(port.publishedPort());
      }
    }
    return ports;
  }

  /// Whether no connection can match, so that they need not be listed.
  boolean isEmpty() {
    return gone.isEmpty() && leftUdp.isEmpty() && openedUdp.isEmpty();
  }

  @Override
  public boolean test(Tracked connection) {
    boolean udp = connection.protocol() == TransportProtocol.UDP.number();
    if (connection.translated()) {
      return gone.contains(connection.server()) || (udp && leftUdp.contains(connection.server()));
    }
    return udp && openedUdp.contains(connection.destinationPort());
  }
}
