package swarm.network.ingress;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import swarm.linux.NetworkNamespaces;
import swarm.network.Cable;
import swarm.network.IngressState;
import swarm.network.Mended;
import swarm.network.bridge.ContainerLink;
import swarm.network.bridge.DockerUserChain;
import swarm.network.bridge.HostKernel;
import swarm.network.bridge.LinkNames;
import swarm.network.bridge.Look;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.Links;
import swarm.network.netlink.Neighbours;
import swarm.network.netlink.RouteClient;
import swarm.network.netlink.Sysctl;
import swarm.network.nft.Change;
import swarm.network.nft.NftClient;
import swarm.network.nft.Table;
import swarm.network.vxlan.VxlanPlanner;

/// One host's part of the routing mesh. Thread-safe: applications take turns, tasks are attached
/// side by side.
public final class IngressMesh {
  /// How long a task waits for the first state: setting up takes some 50 ms, on a loaded machine
  /// many times as long.
  private static final Duration FIRST_STATE = Duration.ofSeconds(10);

  private final HostKernel kernel;
  private final RouteClient routes;
  private final LinkNames names;
  private final ReentrantLock turn = new ReentrantLock();
  private final Condition appliedOnce = turn.newCondition();

  /// What tasks are plugged into: they are while it changes for others. Nothing while the devices
  /// themselves are made.
  private volatile @Nullable Applied applied;

  /// Whether the kernel is as [#applied] says; not so after a failure. Guarded by the turn.
  private boolean inSync;

  /// Whether something could not be mended. Guarded by the turn.
  private boolean broken;

  public IngressMesh(HostKernel kernel, LinkNames names) {
    this.kernel = kernel;
    this.routes = kernel.routes();
    this.names = names;
  }

  /// What the kernel has been brought to.
  private record Applied(
      IngressState state,
      IngressDevices devices,
      VxlanPlanner.Known known,
      IngressRules.Rules rules) {}

  /// Brings the host to the wanted state. The first time it compares with what the kernel has,
  /// afterwards with what it applied last; after a failure it looks at the kernel again.
  ///
  /// @throws IOException naming what the kernel refused; the state is in between then, and the next
  ///   application continues
  public void apply(IngressState wanted) throws IOException {
    turn.lock();
    try {
      Applied last = inSync ? applied : null;
      if (last != null && last.state().equals(wanted)) {
        return;
      }
      inSync = false;
      if (last == null || devicesDiffer(last.state(), wanted)) {
        applied = null;
        applied = setUp(wanted);
      } else {
        applied = change(last, wanted);
      }
      inSync = true;
      appliedOnce.signalAll();
    } finally {
      turn.unlock();
    }
  }

  private static boolean devicesDiffer(IngressState was, IngressState wanted) {
    return was.vni() != wanted.vni()
        || was.vxlanPort() != wanted.vxlanPort()
        || was.mtu() != wanted.mtu()
        || !was.subnet().equals(wanted.subnet())
        || !was.selfIngressAddress().equals(wanted.selfIngressAddress())
        || !was.selfUnderlay().equals(wanted.selfUnderlay());
  }

  private Applied change(Applied last, IngressState wanted) throws IOException {
    IngressRules.Rules rules = IngressRules.Rules.of(wanted, names, last.devices().mtu());
    Applied now =
        bring(
            wanted,
            last.devices(),
            last.known(),
            rules,
            IngressRules.difference(last.rules(), rules));
    var stale = StaleConnections.between(last.state(), wanted);
    if (!stale.isEmpty()) {
      kernel.connections().forget(stale);
    }
    return now;
  }

  private Applied setUp(IngressState wanted) throws IOException {
    IngressDevices devices = IngressDevices.ensure(routes, names, wanted);
    Sysctl.write(kernel.netns(), settings(names.ingressBridge()));
    DockerUserChain.admit(kernel.nft(), List.of(names.ingressBridge()));
    IngressRules.Rules rules = IngressRules.Rules.of(wanted, names, devices.mtu());
    return bring(wanted, devices, devices.read(routes), rules, IngressRules.replace(rules));
  }

