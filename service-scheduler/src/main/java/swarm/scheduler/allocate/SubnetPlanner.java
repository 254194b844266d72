package swarm.scheduler.allocate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Version;
import swarm.scheduler.state.ClusterState;

/// Which number and subnet a new network can have. Pure: whoever makes a network asks it, and the
/// log refuses what was given away meanwhile.
public final class SubnetPlanner {
  /// The first number of a VXLAN that is given, as Docker's; the ingress network has it.
  private static final int FIRST_VNI = 4096;

  private static final int LAST_VNI = 0xffffff;

  private SubnetPlanner() {}

  /// A network, or why it cannot be made.
  ///
  /// @param network null where it cannot
  /// @param problem empty where it can
  public record Planned(@Nullable Network network, String problem) {}

  /// What a network is to have.
  ///
  /// @param spec as it was checked: what is said of a subnet makes sense
  public static Planned plan(ClusterState state, String id, NetworkSpec spec, Instant now) {
    Optional<Integer> vni = vni(state);
    Optional<Subnet> chosen =
        spec.pools().isEmpty()
            ? subnet(state)
            : Optional.ofNullable(spec.pools().getFirst().subnet()).flatMap(Subnet::parse);
    if (vni.isEmpty() || chosen.isEmpty()) {
      return new Planned(
          null,
          "could not find an available, non-overlapping IPv4 address pool among the defaults to"
              + " assign to the network; name a subnet, or remove a network");
    }
    Subnet subnet = chosen.get();
    Optional<Subnet> ingress =
        Optional.ofNullable(state.cluster()).flatMap(cluster -> cluster.ingress().taken());
    if (ingress.filter(subnet::overlaps).isPresent()) {
      return new Planned(
          null,
          "Pool overlaps with other one on this address space: "
              + ingress.get()
              + " is the ingress network's");
    }
    NetworkSpec.Pool pool =
        spec.pools().isEmpty()
            ? new NetworkSpec.Pool(null, null, null, null)
            : spec.pools().getFirst();
    Subnet range = Optional.ofNullable(pool.ipRange()).flatMap(Subnet::parse).orElse(subnet);
    return new Planned(
        new Network(
            id,
            new Version(0, now, now),
            spec,
            vni.get(),
            subnet.address(),
            subnet.prefix(),
            Optional.ofNullable(pool.gateway())
                .flatMap(Subnet::address)
                .orElse(subnet.address() + 1),
            range.address(),
            Math.toIntExact(range.size()),
            reserved(pool)),
        "");
  }

  private static List<Integer> reserved(NetworkSpec.Pool pool) {
    var all = new ArrayList<Integer>();
    if (pool.auxiliaryAddresses() != null) {
      pool.auxiliaryAddresses().values().forEach(text -> Subnet.address(text).ifPresent(all::add));
    }
    return all;
  }

  /// A free address of a network; empty where all are taken.
  public static OptionalInt address(ClusterState state, Network network) {
    int address = AddressPool.of(network, state).take();
    return address == 0 ? OptionalInt.empty() : OptionalInt.of(address);
  }

  /// A free number; empty where all 16 million are taken.
  public static Optional<Integer> vni(ClusterState state) {
    @Nullable Cluster cluster = state.cluster();
    int size = LAST_VNI - FIRST_VNI + 1;
    int last = Math.max(state.networks().lastVni(), FIRST_VNI);
    for (int i = 1; i <= size; i++) {
      int vni = FIRST_VNI + (last - FIRST_VNI + i) % size;
      boolean ingress = cluster != null && cluster.ingress().hasNumber(vni);
      if (!ingress && !state.networks().vnis().containsKey(vni)) {
        return Optional.of(vni);
      }
    }
    return Optional.empty();
  }

  /// A subnet of the cluster's pools that no other network has, and in which no node's own address
  /// lies: its tasks could not reach that node. Empty where there is none.
  public static Optional<Subnet> subnet(ClusterState state) {
    Cluster cluster = state.cluster();
    if (cluster == null) {
      return Optional.empty();
    }
    List<Subnet> taken = taken(state, cluster);
    Cluster.AddressPools pools = cluster.addressPools();
    for (String pool : pools.subnets()) {
      Optional<Subnet> found =
          Subnet.parse(pool).flatMap(range -> within(range, pools.subnetSize(), taken));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Subnet> within(Subnet pool, int prefix, List<Subnet> taken) {
    if (prefix < pool.prefix()) {
      return Optional.empty();
    }
    long step = new Subnet(0, prefix).size();
    long end = Integer.toUnsignedLong(pool.address()) + pool.size();
    long at = Integer.toUnsignedLong(pool.address());
    while (at + step <= end) {
      var candidate = new Subnet((int) at, prefix);
      long next = at + step;
      boolean free = true;
      for (Subnet other : taken) {
        if (candidate.overlaps(other)) {
          free = false;
          // behind whatever is in the way: a large one is not tried step by step
          long behind = Integer.toUnsignedLong(other.address()) + other.size();
          next = Math.max(next, Math.ceilDiv(behind, step) * step);
        }
      }
      if (free) {
        return Optional.of(candidate);
      }
      at = next;
    }
    return Optional.empty();
  }

  private static List<Subnet> taken(ClusterState state, Cluster cluster) {
    var taken = new ArrayList<Subnet>();
    cluster.ingress().taken().ifPresent(taken::add);
    for (Network network : state.networks().byId().values()) {
      taken.add(network.range());
    }
    for (Node node : state.nodes().values()) {
      Subnet.address(node.status().address()).ifPresent(a -> taken.add(new Subnet(a, 32)));
    }
    return taken;
  }
}
