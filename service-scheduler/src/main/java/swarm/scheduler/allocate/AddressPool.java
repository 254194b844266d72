package swarm.scheduler.allocate;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.state.ClusterState;

/// The free addresses of a network, within one turn. The search begins after the address given
/// last, so that one which was just freed rests as long as there are others: peers may still
/// remember its old owner.
final class AddressPool {
  private final IntPredicate free;
  private final int first;
  private final int size;
  private final Set<Integer> given = new HashSet<>();
  private int cursor;

  private AddressPool(int first, int size, int last, IntPredicate free) {
    this.free = free;
    this.first = first;
    this.size = size;
    this.cursor = last >= first && last < first + size ? last - first + 1 : 0;
  }

  static AddressPool of(Ingress ingress, ClusterState state) {
    // the network's own address, its gateway's and its broadcast address are nobody's
    boolean usual = ingress.gatewayAddress() == ingress.network() + 1;
    int nobodys = usual ? 3 : 2;
    return new AddressPool(
        ingress.network() + nobodys - 1,
        ingress.present() ? (1 << (32 - ingress.prefix())) - nobodys : 0,
        state.ingressCursor(),
        address ->
            address != ingress.gatewayAddress() && !state.ingressAddresses().containsKey(address));
  }

  static AddressPool of(Network network, ClusterState state) {
    var owners = state.networks().ownersOn(network.id());
    return new AddressPool(
        network.rangeFirst(),
        network.rangeSize(),
        state.networks().cursor(network.id()),
        address -> network.gives(address) && !owners.containsKey(address));
  }

  int size() {
    return size;
  }

  /// The next free address, or 0 where there is none.
  int take() {
    for (int tried = 0; tried < size; tried++) {
      int address = first + (cursor + tried) % size;
      if (free.test(address) && given.add(address)) {
        cursor = (cursor + tried + 1) % size;
        return address;
      }
    }
    return 0;
  }
}
