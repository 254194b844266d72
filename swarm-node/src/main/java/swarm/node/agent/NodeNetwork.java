package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.Mended;
import swarm.network.PortBinding;
import swarm.network.PortConflictException;
import swarm.network.bridge.Look;
import swarm.node.networks.ContainerDns;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Gateways;
import swarm.node.networks.Joined;
import swarm.node.networks.LocalNetworks;
import swarm.node.networks.NetworkEvents;
import swarm.node.networks.NetworkException;
import swarm.node.networks.Peer;
import swarm.node.networks.Predefined;
import swarm.node.overlay.ClusterNetwork;
import swarm.node.overlay.ClusterNetworks;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.NetworkAttachment;
import swarm.runtime.container.NetworkPort;

/// Joins the engine's containers to the node's networks, and remembers what each of them got.
/// Thread-safe; the engine changes one container at a time.
public final class NodeNetwork implements NetworkPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeNetwork.class);
  private static final String INGRESS_INTERFACE = "eth1";

  /// After so long all hosts have heard by gossip that a task is dead, or nearly all.
  private static final long HEARD_MILLIS = 500;

  private final HostNetwork host;
  private final LocalNetworks networks;
  private final ClusterNetworks cluster;
  private final HostPorts hostPorts;
  private final EndpointFiles files;
  private final BridgeIpam addresses;
  private final Map<String, ContainerEndpoint> endpoints = new ConcurrentHashMap<>();
  private final Set<String> attached = ConcurrentHashMap.newKeySet(); // by this daemon
  private final ContainerDns dns;
  private final ContainerCables cables;
  private final Turns turns = new Turns();
  private final Repairs repairs = new Repairs();
  private volatile UnaryOperator<String> names = UnaryOperator.identity();
  private volatile NetworkEvents events = (_, _, _) -> {};

  /// @param folder where endpoints are remembered
  /// @param hostPorts whether a program of the host has a port
  public NodeNetwork(
      HostNetwork host,
      LocalNetworks networks,
      ClusterNetworks cluster,
      Path folder,
      HostPorts hostPorts)
      throws IOException {
    this.host = host;
    this.networks = networks;
    this.cluster = cluster;
    dns = new ContainerDns(this::peers, cluster::names);
    this.hostPorts = hostPorts;
    addresses = new BridgeIpam(host);
    cables = new ContainerCables(host, networks, cluster, addresses, this::nameOf);
    files = new EndpointFiles(folder);
    files.recall(this::remember);
  }

  /// Tells it what containers are called, and whom to tell of what happens.
  ///
  /// @param names a container's name for its id
  public void know(UnaryOperator<String> names, NetworkEvents events) {
    this.names = names;
    this.events = events;
  }

  /// What was mended lately.
  Repairs repairs() {
    return repairs;
  }

  private String nameOf(String containerId) {
    return names.apply(containerId);
  }

  private void remember(String containerId, ContainerEndpoint endpoint) {
    if (!endpoint.address().isEmpty()) {
      addresses.recall(containerId, Inet4Address.ofLiteral(endpoint.address()));
    }
    for (Joined joined : endpoint.networks()) {
      if (Predefined.isCluster(joined.networkId())) {
        recall(containerId, Path.of(endpoint.netns()), joined);
      } else if (!joined.isBridge()) {
        networks.recall(containerId, joined);
      }
    }
    endpoints.put(containerId, endpoint);
    if (endpoint.needsDns()) {
      try {
        dns.open(containerId, Path.of(endpoint.netns()), endpoint.dnsServers());
      } catch (IOException e) {
        // most likely it ended while no daemon ran; the engine will detach it
        LOG.info("container {} gets no name server: {}", containerId, e.getMessage());
      }
    }
  }

  private void recall(String containerId, Path netns, Joined joined) {
    try {
      cluster.recall(
          containerId,
          netns,
          joined.networkId(),
          Inet4Address.ofLiteral(joined.address()),
          Predefined.isCluster(joined.endpointId()) ? joined.endpointId() : "");
    } catch (IOException e) {
      // most likely it ended while no daemon ran; the engine will detach it
      LOG.info("container {} is not on {}: {}", containerId, joined.network(), e.getMessage());
    }
  }

  /// What a running container has; empty where it is on none of our networks.
  public Optional<ContainerEndpoint> endpoint(String containerId) {
    return Optional.ofNullable(endpoints.get(containerId));
  }

  /// The cluster's networks that containers of this node are on.
  public List<ClusterNetwork> clusterNetworks() {
    return cluster.used();
  }

  /// Every running container that is on a network.
  public List<Peer> peers() {
    var all = new ArrayList<Peer>();
    endpoints.forEach(
        (id, e) -> all.add(new Peer(id, names.apply(id), e.hostname(), e.networks())));
    return all;
  }

  /// Removes the links and published ports of containers that are not among these, nor were plugged
  /// in by this daemon: the engine restarts containers while this goes on.
  public void reconcile(Set<String> liveContainerIds) throws IOException {
    host.reconcile(
        () -> {
          var all = new HashSet<>(liveContainerIds);
          all.addAll(attached);
          return all;
        },
        () -> {
          var all = new HashSet<>(networks.links());
          all.addAll(cluster.links());
          return all;
        });
    cluster.reconcile();
  }

  /// Plugs running containers in again whose cables somebody removed or pulled out, and writes
  /// rules in their namespaces anew that are gone.
  ///
  /// @param configs of the containers that run
  /// @param inside whether to look into their namespaces
  /// @param told what was not as it should be, and is now
  /// @return whether there is none left to look at: those that are just changed are not looked at
  /// @throws IOException what could not be mended; all else is, and mending again continues
  public boolean mend(
      Function<String, Optional<ContainerConfig>> configs, boolean inside, Consumer<Mended> told)
      throws IOException {
    var mender = new ContainerMender(host, cables, cluster, dns);
    Look look = host.look();
    boolean all = true;
    IOException failed = null;
    for (Map.Entry<String, ContainerEndpoint> each : endpoints.entrySet()) {
      String id = each.getKey();
      Optional<ContainerConfig> config = configs.apply(id);
      if (config.isEmpty()) {
        continue;
      }
      boolean pluggedIn = mender.isPluggedIn(id, each.getValue(), config.get(), look);
      if (!inside && pluggedIn) {
        continue;
      }
      if (!turns.tryTake(id)) {
        all &= pluggedIn; // who changes it leaves it whole
        continue;
      }
      try {
        ContainerEndpoint now = endpoints.get(id);
        if (now != null) {
          mender.mend(id, now, config.get(), inside).forEach(told);
        }
      } catch (IOException e) {
        failed = new IOException("container " + nameOf(id) + ": " + e.getMessage(), e);
      } finally {
        turns.giveBack(id);
      }
    }
    if (failed != null) {
      throw failed;
    }
    return all;
  }

  @Override
  public NetworkAttachment attach(
      String containerId, Path netns, String hostname, ContainerConfig config) throws IOException {
    turns.take(containerId);
    try {
      return plugIn(containerId, netns, hostname, config);
    } finally {
      turns.giveBack(containerId);
    }
  }

  private NetworkAttachment plugIn(
      String containerId, Path netns, String hostname, ContainerConfig config) throws IOException {
    ContainerEndpoint now =
        ContainerEndpoint.empty(netns.toString(), hostname, config.nameResolution().dnsServers());
    attached.add(containerId);
    endpoints.put(containerId, now);
    String ingress = config.attributes().getOrDefault(Attributes.INGRESS, "");
    try {
      for (EndpointSettings asked : EndpointSettings.read(config.attributes())) {
        now = join(containerId, now, asked, ingress, config);
      }
      now = joinWayOut(containerId, now, ingress, config);
    } catch (NetworkException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!ingress.isEmpty()) {
      host.attachIngress(containerId, netns, Inet4Address.ofLiteral(ingress));
    }
    now = lead(containerId, now, config, true);
    String resolvConf = dns(containerId, now, config);
    ContainerEndpoint joined = now;
    return new NetworkAttachment(
        joined.networks().stream()
            .filter(one -> !one.isBridge() || !joined.onCluster())
            .map(one -> hostsLine(one, hostname))
            .toList(),
        resolvConf);
  }

  /// The cluster's networks lead to no other: what leaves the host, and what comes from it, goes by
  /// the bridge, where a container that is there only for this meets no other.
  private ContainerEndpoint joinWayOut(
      String containerId, ContainerEndpoint now, String ingress, ContainerConfig config)
      throws NetworkException, IOException {
    boolean wanted =
        now.onCluster()
            && Gateways.choose(now.networks()).isEmpty()
            && (!ingress.isEmpty() || now.networks().stream().anyMatch(one -> !one.internal()));
    if (!wanted) {
      return now;
    }
    ContainerEndpoint next =
        join(containerId, now, EndpointSettings.plain(Predefined.BRIDGE), ingress, config);
    host.partOnBridge(containerId);
    return next;
  }

  /// The default bridge's, as Docker's unset `host-gateway-ip`: an address of the host's own, to
  /// which containers of networks that users made have a way, too, unless these are internal.
  @Override
  public String hostGateway() {
    return host.bridgeGateway().getHostAddress();
  }

  private static String hostsLine(Joined joined, String hostname) {
    return joined.address() + "\t" + hostname;
  }

  /// Plugs a container that is prepared for one more network in there; noted at once, so that
  /// detaching takes it away whatever fails next.
  private ContainerEndpoint join(
      String containerId,
      ContainerEndpoint now,
      EndpointSettings asked,
      String ingress,
      ContainerConfig config)
      throws NetworkException, IOException {
    Path netns = Path.of(now.netns());
    String name =
        Gateways.freeInterface(now.networks(), ingress.isEmpty() ? "" : INGRESS_INTERFACE);
    Joined joined = cables.join(containerId, netns, asked, name, config);
    var all = new ArrayList<>(now.networks());
    all.add(joined);
    ContainerEndpoint next = now.with(all);
    endpoints.put(containerId, next);
    events.happened("connect", joined, containerId);
    return next;
  }

  /// Leads the default route through the network that it belongs to, and the published ports there.
  ///
  /// @param fresh whether it was on no network before: the bridge has made the route then
  private ContainerEndpoint lead(
      String containerId, ContainerEndpoint now, ContainerConfig config, boolean fresh)
      throws IOException {
    Optional<Joined> way = Gateways.choose(now.networks());
    if (way.isEmpty()) {
      host.unpublish(containerId);
      return save(containerId, now.withPorts(List.of()));
    }
    Joined gateway = way.get();
    boolean done = fresh && now.networks().size() == 1 && gateway.isBridge();
    if (!done) {
      host.networks()
          .route(
              Path.of(now.netns()),
              Inet4Address.ofLiteral(gateway.gateway()),
              gateway.interfaceName());
    }
    String asked = config.attributes().getOrDefault(Attributes.PORTS, "");
    if (asked.isEmpty()) {
      return save(containerId, now);
    }
    try {
      List<PortBinding> bindings =
          gateway.internal() ? List.of() : bindings(containerId, now, gateway, asked);
      ContainerEndpoint next = now.withPorts(bindings.stream().map(PortPlan::binding).toList());
      endpoints.put(containerId, next);
      if (gateway.isBridge()) {
        host.publish(containerId, bindings);
      } else {
        host.publish(
            containerId, gateway.networkId(), Inet4Address.ofLiteral(gateway.address()), bindings);
      }
      return save(containerId, next);
    } catch (PortConflictException e) {
      String where = PortPlan.address(e.wanted()) + ":" + e.wanted().hostPort();
      throw unpublished(
          containerId, gateway, "Bind for " + where + " failed: port is already allocated", e);
    } catch (IOException e) {
      throw unpublished(containerId, gateway, String.valueOf(e.getMessage()), e);
    }
  }

  private IOException unpublished(
      String containerId, Joined gateway, String why, IOException cause) {
    return new IOException(
        "driver failed programming external connectivity on endpoint "
            + names.apply(containerId)
            + " ("
            + gateway.endpointId()
            + "): "
            + why,
        cause);
  }

  /// Those that it has already, where it has some; synchronized, so that no two choose the same.
  private synchronized List<PortBinding> bindings(
      String containerId, ContainerEndpoint now, Joined gateway, String asked) throws IOException {
    if (!now.ports().isEmpty()) {
      return now.ports().stream().map(PortPlan::binding).toList();
    }
    var taken = new HashSet<Integer>();
    endpoints.forEach((_, e) -> e.ports().forEach(port -> taken.add(port.hostPort())));
    String usual = gateway.isBridge() ? "" : networks.hostBinding(gateway.networkId());
    List<PortBinding> chosen = new PortPlan(hostPorts, usual, taken).choose(asked);
    endpoints.put(containerId, now.withPorts(chosen.stream().map(PortPlan::binding).toList()));
    return chosen;
  }

  /// Opens the container's name server where it needs one.
  ///
  /// @return what it has to have as `/etc/resolv.conf`; empty for the usual
  private String dns(String containerId, ContainerEndpoint now, ContainerConfig config)
      throws IOException {
    if (!now.needsDns()) {
      return "";
    }
    dns.open(containerId, Path.of(now.netns()), now.dnsServers());
    return dns.resolvConf(
        new ContainerDns.Asking(
            config.nameResolution().dnsServers(),
            config.nameResolution().dnsSearch(),
            config.nameResolution().dnsOptions()));
  }

  /// What becomes of a running container's `/etc` when its networks change.
  ///
  /// @param gone lines of its hosts file
  /// @param added likewise
  /// @param resolvConf empty where it stays
  public record EtcChange(List<String> gone, List<String> added, String resolvConf) {}

  /// Plugs a running container in to one more network.
  public EtcChange connect(String containerId, EndpointSettings asked, ContainerConfig config)
      throws NetworkException, IOException {
    turns.take(containerId);
    try {
      return plugInMore(containerId, asked, config);
    } finally {
      turns.giveBack(containerId);
    }
  }

  private EtcChange plugInMore(String containerId, EndpointSettings asked, ContainerConfig config)
      throws NetworkException, IOException {
    ContainerEndpoint before = running(containerId);
    String ingress = config.attributes().getOrDefault(Attributes.INGRESS, "");
    ContainerEndpoint now = join(containerId, before, asked, ingress, config);
    Joined added = now.networks().getLast();
    try {
      now = joinWayOut(containerId, now, ingress, config);
      now = lead(containerId, now, config, false);
      String resolvConf = before.needsDns() ? "" : dns(containerId, now, config);
      String line = hostsLine(added, now.hostname());
      return new EtcChange(List.of(), List.of(line), resolvConf);
    } catch (IOException e) {
      var _ = unplug(containerId, added.networkId(), config);
      throw e;
    }
  }

  /// Unplugs a running container from a network.
  public EtcChange disconnect(String containerId, String networkId, ContainerConfig config)
      throws IOException {
    turns.take(containerId);
    try {
      return unplug(containerId, networkId, config);
    } finally {
      turns.giveBack(containerId);
    }
  }

  private EtcChange unplug(String containerId, String networkId, ContainerConfig config)
      throws IOException {
    ContainerEndpoint before = running(containerId);
    Optional<Joined> joined = before.on(networkId);
    if (joined.isEmpty()) {
      return new EtcChange(List.of(), List.of(), "");
    }
    if (joined.get().isBridge()) {
      host.detachBridge(containerId);
      addresses.release(containerId);
    } else if (Predefined.isCluster(networkId)) {
      cluster.leave(containerId, List.of(networkId));
    } else {
      networks.leave(containerId, List.of(networkId));
    }
    ContainerEndpoint now =
        before.with(
            before.networks().stream().filter(one -> !one.networkId().equals(networkId)).toList());
    endpoints.put(containerId, now);
    events.happened("disconnect", joined.get(), containerId);
    now = leaveWayOut(containerId, now, config);
    var ignored = lead(containerId, now, config, false);
    return new EtcChange(List.of(hostsLine(joined.get(), now.hostname())), List.of(), "");
  }

  /// The bridge is left with the last of the cluster's networks, unless the user wants it.
  private ContainerEndpoint leaveWayOut(
      String containerId, ContainerEndpoint now, ContainerConfig config) throws IOException {
    boolean wanted =
        EndpointSettings.read(config.attributes()).stream()
            .anyMatch(one -> Predefined.isBridge(one.network()));
    if (wanted || now.onCluster() || now.on(Predefined.BRIDGE_ID).isEmpty()) {
      return now;
    }
    host.detachBridge(containerId);
    addresses.release(containerId);
    ContainerEndpoint next =
        now.with(now.networks().stream().filter(one -> !one.isBridge()).toList());
    endpoints.put(containerId, next);
    return next;
  }

  private ContainerEndpoint save(String containerId, ContainerEndpoint endpoint)
      throws IOException {
    endpoints.put(containerId, endpoint);
    files.save(containerId, endpoint);
    return endpoint;
  }

  private ContainerEndpoint running(String containerId) throws IOException {
    return endpoint(containerId)
        .orElseThrow(() -> new IOException("container " + containerId + " is on no network"));
  }

  /// Others lead calls to a task until they have heard that it is dead ([BackendWatch]). Were its
  /// interfaces gone before, nobody would answer a caller's first packet, which is sent again only
  /// after a second.
  @Override
  public void ended(String containerId, ContainerConfig config) throws InterruptedException {
    boolean called =
        config.attributes().containsKey(Attributes.PLACED)
            && (config.attributes().containsKey(Attributes.INGRESS)
                || endpoint(containerId).map(ContainerEndpoint::onCluster).orElse(false));
    if (!called) {
      return;
    }
    try {
      host.unpublish(containerId); // the next task may want the same port at once
    } catch (IOException e) {
      LOG.warn("ports of container {} stay published until it is detached", containerId, e);
    }
    TimeUnit.MILLISECONDS.sleep(HEARD_MILLIS);
  }

  @Override
  public void detach(String containerId, Path netns) throws IOException {
    turns.take(containerId);
    try {
      unplugAll(containerId);
    } finally {
      turns.giveBack(containerId);
    }
  }

  private void unplugAll(String containerId) throws IOException {
    dns.close(containerId);
    host.unpublish(containerId);
    host.detachIngress(containerId);
    host.detachBridge(containerId);
    Collection<Joined> joined =
        endpoint(containerId).map(ContainerEndpoint::networks).orElse(List.of());
    List<String> others =
        joined.stream().filter(one -> !one.isBridge()).map(Joined::networkId).toList();
    networks.leave(containerId, others.stream().filter(id -> !Predefined.isCluster(id)).toList());
    cluster.leave(containerId, others.stream().filter(Predefined::isCluster).toList());
    addresses.release(containerId);
    endpoints.remove(containerId);
    attached.remove(containerId);
    files.delete(containerId);
    joined.forEach(one -> events.happened("disconnect", one, containerId));
  }

  /// Closes the containers' name servers; everything else stays as it is.
  @Override
  public void close() {
    dns.close();
  }
}
