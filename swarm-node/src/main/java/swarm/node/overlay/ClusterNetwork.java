package swarm.node.overlay;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.network.Inet4Network;
import swarm.network.OverlayState;
import swarm.network.VirtualAddresses;
import swarm.network.balance.Backend;
import swarm.network.balance.HeldOut;
import swarm.network.balance.Hints;
import swarm.network.netlink.Ipv4;
import swarm.node.rpc.SessionMessages;

/// One of the cluster's networks, as managers said last. Immutable.
///
/// @param endpoints by address
/// @param services by id
public record ClusterNetwork(
    String id,
    SessionMessages.OverlayNetwork network,
    SortedMap<Integer, SessionMessages.OverlayEndpoint> endpoints,
    SortedMap<String, SessionMessages.OverlayService> services) {
  static final ClusterNetwork of(String id, SessionMessages.OverlayNetwork network) {
    return new ClusterNetwork(
        id, network, Collections.emptySortedMap(), Collections.emptySortedMap());
  }

  /// With what changed.
  ClusterNetwork with(SessionMessages.OverlayChange change) {
    var nextEndpoints = new TreeMap<>(endpoints);
    change.gone().forEach(nextEndpoints::remove);
    change.endpoints().forEach(each -> nextEndpoints.put(each.address(), each));
    var nextServices = new TreeMap<>(services);
    change.goneServices().forEach(nextServices::remove);
    change.services().forEach(each -> nextServices.put(each.id(), each));
    return new ClusterNetwork(
        id,
        network,
        Collections.unmodifiableSortedMap(nextEndpoints),
        Collections.unmodifiableSortedMap(nextServices));
  }

  /// Its name.
  public String name() {
    return network.name();
  }

  Inet4Network subnet() {
    return new Inet4Network(Ipv4.of(network.subnet()), network.prefix());
  }

  /// As this host must make it.
  ///
  /// @param underlay this host's address towards the others
  /// @throws IllegalArgumentException where a manager said what cannot be
  OverlayState onHost(Inet4Address underlay) {
    var where = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    endpoints.forEach(
        (address, each) -> where.put(Ipv4.of(address), Inet4Address.ofLiteral(each.underlay())));
    return new OverlayState(
        id, network.vni(), underlay, network.dataPathPort(), network.mtu(), where);
  }

  /// The addresses of healthy tasks of a service.
  List<Inet4Address> healthy(String serviceId) {
    var all = new ArrayList<Inet4Address>();
    endpoints.forEach(
        (address, each) -> {
          if (each.healthy() && each.serviceId().equals(serviceId)) {
            all.add(Ipv4.of(address));
          }
        });
    return all;
  }

  /// As callers are to see it who have heard hints: who is held out takes no new connections.
  ClusterNetwork heeding(Hints hints) {
    if (hints.isEmpty()) {
      return this;
    }
    var backends = new TreeMap<String, List<Backend>>();
    for (SessionMessages.OverlayEndpoint each : endpoints.values()) {
      if (each.healthy() && !each.serviceId().isEmpty()) {
        String task = each.taskId();
        backends
            .computeIfAbsent(each.serviceId(), _ -> new ArrayList<>())
            .add(new Backend(each.address(), task == null ? "" : task, each.underlay()));
      }
    }
    var out = new TreeSet<Integer>();
    backends.values().forEach(each -> out.addAll(HeldOut.of(each, hints)));
    if (out.isEmpty()) {
      return this;
    }
    var next = new TreeMap<>(endpoints);
    out.forEach(address -> next.computeIfPresent(address, (_, each) -> each.resting()));
    return new ClusterNetwork(id, network, Collections.unmodifiableSortedMap(next), services);
  }

  /// The virtual addresses that a container sees which is on these networks.
  static VirtualAddresses virtual(List<ClusterNetwork> networks) {
    var backends = new TreeMap<Inet4Address, List<Inet4Address>>(Ipv4.ORDER);
    var everybody = new ArrayList<Inet4Address>();
    var keeping = new ArrayList<Inet4Address>();
    for (ClusterNetwork network : networks) {
      Map<String, List<Inet4Address>> healthy = new TreeMap<>();
      network.endpoints.forEach(
          (address, each) -> {
            everybody.add(Ipv4.of(address));
            if (each.healthy()) {
              healthy
                  .computeIfAbsent(each.serviceId(), _ -> new ArrayList<>())
                  .add(Ipv4.of(address));
            }
          });
      network.services.forEach(
          (id, service) -> {
            if (service.virtualIp() != 0) {
              backends.put(Ipv4.of(service.virtualIp()), healthy.getOrDefault(id, List.of()));
              if (service.keepsCallers()) {
                keeping.add(Ipv4.of(service.virtualIp()));
              }
            }
          });
    }
    return new VirtualAddresses(backends, everybody, keeping);
  }
}
