package swarm.network.bridge;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import swarm.network.Inet4Network;
import swarm.network.netlink.Ipv4;

/// Choosing subnets and addresses. Pure.
public final class BridgeAddresses {
  /// The subnets that Docker's users know, in the order in which they are tried.
  private static final List<Inet4Network> CANDIDATES =
      Stream.concat(
              IntStream.rangeClosed(18, 31).mapToObj(i -> "172." + i + ".0.0/16"),
              IntStream.range(0, 16).mapToObj(i -> "192.168." + 16 * i + ".0/20"))
          .map(Inet4Network::parse)
          .toList();

  private BridgeAddresses() {}

  /// The first usual subnet that overlaps none of the host's routes (default routes aside), or
  /// empty where all are taken.
  public static Optional<Inet4Network> chooseSubnet(Collection<Inet4Network> routes) {
    return CANDIDATES.stream()
        .filter(
            candidate ->
                routes.stream()
                    .noneMatch(route -> route.prefixLength() > 0 && route.overlaps(candidate)))
        .findFirst();
  }

  /// The subnet's own gateway: its first host.
  public static Inet4Address gateway(Inet4Network subnet) {
    return subnet.host(1);
  }

  /// A free address of the subnet, or empty where none is left. The search starts behind `last` and
  /// wraps around, so that an address rests as long as possible before it is used again.
  ///
  /// @param used addresses that are taken; the network's own, the gateway's and the broadcast
  ///   address always are
  /// @param last the address given out last, if any
  public static Optional<Inet4Address> allocate(
      Inet4Network subnet, Collection<Inet4Address> used, Optional<Inet4Address> last) {
    Set<Inet4Address> taken = new HashSet<>(used);
    long first = 2;
    long hosts = subnet.size() - 1 - first;
    long start =
        last.filter(subnet::contains)
            .map(address -> offset(subnet, address) - first + 1)
            .filter(offset -> offset >= 0)
            .orElse(0L);
    for (long i = 0; i < hosts; i++) {
      Inet4Address candidate = subnet.host(first + (start + i) % hosts);
      if (!taken.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static long offset(Inet4Network subnet, Inet4Address address) {
    return Integer.toUnsignedLong(Ipv4.toInt(address) - Ipv4.toInt(subnet.address()));
  }
}
