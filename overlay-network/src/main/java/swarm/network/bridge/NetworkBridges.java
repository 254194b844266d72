package swarm.network.bridge;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import swarm.linux.NetworkNamespaces;
import swarm.network.Cable;
import swarm.network.Mended;
import swarm.network.NetworkBridge;
import swarm.network.NetworkEndpoint;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;
import swarm.network.netlink.Routes;
import swarm.network.netlink.Sysctl;

/// The bridges of the networks that users made on this host, and containers' cables to them. A
/// bridge's alias says whose it is. Thread-safe; containers are attached side by side.
public final class NetworkBridges {
  private static final String ALIAS = "swarm-network ";
  private static final int LOOPBACK_INDEX = 1;
  private static final Links.BridgePort APART = new Links.BridgePort(true, true, true);

  private final HostKernel kernel;
  private final LinkNames names;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Map<String, NetworkBridge> networks = Map.of();

  public NetworkBridges(HostKernel kernel, LinkNames names) {
    this.kernel = kernel;
    this.names = names;
  }

  /// Whether a link is the bridge of one of these networks, whoever made it.
  public static boolean isNetwork(LinkInfo link) {
    return link.alias().startsWith(ALIAS);
  }

  /// The networks become exactly these: makes or adopts their bridges and removes other ones of
  /// ours, that a killed daemon left.
  ///
  /// @return why bridges could not be made, by network id; the other networks are there
  public Map<String, IOException> restore(Collection<NetworkBridge> wanted) throws IOException {
    changing.lock();
    try {
      var failed = new TreeMap<String, IOException>();
      var next = new LinkedHashMap<String, NetworkBridge>();
      for (NetworkBridge network : wanted) {
        try {
          place(network);
          next.put(network.networkId(), network);
        } catch (IOException e) {
          failed.put(network.networkId(), e);
        }
      }
      var stale = new ArrayList<String>();
      for (LinkInfo link : kernel.routes().links()) {
        if (link.alias().startsWith(ALIAS)
            && !next.containsKey(link.alias().substring(ALIAS.length()))) {
          stale.add(link.name());
        }
      }
      if (!stale.isEmpty()) {
        withdraw(stale);
      }
      take(next);
      return failed;
    } finally {
      changing.unlock();
    }
  }

  /// Makes a network's bridge and its rules.
  public void add(NetworkBridge network) throws IOException {
    changing.lock();
    try {
      place(network);
      var next = new LinkedHashMap<>(networks);
      next.put(network.networkId(), network);
      take(next);
    } finally {
      changing.unlock();
    }
  }

  /// Removes a network's bridge and its rules; nothing to do where they are gone.
  public void remove(String networkId) throws IOException {
    changing.lock();
    try {
      var next = new LinkedHashMap<>(networks);
      NetworkBridge gone = next.remove(networkId);
      if (gone != null) {
        withdraw(List.of(gone.name()));
        take(next);
      }
    } finally {
      changing.unlock();
    }
  }

  /// Makes good what is not as it should be.
  ///
  /// @return what that was
  public List<Mended> mend(Look before) throws IOException {
    changing.lock();
    try {
      var mended = new ArrayList<Mended>();
      if (networks.isEmpty()) {
        return mended;
      }
      Look look = before.again(kernel); // nobody makes or removes one now
      for (NetworkBridge network : networks.values()) {
        Optional<Mended> link = look.flaw(Look.Wanted.bridge(network.name(), network.gateway()));
        if (link.isPresent()) {
          place(network);
          mended.add(link.get());
        }
      }
      Optional<Mended> table = look.flaw(NetworkRules.TABLE);
      if (table.isPresent()) {
        take(networks);
        mended.add(table.get());
      }
      return mended;
    } finally {
      changing.unlock();
    }
  }

  /// Whether a link's name is that of one of these bridges.
  public boolean isBridge(String link) {
    return networks.values().stream().anyMatch(network -> network.name().equals(link));
  }

  /// How a container is plugged in at one of these networks; empty where there is no such network.
  public Optional<Cable> cable(String containerId, String networkId) {
    return Optional.ofNullable(networks.get(networkId))
        .map(network -> new Cable(hostLink(containerId, networkId), network.name()));
  }

