package swarm.node.control;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// How far the load balancers of the cluster's hosts have followed the state: what the leader knows
/// from the managers' summaries. Never ahead of the truth: what is not known counts as not
/// followed. Thread-safe.
final class BalancerProgress {
  /// Manager to what it last said: node to index. Guarded by this.
  private final Map<String, Map<String, Long>> reports = new HashMap<>();

  /// A manager says how far the nodes in session with it are.
  ///
  /// @param manager its node id
  /// @param balancing node id to the index of the state that its load balancers follow
  synchronized void told(String manager, Map<String, Long> balancing) {
    reports.put(manager, new TreeMap<>(balancing));
  }

  /// The index that every host's load balancers have reached, of the hosts that are not down. One
  /// whose daemon is away counts: it still leads callers to what it knew last.
  synchronized long through(ClusterState state) {
    var managers = new TreeSet<String>();
    long least = state.index();
    for (Node node : state.nodes().values()) {
      if (node.manager() != null) {
        managers.add(node.id());
      }
    }
    reports.keySet().retainAll(managers);
    for (Node node : state.nodes().values()) {
      if (node.alive() && node.ingressAddress() != 0) {
        least = Math.min(least, reached(node.id()));
      }
    }
    return least;
  }

  private long reached(String nodeId) {
    long most = 0;
    for (Map<String, Long> report : reports.values()) {
      @Nullable Long index = report.get(nodeId);
      most = index == null ? most : Math.max(most, index);
    }
    return most;
  }
}
