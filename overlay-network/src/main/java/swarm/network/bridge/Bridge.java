package swarm.network.bridge;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import swarm.linux.NetworkNamespaces;
import swarm.network.BridgeEndpoint;
import swarm.network.Inet4Network;
import swarm.network.Mended;
import swarm.network.PortBinding;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.Request;
import swarm.network.netlink.RouteClient;
import swarm.network.netlink.Routes;
import swarm.network.netlink.Sysctl;
import swarm.network.nft.NftClient;

/// The containers' bridge on the host: makes it, or adopts the one that an earlier daemon left with
/// everything plugged in. What is there is read from the kernel, which is the only record of it.
/// Thread-safe; containers are attached side by side.
public final class Bridge {
  /// The interface inside containers.
  public static final String INTERFACE = "eth0";

  private static final int MTU = 1500;
  private static final int LOOPBACK_INDEX = 1;

  private final HostKernel kernel;
  private final LinkNames names;
  private final Inet4Network subnet;
  private volatile int index; // another one where somebody removed the bridge
  private final Map<String, ContainerLink.Owner> owners = new ConcurrentHashMap<>();
  private final ReentrantLock publishing = new ReentrantLock();
  private Publications publications;

  private Bridge(
      HostKernel kernel,
      LinkNames names,
      Inet4Network subnet,
      int index,
      Publications publications) {
    this.kernel = kernel;
    this.names = names;
    this.subnet = subnet;
    this.index = index;
    this.publications = publications;
  }

  /// Makes or adopts the bridge, its rules and the host's settings for it. The calling thread must
  /// be in the host's network namespace.
  ///
  /// @param wanted the subnet; empty: the bridge's own, or a free one
  /// @param reserved subnets that are not to be chosen
  /// @throws IOException where the bridge has another subnet than the wanted one, or none is free
  public static Bridge open(
      HostKernel kernel,
      LinkNames names,
      Optional<Inet4Network> wanted,
      List<Inet4Network> reserved)
      throws IOException {
    RouteClient routes = kernel.routes();
    String name = names.bridge();
    Optional<LinkInfo> there = routes.link(name);
    Inet4Network subnet = subnet(routes, name, there, wanted, reserved);
    int index = ensure(kernel, name, subnet);
    var bridge = new Bridge(kernel, names, subnet, index, readPublications(kernel.nft()));
    bridge.readOwners();
    kernel.nft().apply(BridgeRules.replace(name, subnet, bridge.publications.all()));
    DockerUserChain.admit(kernel.nft(), List.of(name));
    return bridge;
  }

  /// Makes it where it is missing, with its address and the host's settings for it.
  ///
  /// @return its index
  private static int ensure(HostKernel kernel, String name, Inet4Network subnet)
      throws IOException {
    RouteClient routes = kernel.routes();
    Inet4Address gateway = BridgeAddresses.gateway(subnet);
    if (routes.link(name).isEmpty()) {
      // an address of its own, or the bridge would take its lowest port's and change it with them
      routes.execute(
          Links.add(
              NewLink.of(name, new NewLink.Kind.Bridge())
                  .withMac(MacAddress.derivedFrom(gateway))));
    }
    LinkInfo link =
        routes.link(name).orElseThrow(() -> new IOException("bridge " + name + " disappeared"));
    routes.execute(
        Addresses.add(link.index(), gateway, subnet.prefixLength()), Links.up(link.index()));
    var settings = new LinkedHashMap<String, String>();
    settings.put("ipv4/ip_forward", "1");
    settings.put("ipv4/conf/" + name + "/route_localnet", "1");
    Sysctl.write(kernel.netns(), settings);
    return link.index();
  }

  /// Makes good what is not as it should be.
  ///
  /// @return what that was
  public List<Mended> mend(Look look) throws IOException {
    var mended = new ArrayList<Mended>();
    Inet4Address gateway = BridgeAddresses.gateway(subnet);
    Optional<Mended> link = look.flaw(Look.Wanted.bridge(names.bridge(), gateway));
    if (link.isPresent()) {
      index = ensure(kernel, names.bridge(), subnet);
      mended.add(link.get());
    }
    Optional<Mended> table = look.flaw(BridgeRules.TABLE);
    if (table.isPresent()) {
      publishing.lock();
      try {
        kernel.nft().apply(BridgeRules.replace(names.bridge(), subnet, publications.all()));
      } finally {
        publishing.unlock();
      }
      mended.add(table.get());
    }
    return mended;
  }

  private static Inet4Network subnet(
      RouteClient routes,
      String name,
      Optional<LinkInfo> there,
      Optional<Inet4Network> wanted,
      List<Inet4Network> reserved)
      throws IOException {
    int index = there.map(LinkInfo::index).orElse(-1);
    Optional<Inet4Network> has =
        routes.addresses().stream()
            .filter(address -> address.link() == index)
            .map(address -> Inet4Network.around(address.address(), address.prefixLength()))
            .findFirst();
    if (has.isPresent() && wanted.isPresent() && !has.equals(wanted)) {
      throw new IOException(
          "bridge %s has the subnet %s, but %s is asked for; remove the bridge (ip link delete %s)"
                  .formatted(name, has.get(), wanted.get(), name)
              + " or ask for its subnet");
    }
    Optional<Inet4Network> given = has.or(() -> wanted);
    if (given.isPresent()) {
      return given.get();
    }
    var taken = new ArrayList<>(reserved);
    routes.routes().stream()
        .map(route -> Inet4Network.around(route.destination(), route.prefixLength()))
        .forEach(taken::add);
    return BridgeAddresses.chooseSubnet(taken)
        .orElseThrow(
            () ->
                new IOException(
                    "every usual subnet overlaps a route of this host; name one for bridge "
                        + name));
  }

