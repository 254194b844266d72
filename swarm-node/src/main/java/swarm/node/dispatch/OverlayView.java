package swarm.node.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.NetworkTarget;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.ClusterState;

/// A network that users made, as every node on it must know it, from a state. Pure.
///
/// @param endpoints by address
/// @param services by id
record OverlayView(
    String networkId,
    SessionMessages.OverlayNetwork network,
    SortedMap<Integer, SessionMessages.OverlayEndpoint> endpoints,
    SortedMap<String, SessionMessages.OverlayService> services) {
  private static final int SHORT_ID = 12;

  /// Null where there is no such network (any more).
  static @Nullable OverlayView of(ClusterState state, String networkId) {
    Network network = state.networks().find(networkId);
    Cluster cluster = state.cluster();
    if (network == null || cluster == null) {
      return null;
    }
    var endpoints = new TreeMap<Integer, SessionMessages.OverlayEndpoint>();
    state
        .networks()
        .ownersOn(networkId)
        .forEach(
            (address, owner) -> {
              SessionMessages.OverlayEndpoint endpoint = endpoint(state, address, owner);
              if (endpoint != null) {
                endpoints.put(address, endpoint);
              }
            });
    var services = new TreeMap<String, SessionMessages.OverlayService>();
    for (String id : state.networks().usersOf(networkId)) {
      state.service(id).ifPresent(service -> services.put(id, service(service, networkId)));
    }
    return new OverlayView(
        networkId,
        new SessionMessages.OverlayNetwork(
            network.name(),
            network.vni(),
            cluster.ingress().dataPathPort(),
            network.subnet(),
            network.prefix(),
            network.spec().noWayOut(),
            mtu(network.spec())),
        Collections.unmodifiableSortedMap(endpoints),
        Collections.unmodifiableSortedMap(services));
  }

  private static int mtu(NetworkSpec spec) {
    String asked = spec.optionsOrEmpty().getOrDefault(NetworkSpec.MTU, "");
    return asked.matches("\\d{1,5}") ? Integer.parseInt(asked) : 0;
  }

  /// Null for a service's own address, for a task that is nowhere yet, and for one on a host that
  /// is lost: connections to it are to be cut, those that it was to answer first of all.
  private static SessionMessages.@Nullable OverlayEndpoint endpoint(
      ClusterState state, int address, String owner) {
    Attachment attachment = state.networks().attachments().get(owner);
    if (attachment != null) {
      return endpoint(state, attachment);
    }
    Task task = state.tasks().get(owner);
    Node node = task == null ? null : state.nodes().get(task.nodeId());
    return task == null || node == null || !node.alive()
        ? null
        : new SessionMessages.OverlayEndpoint(
            address,
            node.dataPath(),
            names(task),
            task.serviceId(),
            IngressView.healthy(task, node),
            task.id());
  }

  /// Of a container that is no task.
  private static SessionMessages.@Nullable OverlayEndpoint endpoint(
      ClusterState state, Attachment attachment) {
    Node node = state.nodes().get(attachment.nodeId());
    if (node == null || !node.alive()) {
      return null;
    }
    var names = new ArrayList<String>();
    names.add(attachment.name());
    names.addAll(attachment.aliasesOrNone());
    names.add(shortId(attachment.containerId()));
    return new SessionMessages.OverlayEndpoint(
        attachment.address(), node.dataPath(), List.copyOf(names), "", true);
  }

  private static String shortId(String containerId) {
    return containerId.substring(0, Math.min(SHORT_ID, containerId.length()));
  }

  private static List<String> names(Task task) {
    Task.Container container = task.status().container();
    return container == null
        ? List.of(task.containerName())
        : List.of(task.containerName(), shortId(container.id()));
  }

  private static SessionMessages.OverlayService service(Service service, String networkId) {
    int virtualIp =
        service.virtualIpsOrNone().stream()
            .filter(each -> each.networkId().equals(networkId))
            .mapToInt(NetworkAddress::address)
            .findFirst()
            .orElse(0);
    var aliases = new ArrayList<String>();
    for (NetworkTarget target : service.spec().template().networkTargets()) {
      if (networkId.equals(target.target())) {
        aliases.addAll(target.aliasesOrNone());
      }
    }
    return new SessionMessages.OverlayService(
        service.id(),
        service.spec().nameOrEmpty(),
        virtualIp,
        List.copyOf(aliases),
        ServiceAdditions.of(service.spec()).affinity() ? Boolean.TRUE : null);
  }

  /// What to tell a node that knows `told`, null for nothing of it; null where it knows all.
  SessionMessages.@Nullable OverlayChange since(@Nullable OverlayView told) {
    if (told == null || !told.network.equals(network)) {
      return new SessionMessages.OverlayChange(
          networkId,
          network,
          List.copyOf(endpoints.values()),
          List.of(),
          List.copyOf(services.values()),
          List.of());
    }
    List<SessionMessages.OverlayEndpoint> changed = changed(told.endpoints, endpoints);
    List<SessionMessages.OverlayService> others = changed(told.services, services);
    List<Integer> gone = gone(told.endpoints, endpoints);
    List<String> goneServices = gone(told.services, services);
    return changed.isEmpty() && others.isEmpty() && gone.isEmpty() && goneServices.isEmpty()
        ? null
        : new SessionMessages.OverlayChange(networkId, null, changed, gone, others, goneServices);
  }

  private static <K, V> List<V> changed(SortedMap<K, V> was, SortedMap<K, V> is) {
    var all = new ArrayList<V>();
    is.forEach(
        (key, value) -> {
          if (!value.equals(was.get(key))) {
            all.add(value);
          }
        });
    return all;
  }

  private static <K, V> List<K> gone(SortedMap<K, V> was, SortedMap<K, V> is) {
    return was.keySet().stream().filter(key -> !is.containsKey(key)).toList();
  }
}
