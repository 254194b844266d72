package swarm.network;

import java.net.Inet4Address;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.network.netlink.Ipv4;

/// A network of the whole cluster as it should be on one host.
///
/// @param networkId its full id
/// @param vni the VXLAN network identifier, 1 to 16777215
/// @param selfUnderlay this host's address towards the other hosts (the data path)
/// @param vxlanPort the UDP port, mostly 4789
/// @param mtu bytes of payload of one frame; 0 for what the data path leaves
/// @param where the host (its underlay address) of each address of the network; those on this host
///   may be among them
public record OverlayState(
    String networkId,
    int vni,
    Inet4Address selfUnderlay,
    int vxlanPort,
    int mtu,
    SortedMap<Inet4Address, Inet4Address> where) {
  /// The smallest MTU that IPv4 allows.
  private static final int LEAST_MTU = 68;

  /// @throws IllegalArgumentException where a number is out of range
  public OverlayState {
    if (vni < 1 || vni > 0xffffff) {
      throw new IllegalArgumentException("VNI " + vni + " is not 1 to 16777215");
    }
    if (mtu != 0 && mtu < LEAST_MTU) {
      throw new IllegalArgumentException("MTU " + mtu + " is below " + LEAST_MTU);
    }
    PortBinding.checkPort("VXLAN", vxlanPort);
    var remote = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    remote.putAll(where);
    remote.values().removeIf(selfUnderlay::equals);
    where = Collections.unmodifiableSortedMap(remote);
  }
}
