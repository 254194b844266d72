package swarm.network.overlay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import swarm.linux.NetworkNamespaces;
import swarm.network.Cable;
import swarm.network.Mended;
import swarm.network.OverlayEndpoint;
import swarm.network.OverlayState;
import swarm.network.bridge.ContainerLink;
import swarm.network.bridge.DockerUserChain;
import swarm.network.bridge.HostKernel;
import swarm.network.bridge.LinkNames;
import swarm.network.bridge.Look;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.RouteClient;
import swarm.network.netlink.Sysctl;
import swarm.network.vxlan.VxlanPlanner;

/// The cluster's networks that containers of this host are on. What is there is read from the
/// kernel when a network is applied first, and after a failure. Thread-safe: networks change one at
/// a time, containers are attached side by side.
public final class OverlayNetworks {
  private static final int LOOPBACK_INDEX = 1;

  private final HostKernel kernel;
  private final RouteClient routes;
  private final LinkNames names;
  private final ReentrantLock turn = new ReentrantLock();

  // guarded by turn
  private final Map<String, Applied> applied = new HashMap<>();
  private final Set<String> broken = new HashSet<>(); // what could not be mended
  private boolean ruled;

  public OverlayNetworks(HostKernel kernel, LinkNames names) {
    this.kernel = kernel;
    this.routes = kernel.routes();
    this.names = names;
  }

  /// What the kernel has been brought to.
  private record Applied(OverlayState state, OverlayDevices devices, VxlanPlanner.Known known) {
    boolean hasDevicesOf(OverlayState wanted) {
      return state.vni() == wanted.vni()
          && state.vxlanPort() == wanted.vxlanPort()
          && state.mtu() == wanted.mtu()
          && state.selfUnderlay().equals(wanted.selfUnderlay());
    }
  }

  /// Brings one network to the wanted state: makes it, adopts it from an earlier daemon, or changes
  /// what differs. An equal state costs nothing.
  ///
  /// @throws IOException naming what the kernel refused; applying again continues
  public void apply(OverlayState wanted) throws IOException {
    turn.lock();
    try {
      Applied last = applied.remove(wanted.networkId());
      if (last != null && last.state().equals(wanted)) {
        applied.put(wanted.networkId(), last);
        return;
      }
      OverlayDevices devices;
      VxlanPlanner.Known known;
      if (last != null && last.hasDevicesOf(wanted)) {
        devices = last.devices();
        known = last.known();
      } else {
        devices = make(wanted);
        known = devices.read(routes);
      }
      bring(wanted, devices, known);
    } finally {
      turn.unlock();
    }
  }

  private void bring(OverlayState wanted, OverlayDevices devices, VxlanPlanner.Known known)
      throws IOException {
    VxlanPlanner.Plan plan =
        VxlanPlanner.plan(devices.vxlan(), devices.vxlan(), wanted.where(), known);
    routes.execute(plan.additions());
    routes.execute(plan.removals());
    applied.put(
        wanted.networkId(), new Applied(wanted, devices, VxlanPlanner.Known.of(wanted.where())));
  }

  /// Makes good what is not as it should be: the rules, each network's devices, and where they are
  /// to be mended thoroughly, too, where each address is.
  ///
  /// @return what that was
  /// @throws IOException naming what the kernel refused; mending again continues
  public List<Mended> mend(Look before, boolean thoroughly) throws IOException {
    turn.lock();
    try {
      var mended = new ArrayList<Mended>();
      if (applied.isEmpty()) {
        return mended;
      }
      Look look = before.again(kernel); // nobody makes or removes one now
      Optional<Mended> table = ruled ? look.flaw(OverlayRules.TABLE) : Optional.empty();
      if (table.isPresent()) {
        kernel.nft().apply(OverlayRules.replace(names.overlayBridges()));
        mended.add(table.get());
      }
      for (Applied each : List.copyOf(applied.values())) {
        List<Mended> flaws = flaws(each, look, thoroughly);
        if (!flaws.isEmpty() || broken.contains(each.state().networkId())) {
          broken.add(each.state().networkId());
          OverlayDevices devices = make(each.state());
          bring(each.state(), devices, devices.read(routes));
          broken.remove(each.state().networkId());
          mended.addAll(flaws);
        }
      }
      return mended;
    } finally {
      turn.unlock();
    }
  }

  private List<Mended> flaws(Applied each, Look look, boolean thoroughly) throws IOException {
    var flaws = new ArrayList<Mended>();
    String bridge = names.overlayBridge(each.state().networkId());
    String vxlan = names.overlayVxlan(each.state().networkId());
    look.flaw(Look.Wanted.bridge(bridge)).ifPresent(flaws::add);
    look.flaw(Look.Wanted.port(vxlan, bridge)).ifPresent(flaws::add);
    if (thoroughly && flaws.isEmpty()) {
      int index = each.devices().vxlan();
      VxlanPlanner.plan(index, index, each.state().where(), each.devices().read(routes))
          .flaw(vxlan)
          .ifPresent(flaws::add);
    }
    return flaws;
  }

