package swarm.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import swarm.linux.NetworkNamespaces;
import swarm.network.bridge.Bridge;
import swarm.network.bridge.BridgeAddresses;
import swarm.network.bridge.BridgeRules;
import swarm.network.bridge.ContainerLink;
import swarm.network.bridge.DockerUserChain;
import swarm.network.bridge.HostKernel;
import swarm.network.bridge.LinkNames;
import swarm.network.bridge.Look;
import swarm.network.bridge.NetworkBridges;
import swarm.network.firewall.Firewall;
import swarm.network.ingress.IngressMesh;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.nft.Change;
import swarm.network.nft.NftClient;
import swarm.network.nft.Table;
import swarm.network.overlay.OverlayNetworks;
import swarm.network.reconcile.KernelWatch;

/// The networks of one node: its bridge for containers, their published ports, and its part of the
/// routing mesh. Links and rules live in the kernel and outlive the daemon; [#open] adopts them.
///
/// Thread-safe. Every call returns when the kernel has done what was asked.
public final class HostNetwork implements AutoCloseable {
  private final HostKernel kernel;
  private final LinkNames names;
  private final Bridge bridge;
  private final IngressMesh ingress;
  private final NetworkBridges networks;
  private final OverlayNetworks overlays;
  private volatile @Nullable Firewall firewall;

  private HostNetwork(HostKernel kernel, LinkNames names, Bridge bridge) {
    this.kernel = kernel;
    this.names = names;
    this.bridge = bridge;
    this.ingress = new IngressMesh(kernel, names);
    this.networks = new NetworkBridges(kernel, names);
    this.overlays = new OverlayNetworks(kernel, names);
  }

  /// Makes the bridge and its rules, or adopts what an earlier daemon left. The routing mesh is
  /// left as it is until [#applyIngress].
  ///
  /// @throws IOException where the kernel refuses something, or the bridge has another subnet than
  ///   the one asked for
  public static HostNetwork open(HostNetworkOptions options) throws IOException {
    HostKernel kernel = HostKernel.open(options.netns());
    try {
      var names = new LinkNames(options.linkPrefix(), options.bridgeName());
      Bridge bridge = Bridge.open(kernel, names, options.bridgeSubnet(), options.reserved());
      return new HostNetwork(kernel, names, bridge);
    } catch (IOException | RuntimeException e) {
      kernel.close();
      throw e;
    }
  }

