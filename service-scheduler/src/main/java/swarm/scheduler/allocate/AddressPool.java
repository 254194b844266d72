package swarm.scheduler.allocate;

import java.util.HashSet;
import java.util.Set;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.ClusterState;

/// The free addresses of the ingress network, within one turn. The search begins after the address
/// given last, so that one which was just freed rests as long as there are others: peers may still
/// remember its old owner.
final class AddressPool {
  private final ClusterState state;
  private final int first;
  private final int size;
  private final Set<Integer> given = new HashSet<>();
  private int cursor;

  AddressPool(Cluster.Ingress ingress, ClusterState state) {
    this.state = state;
    // the network's own address, its gateway's and its broadcast address are nobody's
    this.first = ingress.network() + 2;
    this.size = (1 << (32 - ingress.prefix())) - 3;
    int last = state.ingressCursor();
    this.cursor = last >= first && last < first + size ? last - first + 1 : 0;
  }

  int size() {
    return size;
  }

  /// The next free address, or 0 where there is none.
  int take() {
    for (int tried = 0; tried < size; tried++) {
      int address = first + (cursor + tried) % size;
      if (!state.ingressAddresses().containsKey(address) && given.add(address)) {
        cursor = (cursor + tried + 1) % size;
        return address;
      }
    }
    return 0;
  }
}
