package swarm.node.networks;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import swarm.network.Inet4Network;
import swarm.network.netlink.Ipv4;

/// Which subnets and addresses are free. Pure.
final class AddressPools {
  private static final int SMALLEST = 30;

  private AddressPools() {}

  /// A subnet as the user wrote it; the bits behind its prefix do not count.
  ///
  /// @throws NetworkException in Docker's words
  static Inet4Network subnet(String text) throws NetworkException {
    int slash = text.indexOf('/');
    try {
      if (slash > 0) {
        int prefix = Integer.parseInt(text.substring(slash + 1));
        if (prefix >= 0 && prefix <= 32) {
          var network =
              Inet4Network.around(Inet4Address.ofLiteral(text.substring(0, slash)), prefix);
          if (prefix > SMALLEST) {
            throw NetworkException.bad(
                "invalid subnet " + text + ": /" + SMALLEST + " is the smallest with room");
          }
          requireUsable(text, network);
          return network;
        }
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    throw NetworkException.bad("Invalid subnet " + text + " : invalid CIDR address: " + text);
  }

  /// Addresses that no interface can have (RFC 6890, 2.2.2; RFC 5771), and what each range is for.
  private static final Map<Inet4Network, String> UNUSABLE = unusable();

  private static Map<Inet4Network, String> unusable() {
    var all = new LinkedHashMap<Inet4Network, String>();
    all.put(Inet4Network.parse("0.0.0.0/8"), "this host");
    all.put(Inet4Network.parse("127.0.0.0/8"), "loopback");
    all.put(Inet4Network.parse("224.0.0.0/4"), "multicast");
    all.put(Inet4Network.parse("240.0.0.0/4"), "reserved");
    return Collections.unmodifiableMap(all);
  }

  private static void requireUsable(String text, Inet4Network subnet) throws NetworkException {
    for (Map.Entry<Inet4Network, String> range : UNUSABLE.entrySet()) {
      if (range.getKey().overlaps(subnet)) {
        throw NetworkException.bad(
            "invalid subnet %s: no container can have addresses of %s (%s)"
                .formatted(text, range.getKey(), range.getValue()));
      }
    }
  }

  /// An address as the user wrote it.
  static Inet4Address address(String what, String text) throws NetworkException {
    try {
      return Inet4Address.ofLiteral(text);
    } catch (IllegalArgumentException _) {
      throw NetworkException.bad("invalid " + what + " address '" + text + "'");
    }
  }

  /// @throws NetworkException in Docker's words, where addresses of both are the same
  static void requireApart(Inet4Network wanted, Collection<Inet4Network> others)
      throws NetworkException {
    if (others.stream().anyMatch(wanted::overlaps)) {
      throw NetworkException.forbidden("Pool overlaps with other one on this address space");
    }
  }

  /// The next free address; the search starts behind `last` and wraps around, so that an address
  /// rests as long as possible.
  ///
  /// @param range the part of the subnet that addresses are given of
  /// @param used what is taken, the gateway included
  static Optional<Inet4Address> next(
      Inet4Network subnet,
      Inet4Network range,
      Set<Inet4Address> used,
      Optional<Inet4Address> last) {
    long size = range.size();
    long start =
        last.filter(range::contains)
            .map(a -> Integer.toUnsignedLong(Ipv4.toInt(a) - Ipv4.toInt(range.address())) + 1)
            .orElse(0L);
    // no more are looked at than can be in the way
    for (long i = 0; i < Math.min(size, used.size() + 3L); i++) {
      Inet4Address candidate = range.host((start + i) % size);
      if (!used.contains(candidate) && isHost(subnet, candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /// Whether it is neither the subnet's own address nor the broadcast's, and inside.
  static boolean isHost(Inet4Network subnet, Inet4Address address) {
    return subnet.contains(address)
        && !address.equals(subnet.address())
        && !address.equals(subnet.host(subnet.size() - 1));
  }
}
