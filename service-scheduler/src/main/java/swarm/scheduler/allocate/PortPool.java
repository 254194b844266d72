package swarm.scheduler.allocate;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.ReservedPorts;

/// The published ports that are free, within one turn.
final class PortPool {
  /// Docker's range of ports that the cluster chooses from.
  static final int FIRST = 30_000;

  static final int LAST = 32_767;

  private final ClusterState state;
  private @Nullable Set<String> taken;

  PortPool(ClusterState state) {
    this.state = state;
  }

  /// The lowest free port, or 0 where there is none.
  int take(String protocol) {
    Set<String> all = taken();
    for (int number = FIRST; number <= LAST; number++) {
      if (all.add(protocol + "/" + number)) {
        return number;
      }
    }
    return 0;
  }

  /// Gathered only once a port is asked for: most turns choose none.
  private Set<String> taken() {
    if (taken == null) {
      taken = new HashSet<>(ReservedPorts.of(state.cluster(), state.nodes().values()));
      for (Service service : state.publishing()) {
        for (PortConfig port : service.ports()) {
          taken.add(ReservedPorts.key(port));
        }
      }
    }
    return taken;
  }
}
