package swarm.node.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceAdditions.HostAddress;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// The ingress network as each node must make it, from a state. Pure.
public final class IngressView {
  private IngressView() {}

  /// Whether a change can alter what any node must make. It is asked of every change, and most
  /// cannot: making the view is work for every service.
  public static boolean concerns(Change change) {
    return switch (change) {
      case Change.OfCluster c ->
          c.before() == null || !c.before().ingress().equals(c.after().ingress());
      case Change.OfNode n -> !Objects.equals(host(n.before()), host(n.after()));
      case Change.OfService s -> !published(s.before()).equals(published(s.after()));
      case Change.OfTask t ->
          (t.before() != null && t.before().ingressAddress() != 0)
              || (t.after() != null && t.after().ingressAddress() != 0);
      case Change.OfPayload _, Change.OfNetwork _, Change.OfAttachment _ -> false;
    };
  }

  /// What is used of a node.
  private record Host(String underlay, int address, boolean alive, boolean choosesAddresses) {}

  private static @Nullable Host host(@Nullable Node node) {
    return node == null
        ? null
        : new Host(node.dataPath(), node.ingressAddress(), node.alive(), choosesAddresses(node));
  }

  /// Whether its agent heeds at which addresses a port is to answer: an older one would open it at
  /// all, so it is not told of the port.
  private static boolean choosesAddresses(Node node) {
    return node.description().understands(AgentFormat.FOURTH);
  }

  /// What is used of a service.
  private record Published(List<PortConfig> ports, boolean affinity, List<HostAddress> addresses) {}

  private static Published published(@Nullable Service service) {
    if (service == null) {
      return new Published(List.of(), false, List.of());
    }
    ServiceAdditions additions = ServiceAdditions.of(service.spec());
    return new Published(service.ports(), additions.affinity(), additions.hostAddresses());
  }

  /// What one node must make; empty while it has no address yet.
  public static Optional<SessionMessages.Ingress> of(ClusterState state, String nodeId) {
    @Nullable Cluster cluster = state.cluster();
    @Nullable Node self = state.nodes().get(nodeId);
    if (cluster == null || self == null) {
      return Optional.empty();
    }
    if (!cluster.ingress().present()) {
      return self.description().understands(AgentFormat.FIFTH)
          ? Optional.of(SessionMessages.Ingress.none(cluster.ingress().dataPathPort()))
          : Optional.empty(); // an older one keeps what it has: no port is published there
    }
    if (self.ingressAddress() == 0) {
      return Optional.empty();
    }
    var peers = new ArrayList<SessionMessages.IngressPeer>();
    for (Node node : state.nodes().values()) {
      if (!node.id().equals(nodeId) && node.ingressAddress() != 0) {
        peers.add(new SessionMessages.IngressPeer(node.dataPath(), node.ingressAddress()));
      }
    }
    var endpoints = new ArrayList<SessionMessages.IngressEndpoint>();
    var ports = new ArrayList<SessionMessages.IngressPort>();
    for (Service service : state.publishing()) {
      addService(state, service, self, endpoints, ports);
    }
    Ingress ingress = cluster.ingress();
    return Optional.of(
        new SessionMessages.Ingress(
            ingress.vni(),
            ingress.network(),
            ingress.prefix(),
            ingress.dataPathPort(),
            self.ingressAddress(),
            peers,
            endpoints,
            ports,
            ingress.mtu() == 0 ? null : ingress.mtu()));
  }

  private static void addService(
      ClusterState state,
      Service service,
      Node self,
      List<SessionMessages.IngressEndpoint> endpoints,
      List<SessionMessages.IngressPort> ports) {
    List<PortConfig> published = service.ports().stream().filter(PortConfig::ingress).toList();
    if (published.isEmpty()) {
      return;
    }
    var backends = new ArrayList<Integer>();
    for (Task task : state.tasksOfService(service.id())) {
      @Nullable Node node = state.nodes().get(task.nodeId());
      if (task.ingressAddress() == 0 || node == null || task.status().state().terminal()) {
        continue;
      }
      // calls that wait for a lost host are to be cut, and led to another
      if (!task.nodeId().equals(self.id()) && node.alive()) {
        endpoints.add(
            new SessionMessages.IngressEndpoint(task.ingressAddress(), node.dataPath(), task.id()));
      }
      if (healthy(task, node)) {
        backends.add(task.ingressAddress());
      }
    }
    backends.sort(null);
    ServiceAdditions additions = ServiceAdditions.of(service.spec());
    for (PortConfig port : published) {
      Optional<Subnet> addresses = additions.addresses(port);
      if (addresses.isPresent() && !choosesAddresses(self)) {
        continue;
      }
      ports.add(
          new SessionMessages.IngressPort(
              port.protocolOrTcp(),
              port.publishedOrZero(),
              port.target(),
              backends,
              addresses.map(Subnet::toString).orElse(null),
              additions.affinity() ? Boolean.TRUE : null));
    }
  }

  /// A task takes new connections while it runs, is meant to, and its host is there.
  static boolean healthy(Task task, Node node) {
    return task.status().state() == TaskState.RUNNING
        && !task.leaving()
        && task.desired() != TaskState.READY
        && node.alive();
  }
}
