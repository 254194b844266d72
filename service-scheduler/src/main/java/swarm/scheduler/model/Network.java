package swarm.scheduler.model;

import java.util.List;

/// A network that users made for the whole cluster, with what was allocated for it. Addresses are
/// IPv4 as ints.
///
/// @param vni number of its VXLAN
/// @param subnet the first address of its subnet
/// @param prefix length of the subnet's prefix
/// @param gateway an address of the subnet that nobody gets
/// @param rangeFirst the first of those that tasks and services get
/// @param rangeSize how many these are
/// @param reserved addresses of the subnet that nobody gets either
public record Network(
    String id,
    Version version,
    NetworkSpec spec,
    int vni,
    int subnet,
    int prefix,
    int gateway,
    int rangeFirst,
    int rangeSize,
    List<Integer> reserved) {
  /// The network that ids and log know by this name; users see it.
  public String name() {
    return spec.nameOrEmpty();
  }

  /// Its subnet.
  public Subnet range() {
    return new Subnet(subnet, prefix);
  }

  /// Whether somebody may have the address: it is inside, and none of those that nobody gets.
  public boolean gives(int address) {
    int size = 1 << (32 - prefix);
    int offset = address - subnet;
    return offset > 0 && offset < size - 1 && address != gateway && !reserved.contains(address);
  }
}