  /// How a container is plugged in.
  public Cable cable(String containerId, String networkId) {
    return new Cable(hostLink(containerId, networkId), names.overlayBridge(networkId));
  }

  /// The rules first: no frame passes without them.
  private OverlayDevices make(OverlayState wanted) throws IOException {
    if (!ruled) {
      kernel.nft().apply(OverlayRules.replace(names.overlayBridges()));
      ruled = true;
    }
    OverlayDevices devices = OverlayDevices.ensure(routes, names, wanted);
    String bridge = names.overlayBridge(wanted.networkId());
    Sysctl.writeWhereKnown(kernel.netns(), settings(bridge));
    DockerUserChain.admit(kernel.nft(), List.of(bridge));
    return devices;
  }

  /// The host itself has no part in the network.
  private static Map<String, String> settings(String bridge) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("ipv6/conf/" + bridge + "/disable_ipv6", "1");
    settings.put("ipv4/conf/" + bridge + "/forwarding", "0");
    return settings;
  }

  /// Plugs a container in and gives it its address. Doing it again changes nothing.
  ///
  /// @throws IOException also where the network has not been applied
  public void attach(OverlayEndpoint endpoint) throws IOException {
    OverlayDevices devices = devices(endpoint.networkId());
    String hostLink = hostLink(endpoint.containerId(), endpoint.networkId());
    var link =
        new ContainerLink(
            hostLink,
            endpoint.interfaceName(),
            new ContainerLink.Owner(endpoint.containerId(), endpoint.address()),
            devices.mtu(),
            devices.bridge());
    try (var handle = NetworkNamespaces.open(endpoint.netns())) {
      link.plug(routes, handle);
      // it cannot take over another's address: the bridge learns nothing from it
      routes.execute(
          Links.setBridgePort(hostLink, new Links.BridgePort(false, false, false)),
          Neighbours.addBridgeForwarding(required(routes, hostLink).index(), link.mac()));
      try (RouteClient inside = RouteClient.open(handle)) {
        int index = required(inside, endpoint.interfaceName()).index();
        inside.execute(
            Links.up(LOOPBACK_INDEX),
            Addresses.add(index, endpoint.address(), endpoint.prefixLength()),
            Links.up(index));
      }
    }
  }

  private OverlayDevices devices(String networkId) throws IOException {
    turn.lock();
    try {
      Applied there = applied.get(networkId);
      if (there == null) {
        throw new IOException("network " + networkId + " is not set up on this host");
      }
      return there.devices();
    } finally {
      turn.unlock();
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

  /// Removes what this host has of a network, which no container of it is on any more; nothing to
  /// do where it has nothing.
  public void remove(String networkId) throws IOException {
    turn.lock();
    try {
      applied.remove(networkId);
      broken.remove(networkId);
      withdraw(Set.of(networkId));
    } finally {
      turn.unlock();
    }
  }

  /// Removes what an earlier daemon left of networks that are not among these.
  public void retain(Set<String> networkIds) throws IOException {
    turn.lock();
    try {
      var stale = new TreeSet<>(applied.keySet());
      for (LinkInfo link : routes.links()) {
        if (link.alias().startsWith(OverlayDevices.ALIAS)) {
          stale.add(link.alias().substring(OverlayDevices.ALIAS.length()));
        }
      }
      stale.removeAll(networkIds);
      applied.keySet().removeAll(stale);
      broken.removeAll(stale);
      withdraw(stale);
    } finally {
      turn.unlock();
    }
  }

  // The bridge last: by its alias, the next daemon knows what this one left half done.
  private void withdraw(Set<String> networkIds) throws IOException {
    if (networkIds.isEmpty()) {
      return;
    }
    var links = new ArrayList<String>();
    networkIds.forEach(id -> links.add(names.overlayVxlan(id)));
    networkIds.forEach(id -> links.add(names.overlayBridge(id)));
    DockerUserChain.dismiss(kernel.nft(), networkIds.stream().map(names::overlayBridge).toList());
    kernel.remover().remove(links);
    if (applied.isEmpty() && ruled) {
      kernel.nft().apply(OverlayRules.remove());
      ruled = false;
    }
  }

  private static LinkInfo required(RouteClient routes, String name) throws IOException {
    return routes
        .link(name)
        .orElseThrow(() -> new IOException("the interface " + name + " is not there any more"));
  }
}
