package swarm.scheduler.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One attempt at running a container for a slot of a service. Never moved, never restarted.
///
/// @param slot 1.. for replicated services, 0 for global ones
/// @param nodeId empty until placed
/// @param specVersion the service's [Service#specVersion] that the task was made from
/// @param attempt how many tasks of this slot and template ended before it
/// @param ingressAddress address on the ingress network as an int; 0 where it has none
/// @param hostPorts the service's host-mode ports
/// @param startAfter the earliest instant at which the task may be told to run (the restart delay)
public record Task(
    String id,
    Version version,
    String serviceId,
    String serviceName,
    int slot,
    String nodeId,
    TaskSpec spec,
    long specVersion,
    int attempt,
    TaskState desired,
    Status status,
    int ingressAddress,
    Instant startAfter,
    List<PortConfig> hostPorts) {

  /// What was last observed.
  ///
  /// @param message what the task is doing, for people
  /// @param error why it failed or waits; empty where it does not
  /// @param container null until there is one
  public record Status(
      TaskState state, Instant at, String message, String error, @Nullable Container container) {}

  /// @param pid 0 where no process runs
  public record Container(String id, int pid, int exitCode) {}

  /// Whether the attempt is over or told to be over.
  public boolean leaving() {
    return desired.compareTo(TaskState.RUNNING) > 0 || status.state().terminal();
  }

  /// The container's name, as Docker makes it: `web.1.<task id>`, or `web.<node id>.<task id>` for
  /// a global service.
  public String containerName() {
    return serviceName + "." + (slot == 0 ? nodeId : Integer.toString(slot)) + "." + id;
  }

  /// This task, placed on a node.
  public Task assigned(Version v, String node, Status s) {
    return new Task(
        id,
        v,
        serviceId,
        serviceName,
        slot,
        node,
        spec,
        specVersion,
        attempt,
        desired,
        s,
        ingressAddress,
        startAfter,
        hostPorts);
  }

  /// This task with another observed status.
  public Task with(Version v, Status s) {
    return assigned(v, nodeId, s);
  }

  /// This task with another desired state.
  public Task desiring(Version v, TaskState state) {
    return new Task(
        id,
        v,
        serviceId,
        serviceName,
        slot,
        nodeId,
        spec,
        specVersion,
        attempt,
        state,
        status,
        ingressAddress,
        startAfter,
        hostPorts);
  }

  /// This task with its address on the ingress network.
  public Task addressed(Version v, int address, Status s) {
    return new Task(
        id,
        v,
        serviceId,
        serviceName,
        slot,
        nodeId,
        spec,
        specVersion,
        attempt,
        desired,
        s,
        address,
        startAfter,
        hostPorts);
  }
}
