package swarm.node.overlay;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.network.dns.Names;
import swarm.network.netlink.Ipv4;
import swarm.node.rpc.SessionMessages.OverlayEndpoint;
import swarm.node.rpc.SessionMessages.OverlayService;

/// The names that a container sees on the cluster's networks: services (their own address, or all
/// healthy tasks), `tasks.` and a service (all healthy tasks) and tasks, each alone or followed by
/// a dot and the network's name. The first network with an answer counts, in the order in which the
/// container joined. Looked up at each question: no answer is older than what the node was told.
final class ClusterNames implements Names {
  private static final String TASKS = "tasks.";

  private final Supplier<List<ClusterNetwork>> networks;

  /// @param networks those that the container is on
  ClusterNames(Supplier<List<ClusterNetwork>> networks) {
    this.networks = networks;
  }

  @Override
  public List<Inet4Address> addresses(String name) {
    for (ClusterNetwork network : networks.get()) {
      List<Inet4Address> found = on(network, name);
      String suffix = "." + lower(network.name());
      if (found.isEmpty() && name.endsWith(suffix)) {
        found = on(network, name.substring(0, name.length() - suffix.length()));
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private static List<Inet4Address> on(ClusterNetwork network, String name) {
    for (OverlayService service : network.services().values()) {
      if (lower(service.name()).equals(name) || isAmong(service.aliases(), name)) {
        return service.virtualIp() == 0
            ? network.healthy(service.id())
            : List.of(Ipv4.of(service.virtualIp()));
      }
      if (name.startsWith(TASKS) && lower(service.name()).equals(name.substring(TASKS.length()))) {
        return network.healthy(service.id());
      }
    }
    return network.endpoints().values().stream()
        .filter(each -> each.healthy() && isAmong(each.names(), name))
        .map(each -> Ipv4.of(each.address()))
        .toList();
  }

  private static boolean isAmong(Collection<String> names, String name) {
    return names.stream().anyMatch(each -> lower(each).equals(name));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public Optional<String> name(Inet4Address address) {
    int wanted = Ipv4.toInt(address);
    for (ClusterNetwork network : networks.get()) {
      OverlayEndpoint endpoint = network.endpoints().get(wanted);
      if (endpoint != null && !endpoint.names().isEmpty()) {
        return Optional.of(endpoint.names().getFirst() + "." + network.name());
      }
      for (OverlayService service : network.services().values()) {
        if (service.virtualIp() == wanted) {
          return Optional.of(service.name() + "." + network.name());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean asksOthers() {
    return networks.get().stream().anyMatch(network -> !network.network().internal());
  }
}
