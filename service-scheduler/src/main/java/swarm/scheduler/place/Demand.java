package swarm.scheduler.place;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskSpec;

/// What a task, and all that are made from the same spec, asks of a node. Immutable.
///
/// @param wants what of a node never changes within a turn
/// @param nanoCpus billionths of a CPU
/// @param memory bytes
/// @param generic how many of which kind of generic resource
/// @param mostPerNode 0: no limit
/// @param publishes whether it wants a port of the host
record Demand(
    Wants wants,
    long nanoCpus,
    long memory,
    Map<String, Long> generic,
    long mostPerNode,
    boolean publishes) {

  /// What is asked of a node, whatever runs on it: many services may ask the same.
  ///
  /// @param spread the labels to spread over, the outermost first
  /// @param agentFormat what the node's agent must be able to do
  record Wants(
      List<String> constraints,
      List<Placement.Platform> platforms,
      List<String> spread,
      int agentFormat) {}

  static Demand of(Task task) {
    return of(
        task, task.spec(), !task.nodeId().isEmpty()); // a global service's task knows its node
  }

  /// What another one in a replicated service's task's place asks of any node.
  ///
  /// @param spec what it is made from
  static Demand ofSuccessor(Task task, TaskSpec spec) {
    return of(task, spec, false);
  }

  private static Demand of(Task task, TaskSpec spec, boolean pinned) {
    @Nullable Placement placement = spec.placement();
    long most =
        placement == null || placement.maxReplicas() == null || pinned
            ? 0
            : placement.maxReplicas();
    return new Demand(
        new Wants(
            spec.constraints(),
            placement == null ? List.of() : placement.platformsOrAny(),
            placement == null || pinned ? List.of() : placement.spreadOver(),
            AgentFormat.of(task)),
        ResourceRequirements.reservedNanoCpus(spec.resources()),
        ResourceRequirements.reservedMemory(spec.resources()),
        ResourceRequirements.reservedGeneric(spec.resources()),
        most,
        hasPort(task.hostPorts()));
  }

  private static boolean hasPort(List<PortConfig> ports) {
    for (PortConfig port : ports) {
      if (port.publishedOrZero() != 0) {
        return true;
      }
    }
    return false;
  }
}
