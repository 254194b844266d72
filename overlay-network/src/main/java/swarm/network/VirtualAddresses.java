package swarm.network;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.network.netlink.Ipv4;

/// The virtual addresses that one container sees, in a canonical form.
///
/// @param backends the healthy tasks behind each of them; with none, calls are refused
/// @param endpoints every task's address, healthy or not, on the container's networks: connections
///   to others are cut
/// @param keeping those of the virtual addresses at which all calls of one caller go to the same
///   task
public record VirtualAddresses(
    SortedMap<Inet4Address, List<Inet4Address>> backends,
    SortedSet<Inet4Address> endpoints,
    SortedSet<Inet4Address> keeping) {
  /// None at all.
  public static final VirtualAddresses NONE = new VirtualAddresses(Map.of(), List.of());

  public VirtualAddresses(
      Map<Inet4Address, ? extends Collection<Inet4Address>> backends,
      Collection<Inet4Address> endpoints) {
    this(backends, endpoints, List.of());
  }

  public VirtualAddresses(
      Map<Inet4Address, ? extends Collection<Inet4Address>> backends,
      Collection<Inet4Address> endpoints,
      Collection<Inet4Address> keeping) {
    this(sorted(backends), sorted(endpoints), sorted(keeping));
  }

  private static SortedMap<Inet4Address, List<Inet4Address>> sorted(
      Map<Inet4Address, ? extends Collection<Inet4Address>> backends) {
    var all = new TreeMap<Inet4Address, List<Inet4Address>>(Ipv4.ORDER);
    backends.forEach((vip, behind) -> all.put(vip, List.copyOf(sorted(behind))));
    return Collections.unmodifiableSortedMap(all);
  }

  private static SortedSet<Inet4Address> sorted(Collection<Inet4Address> addresses) {
    var all = new TreeSet<>(Ipv4.ORDER);
    all.addAll(addresses);
    return Collections.unmodifiableSortedSet(all);
  }
}
