package swarm.network.vip;

import java.net.Inet4Address;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import swarm.network.TransportProtocol;
import swarm.network.VirtualAddresses;
import swarm.network.netlink.ConnectionTracking.Tracked;

/// Which of a container's connections through virtual addresses lead where they should not any
/// more. Pure.
///
/// Connections to a task that is only taken out of balancing go on. Those to a task that is gone
/// are cut, so that the caller notices at once. Datagrams have no end, so a flow that keeps coming
/// would never move: it is let go as soon as its task is out.
///
/// @param gone addresses of tasks that are no more
/// @param left addresses that no virtual address leads to any more
record StaleCalls(Set<Inet4Address> gone, Set<Inet4Address> left) implements Predicate<Tracked> {
  static final StaleCalls NONE = new StaleCalls(Set.of(), Set.of());

  static StaleCalls between(VirtualAddresses was, VirtualAddresses now) {
    var gone = new HashSet<Inet4Address>(was.endpoints());
    gone.removeAll(now.endpoints());
    var left = new HashSet<Inet4Address>();
    was.backends().values().forEach(left::addAll);
    now.backends().values().forEach(left::removeAll);
    return new StaleCalls(gone, left);
  }

  /// Whether no connection can match, so that they need not be listed.
  boolean isEmpty() {
    return gone.isEmpty() && left.isEmpty();
  }

  @Override
  public boolean test(Tracked connection) {
    boolean datagrams = connection.protocol() != TransportProtocol.TCP.number();
    return connection.translated()
        && (gone.contains(connection.server())
            || (datagrams && left.contains(connection.server())));
  }
}
