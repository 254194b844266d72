package swarm.network.vxlan;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import swarm.network.Mended;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.Request;

/// What to tell the kernel so that it knows where each remote address of a VXLAN network is. Pure.
public final class VxlanPlanner {
  private VxlanPlanner() {}

  /// What the kernel knows.
  ///
  /// @param neighbours Ethernet addresses of remote addresses, by the bridge's neighbour table
  /// @param forwarding hosts of Ethernet addresses, by the VXLAN interface's forwarding database
  public record Known(
      Map<Inet4Address, MacAddress> neighbours, Map<MacAddress, Inet4Address> forwarding) {
    public Known {
      neighbours = new LinkedHashMap<>(neighbours);
      forwarding = new LinkedHashMap<>(forwarding);
    }

    /// What the kernel knows once [#plan] was carried out for `where`.
    public static Known of(SortedMap<Inet4Address, Inet4Address> where) {
      var neighbours = new LinkedHashMap<Inet4Address, MacAddress>();
      var forwarding = new LinkedHashMap<MacAddress, Inet4Address>();
      where.forEach(
          (address, host) -> {
            neighbours.put(address, MacAddress.derivedFrom(address));
            forwarding.put(MacAddress.derivedFrom(address), host);
          });
      return new Known(neighbours, forwarding);
    }
  }

  /// Requests, in order.
  ///
  /// @param additions what makes new ways known; first, so that nothing is sent nowhere
  /// @param removals what forgets old ones
  public record Plan(List<Request> additions, List<Request> removals) {
    /// What was wrong, where this is what it takes to make it good; empty where nothing was.
    ///
    /// @param vxlan name of the VXLAN interface
    public Optional<Mended> flaw(String vxlan) {
      int count = additions.size() + removals.size();
      return count == 0
          ? Optional.empty()
          : Optional.of(
              new Mended("interface " + vxlan, "had " + count + " wrong or missing table entries"));
    }
  }

  /// Brings the kernel from what it knows to what is so. Nothing to do gives an empty plan.
  ///
  /// @param bridge index of the link that is asked for neighbours: the bridge that has an address
  ///   of the network, or the VXLAN interface itself where it answers others' questions
  /// @param vxlan index of the VXLAN interface, a port of that bridge
  /// @param where the host (its underlay address) of each remote address
  public static Plan plan(
      int bridge, int vxlan, SortedMap<Inet4Address, Inet4Address> where, Known known) {
    var additions = new ArrayList<Request>();
    var removals = new ArrayList<Request>();
    Known wanted = Known.of(where);
    wanted
        .forwarding()
        .forEach(
            (mac, host) -> {
              if (!host.equals(known.forwarding().get(mac))) {
                additions.add(Neighbours.addForwarding(vxlan, mac, host));
              }
            });
    wanted
        .neighbours()
        .forEach(
            (address, mac) -> {
              if (!mac.equals(known.neighbours().get(address))) {
                additions.add(Neighbours.add(bridge, address, mac));
              }
            });
    known
        .neighbours()
        .forEach(
            (address, _) -> {
              if (!wanted.neighbours().containsKey(address)) {
                removals.add(Neighbours.delete(bridge, address));
              }
            });
    known
        .forwarding()
        .forEach(
            (mac, _) -> {
              if (!wanted.forwarding().containsKey(mac)) {
                removals.add(Neighbours.deleteForwarding(vxlan, mac));
              }
            });
    return new Plan(List.copyOf(additions), List.copyOf(removals));
  }
}