  // The rules first: by its bridge, the next daemon knows what this one left half done.
  private void withdraw(List<String> bridges) throws IOException {
    DockerUserChain.dismiss(kernel.nft(), bridges);
    kernel.remover().remove(bridges);
  }

  private void take(Map<String, NetworkBridge> next) throws IOException {
    kernel.nft().apply(NetworkRules.replace(next.values()));
    DockerUserChain.admit(kernel.nft(), next.values().stream().map(NetworkBridge::name).toList());
    networks = next;
  }

  private void place(NetworkBridge network) throws IOException {
    RouteClient routes = kernel.routes();
    String alias = ALIAS + network.networkId();
    Optional<LinkInfo> there = routes.link(network.name());
    if (there.isPresent() && !there.get().alias().equals(alias)) {
      throw new IOException(
          "an interface with the name "
              + network.name()
              + " exists on this host already; choose another one by the option"
              + " com.docker.network.bridge.name");
    }
    try {
      if (there.isEmpty()) {
        // an address of its own, or the bridge would take its lowest port's and change with them
        routes.execute(
            Links.add(
                NewLink.of(network.name(), new NewLink.Kind.Bridge())
                    .withMac(MacAddress.derivedFrom(network.gateway()))),
            Links.setAlias(network.name(), alias));
      }
      LinkInfo link = required(routes, network.name());
      routes.execute(
          Links.setMtu(link.index(), network.mtu()),
          Addresses.add(link.index(), network.gateway(), network.subnet().prefixLength()),
          Links.up(link.index()));
      Sysctl.write(kernel.netns(), Map.of("ipv4/conf/" + network.name() + "/route_localnet", "1"));
    } catch (IOException e) {
      if (there.isEmpty()) {
        kernel.remover().remove(List.of(network.name()));
      }
      throw e;
    }
  }

  /// Plugs a container in and gives it its address. Doing it again changes nothing.
  public void attach(NetworkEndpoint endpoint) throws IOException {
    NetworkBridge network = endpoint.network();
    LinkInfo bridge = required(kernel.routes(), network.name());
    var owner = new ContainerLink.Owner(endpoint.containerId(), endpoint.address());
    String hostLink = hostLink(endpoint.containerId(), network.networkId());
    var link =
        new ContainerLink(
            hostLink,
            endpoint.interfaceName(),
            owner,
            network.mtu(),
            bridge.index(),
            endpoint.mac());
    try (var handle = NetworkNamespaces.open(endpoint.netns())) {
      link.plug(kernel.routes(), handle);
      if (!network.neighbours()) {
        kernel.routes().execute(Links.setBridgePort(hostLink, APART));
      }
      try (RouteClient inside = RouteClient.open(handle)) {
        int index = required(inside, endpoint.interfaceName()).index();
        inside.execute(
            Links.up(LOOPBACK_INDEX),
            Addresses.add(index, endpoint.address(), network.subnet().prefixLength()),
            Links.up(index));
      }
    }
  }

  /// Makes a container's default route lead out of one of its interfaces.
  public void route(Path netns, Inet4Address gateway, String interfaceName) throws IOException {
    try (var handle = NetworkNamespaces.open(netns);
        RouteClient inside = RouteClient.open(handle)) {
      inside.execute(Routes.addDefault(gateway, required(inside, interfaceName).index()));
    }
  }

  /// Unplugs a container from networks; its namespace may be gone already.
  public void detach(String containerId, Collection<String> networkIds) throws IOException {
    if (!networkIds.isEmpty()) {
      kernel.remover().remove(networkIds.stream().map(n -> hostLink(containerId, n)).toList());
    }
  }

  /// The host's end of a container's cable.
  public String hostLink(String containerId, String networkId) {
    return names.networkLink(containerId, networkId);
  }

  private static LinkInfo required(RouteClient routes, String name) throws IOException {
    return routes
        .link(name)
        .orElseThrow(() -> new IOException("the interface " + name + " is not there any more"));
  }
}