  /// Makes good what is not as it should be: the devices, the rules, and where the mesh is to be
  /// mended thoroughly, too, where each address is.
  ///
  /// @return what that was
  /// @throws IOException naming what the kernel refused; mending again continues
  public List<Mended> mend(Look before, boolean thoroughly) throws IOException {
    turn.lock();
    try {
      Applied last = applied;
      if (last == null) {
        return List.of();
      }
      // it may have been made while the first look was taken; nobody changes it now
      List<Mended> flaws = flaws(last, before.again(kernel), thoroughly);
      if (flaws.isEmpty() && !broken) {
        return List.of();
      }
      broken = true;
      applied = setUp(last.state());
      broken = false;
      return flaws;
    } finally {
      turn.unlock();
    }
  }

  private List<Mended> flaws(Applied last, Look look, boolean thoroughly) throws IOException {
    var flaws = new ArrayList<Mended>();
    String bridge = names.ingressBridge();
    look.flaw(Look.Wanted.bridge(bridge, last.state().selfIngressAddress())).ifPresent(flaws::add);
    look.flaw(Look.Wanted.port(names.ingressVxlan(), bridge)).ifPresent(flaws::add);
    look.flaw(IngressRules.TABLE).ifPresent(flaws::add);
    if (thoroughly && flaws.isEmpty()) {
      IngressDevices devices = last.devices();
      VxlanPlanner.plan(
              devices.bridge(), devices.vxlan(), where(last.state()), devices.read(routes))
          .flaw(names.ingressVxlan())
          .ifPresent(flaws::add);
    }
    return flaws;
  }

