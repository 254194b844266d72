package swarm.scheduler.allocate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.state.ClusterState;

/// The free addresses of networks that users made, within one turn.
final class NetworkPools {
  private final ClusterState state;
  private final Map<String, AddressPool> pools = new HashMap<>();

  NetworkPools(ClusterState state) {
    this.state = state;
  }

  /// One address on each of these networks, or why not: then some were taken in vain, within this
  /// turn only.
  record Taken(List<NetworkAddress> addresses, Optional<String> lack) {}

  Taken take(List<String> networkIds) {
    var all = new ArrayList<NetworkAddress>();
    for (String id : networkIds) {
      Network network = state.networks().find(id);
      if (network == null) {
        return new Taken(List.of(), Optional.of("network " + id + " not found"));
      }
      AddressPool pool = pools.computeIfAbsent(id, _ -> AddressPool.of(network, state));
      int address = pool.take();
      if (address == 0) {
        return new Taken(
            List.of(),
            Optional.of(
                "no free address on network "
                    + network.name()
                    + ": all of its "
                    + pool.size()
                    + " are taken"));
      }
      all.add(new NetworkAddress(id, address));
    }
    return new Taken(all, Optional.empty());
  }
}
