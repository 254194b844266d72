package swarm.node.rpc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;

/// Which of the connections without a certificate stay. A newcomer always gets in, as it may be a
/// member whose handshake is yet to come; where there is no room, the oldest connection of the
/// address that has most goes for it. So whoever holds many only shuts out themselves. Not
/// thread-safe.
///
/// @param <C> a connection
final class StrangerQueue<C> {
  private final int most;
  private final int mostOfOne;
  private final LinkedHashMap<InetAddress, LinkedHashSet<C>> byOrigin = new LinkedHashMap<>();
  private int size;

  /// @param most of all addresses together
  /// @param mostOfOne of one address
  StrangerQueue(int most, int mostOfOne) {
    this.most = most;
    this.mostOfOne = mostOfOne;
  }

  /// Lets a connection in.
  ///
  /// @return the one that must go for it
  Optional<C> enter(InetAddress address, C connection) {
    InetAddress origin = origin(address);
    var own = byOrigin.get(origin);
    Optional<C> leaving = Optional.empty();
    if (own != null && own.size() >= mostOfOne) {
      leaving = Optional.of(own.getFirst());
      leave(origin, own.getFirst());
    } else if (size >= most) {
      leaving = Optional.of(evictFromTheLargest());
    }
    byOrigin.computeIfAbsent(origin, _ -> new LinkedHashSet<>()).add(connection);
    size++;
    return leaving;
  }

  private C evictFromTheLargest() {
    Map.Entry<InetAddress, LinkedHashSet<C>> largest = byOrigin.firstEntry();
    for (var each : byOrigin.entrySet()) {
      if (each.getValue().size() > largest.getValue().size()) {
        largest = each;
      }
    }
    C oldest = largest.getValue().getFirst();
    leave(largest.getKey(), oldest);
    return oldest;
  }

  /// A connection has ended, or its caller has shown a certificate. Nothing where it is not in.
  void leave(InetAddress address, C connection) {
    InetAddress origin = origin(address);
    var own = byOrigin.get(origin);
    if (own != null && own.remove(connection)) {
      size--;
      if (own.isEmpty()) {
        byOrigin.remove(origin);
      }
    }
  }

  int size() {
    return size;
  }

  /// One machine has a whole /64 of IPv6 to itself.
  static InetAddress origin(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, 8, 16, (byte) 0);
    try {
      return Inet6Address.getByAddress(null, bytes, -1);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }
}
