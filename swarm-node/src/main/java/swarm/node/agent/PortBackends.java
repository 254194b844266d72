package swarm.node.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import swarm.network.balance.Backend;
import swarm.network.balance.HeldOut;
import swarm.network.balance.Hints;
import swarm.node.rpc.SessionMessages;

/// Who is behind published ports, and which of them new calls are led to once hints are heeded.
/// Pure.
///
/// @param known by address on the ingress network
record PortBackends(Map<Integer, Backend> known) {
  /// @param underlay this host's address towards the others
  /// @param ownTasks this host's, by address; managers tell of the others only
  static PortBackends of(
      SessionMessages.Ingress ingress, String underlay, Map<Integer, String> ownTasks) {
    var known = new HashMap<Integer, Backend>();
    ownTasks.forEach((address, task) -> known.put(address, new Backend(address, task, underlay)));
    for (SessionMessages.IngressEndpoint each : ingress.endpoints()) {
      String task = each.taskId();
      known.put(
          each.address(), new Backend(each.address(), task == null ? "" : task, each.underlay()));
    }
    return new PortBackends(known);
  }

  /// Those of one service's port that new calls are led to.
  ///
  /// @param backends the healthy ones, as managers say
  List<Integer> heeding(List<Integer> backends, Hints hints) {
    if (hints.isEmpty()) {
      return backends;
    }
    var all = new ArrayList<Backend>();
    for (Integer address : backends) {
      all.add(known.getOrDefault(address, new Backend(address, "", "")));
    }
    SortedSet<Integer> out = HeldOut.of(all, hints);
    return backends.stream().filter(address -> !out.contains(address)).toList();
  }
}
