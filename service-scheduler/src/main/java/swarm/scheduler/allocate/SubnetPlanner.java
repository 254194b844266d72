package swarm.scheduler.allocate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.state.ClusterState;

/// Which number and subnet a new network can have. Pure: whoever makes a network asks it, and the
/// log refuses what was given away meanwhile.
public final class SubnetPlanner {
  /// The first number of a VXLAN that is given, as Docker's; the ingress network has it.
  private static final int FIRST_VNI = 4096;

  private static final int LAST_VNI = 0xffffff;

  private SubnetPlanner() {}

  /// A free number; empty where all 16 million are taken.
  public static Optional<Integer> vni(ClusterState state) {
    int ingress = state.cluster() == null ? 0 : state.cluster().ingress().vni();
    int size = LAST_VNI - FIRST_VNI + 1;
    int last = Math.max(state.networks().lastVni(), FIRST_VNI);
    for (int i = 1; i <= size; i++) {
      int vni = FIRST_VNI + (last - FIRST_VNI + i) % size;
      if (vni != ingress && !state.networks().vnis().containsKey(vni)) {
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
    taken.add(cluster.ingress().range());
    for (Network network : state.networks().byId().values()) {
      taken.add(network.range());
    }
    for (Node node : state.nodes().values()) {
      Subnet.address(node.status().address()).ifPresent(a -> taken.add(new Subnet(a, 32)));
    }
    return taken;
  }
}