  private static Publications readPublications(NftClient nft) throws IOException {
    var found = new ArrayList<Publication>();
    for (var element : nft.elements(BridgeRules.TABLE, BridgeRules.PUBLISHED.name())) {
      Publication.decode(element, false).ifPresent(found::add);
    }
    for (var element : nft.elements(BridgeRules.TABLE, BridgeRules.PUBLISHED_AT.name())) {
      Publication.decode(element, true).ifPresent(found::add);
    }
    return new Publications(found);
  }

  private void readOwners() throws IOException {
    for (LinkInfo link : kernel.routes().links()) {
      if (link.master().orElse(0) == index) {
        ContainerLink.Owner.parse(link.alias())
            .ifPresent(owner -> owners.put(owner.containerId(), owner));
      }
    }
  }

  public Inet4Network subnet() {
    return subnet;
  }

  /// Which containers have which address, as far as their links still exist.
  public Map<String, ContainerLink.Owner> owners() {
    return Map.copyOf(owners);
  }

  /// Plugs the container in and gives it its address and default route. Doing it again changes
  /// nothing.
  ///
  /// @param interfaceName inside the container
  public BridgeEndpoint attach(
      String containerId, Path netns, Inet4Address address, String interfaceName)
      throws IOException {
    Inet4Address gateway = BridgeAddresses.gateway(subnet);
    if (!subnet.contains(address) || address.equals(gateway)) {
      throw new IllegalArgumentException(
          address.getHostAddress() + " is no address for a container of " + subnet);
    }
    var owner = new ContainerLink.Owner(containerId, address);
    var link = new ContainerLink(names.bridgeLink(containerId), interfaceName, owner, MTU, index);
    try (var handle = NetworkNamespaces.open(netns)) {
      link.plug(kernel.routes(), handle);
      try (RouteClient inside = RouteClient.open(handle)) {
        int eth0 = required(inside, interfaceName, containerId);
        inside.execute(inside(eth0, address, gateway));
      }
    }
    owners.put(containerId, owner);
    return new BridgeEndpoint(
        containerId,
        address,
        subnet.prefixLength(),
        gateway,
        link.mac(),
        interfaceName,
        link.hostName());
  }

  private List<Request> inside(int link, Inet4Address address, Inet4Address gateway) {
    return List.of(
        Links.up(LOOPBACK_INDEX),
        Addresses.add(link, address, subnet.prefixLength()),
        Links.up(link),
        Routes.addDefault(gateway, link));
  }

  private static int required(RouteClient inside, String name, String containerId)
      throws IOException {
    return inside
        .link(name)
        .map(LinkInfo::index)
        .orElseThrow(
            () ->
                new IOException(
                    name + " of container " + containerId + " disappeared while it was set up"));
  }

  /// Unplugs the container and unpublishes its ports; its namespace may be gone already.
  public void detach(String containerId) throws IOException {
    forget(containerId);
    kernel.remover().remove(List.of(names.bridgeLink(containerId)));
  }

  /// Unpublishes the container's ports and forgets its address; its link is removed by the caller.
  public void forget(String containerId) throws IOException {
    unpublish(containerId);
    owners.remove(containerId);
  }

  /// The container's published ports become exactly these.
  ///
  /// @throws swarm.network.PortConflictException where another container has one of them
  public void publish(String containerId, List<PortBinding> bindings) throws IOException {
    ContainerLink.Owner owner = owners.get(containerId);
    if (owner == null) {
      throw new IOException(
          "container " + containerId + " is not on bridge " + names.bridge() + "; attach it first");
    }
    publish(containerId, owner.address(), names.bridgeLink(containerId), bindings);
  }

  /// As [#publish(String, List)], for a container at another bridge.
  ///
  /// @param hostLink the host's end of its cable there
  public void publish(
      String containerId, Inet4Address address, String hostLink, List<PortBinding> bindings)
      throws IOException {
    publishing.lock();
    try {
      Publications.Plan plan = publications.publish(containerId, address, bindings);
      if (!plan.changes().isEmpty() && !bindings.isEmpty()) {
        // a container that calls its own published port is answered through the port it called from
        kernel.routes().execute(Links.setHairpin(hostLink, true));
      }
      take(plan);
    } finally {
      publishing.unlock();
    }
  }

  /// What a container publishes.
  public List<PortBinding> published(String containerId) {
    publishing.lock();
    try {
      return publications.all().stream()
          .filter(publication -> publication.containerId().equals(containerId))
          .map(Publication::binding)
          .toList();
    } finally {
      publishing.unlock();
    }
  }

  /// The container publishes nothing any more.
  public void unpublish(String containerId) throws IOException {
    publishing.lock();
    try {
      take(publications.unpublish(containerId));
    } finally {
      publishing.unlock();
    }
  }

  /// Forgets every container that is not among these; their links are removed by the caller.
  ///
  /// @param containerIds asked for after what there is was looked at: who is plugged in meanwhile
  ///   stays
  public void retain(Supplier<Set<String>> containerIds) throws IOException {
    publishing.lock();
    try {
      take(publications.retain(containerIds.get()));
    } finally {
      publishing.unlock();
    }
    var gone = new HashSet<>(owners.keySet());
    gone.removeAll(containerIds.get());
    owners.keySet().removeAll(gone);
  }

  private void take(Publications.Plan plan) throws IOException {
    kernel.nft().apply(plan.changes());
    publications = plan.then();
    if (!plan.stale().isEmpty()) {
      kernel.connections().forget(plan.stale());
    }
  }
}