  private static Map<String, String> settings(String bridge) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("ipv4/ip_forward", "1");
    settings.put("ipv4/conf/" + bridge + "/route_localnet", "1");
    return settings;
  }

  /// New ways first, then the rules that use them, then old ways are forgotten.
  private Applied bring(
      IngressState wanted,
      IngressDevices devices,
      VxlanPlanner.Known known,
      IngressRules.Rules rules,
      List<Change> changes)
      throws IOException {
    SortedMap<Inet4Address, Inet4Address> where = where(wanted);
    VxlanPlanner.Plan plan = VxlanPlanner.plan(devices.bridge(), devices.vxlan(), where, known);
    routes.execute(plan.additions());
    kernel.nft().apply(changes);
    routes.execute(plan.removals());
    return new Applied(wanted, devices, VxlanPlanner.Known.of(where), rules);
  }

  /// The host of each address that is not on this one.
  static SortedMap<Inet4Address, Inet4Address> where(IngressState state) {
    var where = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    state.endpoints().forEach(task -> where.put(task.address(), task.underlay()));
    state.peers().forEach(peer -> where.put(peer.ingressAddress(), peer.underlay()));
    where.values().removeIf(state.selfUnderlay()::equals);
    where.remove(state.selfIngressAddress());
    return where;
  }

  /// Plugs the task in and sets its namespace up; doing it again changes nothing. The task must
  /// have its default route already.
  ///
  /// A node that has just joined hears of the network and of its first tasks at once: these wait
  /// for the devices, up to 10 s.
  ///
  /// @throws IOException where no state has been applied by then
  public void attach(String containerId, Path task, Inet4Address address) throws IOException {
    Applied now = awaitApplied(containerId);
    IngressState state = now.state();
    if (!state.subnet().contains(address)) {
      throw new IllegalArgumentException(
          address.getHostAddress() + " lies outside of the ingress subnet " + state.subnet());
    }
    var link =
        new ContainerLink(
            names.ingressLink(containerId),
            TaskNetwork.INTERFACE,
            new ContainerLink.Owner(containerId, address),
            now.devices().mtu(),
            now.devices().bridge());
    try (var handle = NetworkNamespaces.open(task)) {
      link.plug(routes, handle);
      confine(link);
      NetworkNamespaces.<Boolean>call(
          handle,
          () -> {
            inside(state, address);
            return true;
          });
    }
  }

  private Applied awaitApplied(String containerId) throws IOException {
    Applied now = applied;
    if (now != null) {
      return now;
    }
    turn.lock();
    try {
      long left = FIRST_STATE.toNanos();
      while (applied == null && left > 0) {
        left = appliedOnce.awaitNanos(left);
      }
      now = applied;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the ingress network");
    } finally {
      turn.unlock();
    }
    if (now == null) {
      throw new IOException(
          "the ingress network is not set up on this host; apply its state before attaching "
              + containerId);
    }
    return now;
  }

  /// The task talks with hosts, not with its neighbours, and cannot take over another's address:
  /// its port passes frames to no other isolated port, and the bridge learns nothing from it.
  private void confine(ContainerLink link) throws IOException {
    int port =
        routes
            .link(link.hostName())
            .orElseThrow(() -> new IOException("link " + link.hostName() + " disappeared"))
            .index();
    routes.execute(
        Links.setBridgePort(link.hostName(), new Links.BridgePort(false, true, true)),
        Neighbours.addBridgeForwarding(port, link.mac()));
  }

  /// Runs within the task's namespace.
  private static void inside(IngressState state, Inet4Address address) throws IOException {
    var settings = new LinkedHashMap<String, String>();
    // callers' addresses are routed out of the other interface, so a strict check refuses them
    settings.put("ipv4/conf/all/rp_filter", "0");
    settings.put("ipv4/conf/" + TaskNetwork.INTERFACE + "/rp_filter", "0");
    Sysctl.write(settings);
    try (RouteClient routes = RouteClient.open();
        NftClient nft = NftClient.open()) {
      int link =
          routes
              .link(TaskNetwork.INTERFACE)
              .orElseThrow(() -> new IOException(TaskNetwork.INTERFACE + " disappeared"))
              .index();
      routes.execute(
          TaskNetwork.requests(link, address, state.subnet(), state.selfIngressAddress()));
      var changes = new ArrayList<Change>();
      for (Table table : List.of(TaskNetwork.TABLE, TaskNetwork.EGRESS_TABLE)) {
        // only where it is there: closing the client waits 15 ms for whatever was deleted
        if (nft.exists(table)) {
          changes.add(new Change.DeleteTable(table));
        }
      }
      changes.addAll(TaskNetwork.rules(state.subnet(), outbound(routes)));
      nft.apply(changes);
    }
  }

  /// The task's address where its default route leads out.
  private static Optional<Inet4Address> outbound(RouteClient routes) throws IOException {
    OptionalInt link = routes.defaultLink();
    return routes.addresses().stream()
        .filter(address -> link.isPresent() && address.link() == link.getAsInt())
        .map(Addresses.AddressInfo::address)
        .findFirst();
  }

  /// How a task is plugged in.
  public Cable cable(String containerId) {
    return new Cable(names.ingressLink(containerId), names.ingressBridge());
  }

  /// Whether a task's namespace has the rules that it needs.
  ///
  /// @param there the tables in it
  public static boolean isWhole(Set<Table> there) {
    return there.contains(TaskNetwork.TABLE) && there.contains(TaskNetwork.EGRESS_TABLE);
  }

  /// Unplugs the task; its namespace may be gone already.
  public void detach(String containerId) throws IOException {
    kernel.remover().remove(List.of(names.ingressLink(containerId)));
  }

  /// Takes the host out of the mesh: links and rules.
  public void remove() throws IOException {
    turn.lock();
    try {
      applied = null;
      kernel
          .nft()
          .apply(
              List.of(
                  new Change.AddTable(IngressRules.TABLE),
                  new Change.DeleteTable(IngressRules.TABLE)));
      DockerUserChain.dismiss(kernel.nft(), List.of(names.ingressBridge()));
      routes.execute(Links.delete(names.ingressVxlan()), Links.delete(names.ingressBridge()));
    } finally {
      turn.unlock();
    }
  }
}