  /// Makes good what of the host's is not as it should be: interfaces, addresses, rules, and where
  /// the other hosts are. What containers' cables lack is for [#look] to tell.
  ///
  /// @param touched tables that somebody else has changed
  /// @param thoroughly whether to look at what the kernel does not tell of, too
  /// @param told what was not as it should be, and is now
  /// @throws IOException what could not be mended; all else is, and mending again continues
  public void mend(Set<Table> touched, boolean thoroughly, Consumer<Mended> told)
      throws IOException {
    Look look = Look.at(kernel, touched);
    List<Room> rooms =
        List.of(
            () -> bridge.mend(look),
            () -> networks.mend(look),
            () -> ingress.mend(look, thoroughly),
            () -> overlays.mend(look, thoroughly),
            () -> readmit(look));
    IOException failed = null;
    for (Room room : rooms) {
      try {
        room.mend().forEach(told);
      } catch (IOException e) {
        if (failed == null) {
          failed = e;
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /// Docker changes its table whenever one of its containers starts; only of its chain for others
  /// we put something in.
  private List<Mended> readmit(Look look) throws IOException {
    if (look.touched().contains(DockerUserChain.TABLE)) {
      DockerUserChain.admit(
          kernel.nft(), look.links().keySet().stream().filter(this::isBridge).sorted().toList());
    }
    return List.of();
  }

  private interface Room {
    List<Mended> mend() throws IOException;
  }

  /// The host as it is now.
  public Look look() throws IOException {
    return Look.at(kernel, Set.of());
  }

  /// Hears when somebody changes what is ours. Closed before this.
  public KernelWatch watch() throws IOException {
    return KernelWatch.open(
        kernel.netns(),
        new KernelWatch.Ours(
            this::isOurs,
            table -> table.name().equals("swarm") || table.name().startsWith("swarm_"),
            DockerUserChain.TABLE::equals,
            kernel.nft().port()));
  }

  private boolean isOurs(String link) {
    return names.isContainerLink(link)
        || names.isOverlay(link)
        || link.equals(names.ingressVxlan())
        || isBridge(link);
  }

  private boolean isBridge(String link) {
    return link.equals(names.bridge())
        || link.equals(names.ingressBridge())
        || networks.isBridge(link)
        || (names.isOverlay(link) && link.startsWith(names.overlayBridges()));
  }

  /// How a container is plugged in at the first bridge.
  public Cable bridgeCable(String containerId) {
    return new Cable(names.bridgeLink(containerId), names.bridge());
  }

  /// How a task is plugged in at the ingress network.
  public Cable ingressCable(String containerId) {
    return ingress.cable(containerId);
  }

  /// Lets a container that calls its own published port be answered through the port that it called
  /// from.
  public void hairpin(Cable cable) throws IOException {
    kernel.routes().execute(Links.setHairpin(cable.link(), true));
  }

  /// The tables of another namespace.
  public static Set<Table> tables(Path netns) throws IOException {
    try (var handle = NetworkNamespaces.open(netns);
        NftClient nft = NftClient.open(handle)) {
      var tables = new HashSet<Table>();
      for (Table.Family family : Table.Family.values()) {
        tables.addAll(nft.tables(family));
      }
      return tables;
    }
  }

  /// Watches what the host's own firewall does with what these networks accept; see [Firewall].
  /// Closed before this.
  public Firewall watchFirewall(Firewall.Options options) throws IOException {
    Firewall opened = Firewall.open(kernel, names, options);
    firewall = opened;
    return opened;
  }

  /// What was found of the host's own firewall; nothing before it is watched.
  public Firewall.Status firewall() {
    Firewall watched = firewall;
    return watched == null ? Firewall.Status.UNKNOWN : watched.status();
  }

  /// The networks that users made on this host.
  public NetworkBridges networks() {
    return networks;
  }

  /// The cluster's networks that containers of this host are on.
  public OverlayNetworks overlays() {
    return overlays;
  }

  /// What the host has routes to, default routes aside.
  public List<Inet4Network> routes() throws IOException {
    return kernel.routes().routes().stream()
        .filter(route -> route.prefixLength() > 0)
        .map(route -> Inet4Network.around(route.destination(), route.prefixLength()))
        .toList();
  }

  /// The bridge's subnet: the one asked for, adopted or chosen.
  public Inet4Network bridgeSubnet() {
    return bridge.subnet();
  }

  /// The address that containers on the bridge reach the host at.
  public Inet4Address bridgeGateway() {
    return BridgeAddresses.gateway(bridge.subnet());
  }

  /// The addresses on the bridge that containers have, as far as this daemon and its predecessors
  /// attached them.
  public Set<Inet4Address> bridgeAddresses() {
    var addresses = new TreeSet<>(Ipv4.ORDER);
    bridge.owners().values().stream().map(ContainerLink.Owner::address).forEach(addresses::add);
    return addresses;
  }

  /// A free address for a container; a pure function of its arguments. The caller keeps track of
  /// what is used.
  ///
  /// @param used addresses that are taken
  /// @param last the address given out last, if any: the search starts behind it
  /// @return empty where the subnet is full
  public static Optional<Inet4Address> allocate(
      Inet4Network subnet, Collection<Inet4Address> used, Optional<Inet4Address> last) {
    return BridgeAddresses.allocate(subnet, used, last);
  }

  /// Gives the container `eth0`, its address and a default route out through the host. Doing it
  /// again changes nothing.
  ///
  /// @param netns file of the container's network namespace
  /// @param address from [#allocate]
  public BridgeEndpoint attachBridge(String containerId, Path netns, Inet4Address address)
      throws IOException {
    return bridge.attach(containerId, netns, address, Bridge.INTERFACE);
  }

  /// As [#attachBridge(String, Path, Inet4Address)], with another name for the interface.
  public BridgeEndpoint attachBridge(
      String containerId, Path netns, Inet4Address address, String interfaceName)
      throws IOException {
    return bridge.attach(containerId, netns, address, interfaceName);
  }

  /// Parts a container from others that are parted so on the bridge: those that are there only for
  /// the way out of the host.
  public void partOnBridge(String containerId) throws IOException {
    kernel
        .routes()
        .execute(
            Links.setBridgePort(
                names.bridgeLink(containerId), new Links.BridgePort(true, true, true)));
  }

  /// Takes the container from the bridge, and its published ports away. The namespace may be gone.
  public void detachBridge(String containerId) throws IOException {
    bridge.detach(containerId);
  }

  /// The container's published ports become exactly these. It must be on the bridge.
  ///
  /// @throws PortConflictException where another container has published one of them
  public void publish(String containerId, List<PortBinding> bindings) throws IOException {
    bridge.publish(containerId, bindings);
  }

  /// The ports that a container on a network of users' publishes become exactly these.
  ///
  /// @throws PortConflictException where another container has published one of them
  public void publish(
      String containerId, String networkId, Inet4Address address, List<PortBinding> bindings)
      throws IOException {
    bridge.publish(containerId, address, networks.hostLink(containerId, networkId), bindings);
  }

  /// What a container publishes.
  public List<PortBinding> published(String containerId) {
    return bridge.published(containerId);
  }

  /// The container publishes nothing any more.
  public void unpublish(String containerId) throws IOException {
    bridge.unpublish(containerId);
  }

  /// Brings this host's part of the routing mesh to the wanted state, changing only what differs.
  /// An equal state costs nothing.
  ///
  /// @throws IOException naming what the kernel refused; applying again continues
  public void applyIngress(IngressState desired) throws IOException {
    ingress.apply(desired);
  }

  /// Gives the task `eth1` in the ingress network, and its namespace the rules that send replies
  /// back through the host where the request came in. Attach it to the bridge first. Doing it again
  /// changes nothing.
  ///
  /// @param netns file of the task's network namespace
  public void attachIngress(String containerId, Path netns, Inet4Address address)
      throws IOException {
    ingress.attach(containerId, netns, address);
  }

  /// Takes the task from the ingress network. The namespace may be gone.
  public void detachIngress(String containerId) throws IOException {
    ingress.detach(containerId);
  }

  /// Takes the container from every network at once, and its published ports away: as
  /// [#detachIngress] and [#detachBridge], but for the price of one. Simultaneous calls share it.
  public void detach(String containerId) throws IOException {
    bridge.forget(containerId);
    kernel.remover().remove(List.of(names.ingressLink(containerId), names.bridgeLink(containerId)));
  }

  /// Takes this host out of the routing mesh; containers stay on the bridge.
  public void removeIngress() throws IOException {
    ingress.remove();
  }

  /// Removes the links and published ports of containers that are not among these.
  public void reconcile(Set<String> liveContainerIds) throws IOException {
    reconcile(() -> liveContainerIds, Set::of);
  }

  /// As [#reconcile(Set)], while containers may be plugged in.
  ///
  /// @param liveContainerIds asked for after what there is was looked at: who is plugged in
  ///   meanwhile is to be among them by then
  /// @param links of live containers to networks that users made, from [NetworkBridges#hostLink];
  ///   asked for likewise
  public void reconcile(Supplier<Set<String>> liveContainerIds, Supplier<Set<String>> links)
      throws IOException {
    List<String> there =
        kernel.routes().links().stream()
            .map(LinkInfo::name)
            .filter(names::isContainerLink)
            .toList();
    var live = new HashSet<>(links.get());
    for (String id : liveContainerIds.get()) {
      live.add(names.bridgeLink(id));
      live.add(names.ingressLink(id));
    }
    bridge.retain(liveContainerIds);
    kernel.remover().remove(there.stream().filter(name -> !live.contains(name)).toList());
  }

  /// Removes every link, rule and route of ours from the host. Containers lose their networks. This
  /// object is of no use afterwards but for [#close].
  public void removeAll() throws IOException {
    reconcile(Set.of());
    ingress.remove();
    var _ = networks.restore(List.of());
    overlays.retain(Set.of());
    Firewall.withdraw(kernel);
    kernel
        .nft()
        .apply(
            List.of(
                new Change.AddTable(BridgeRules.TABLE), new Change.DeleteTable(BridgeRules.TABLE)));
    kernel.routes().execute(Links.delete(names.bridge()));
  }

  /// Closes the connections to the kernel; everything in it stays.
  @Override
  public void close() {
    kernel.close();
  }
}
