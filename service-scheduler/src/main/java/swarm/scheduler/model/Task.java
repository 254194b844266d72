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
/// @param startAfter the earliest instant at which the task may be told to run (the restart delay)
/// @param hostPorts the service's host-mode ports
/// @param born Raft index of the task's creation: orders attempts whatever the leaders' clocks said
/// @param runningSince when the managers learnt that it runs, by their clock: delays count from
///   here, not from what the node's own clock says; null until then
/// @param endedAt likewise for its end
/// @param generic what it got of its node's generic resources; null, in the log and here, for
///   nothing
/// @param jobIteration the execution of a job that it belongs to ([Service.JobStatus#iteration]);
///   null for a task that is to run on
/// @param preempted what took its place on its node, as people read it; null where nothing did
/// @param networks its addresses on networks that users made; null, in the log and here, for none
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
    List<PortConfig> hostPorts,
    long born,
    @Nullable Instant runningSince,
    @Nullable Instant endedAt,
    @Nullable List<GenericResource> generic,
    @Nullable Long jobIteration,
    @Nullable String preempted,
    @Nullable List<NetworkAddress> networks) {

  /// One of no job that got no generic resources.
  public Task(
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
      List<PortConfig> hostPorts,
      long born,
      @Nullable Instant runningSince,
      @Nullable Instant endedAt) {
    this(
        id,
        version,
        serviceId,
        serviceName,
        slot,
        nodeId,
        spec,
        specVersion,
        attempt,
        desired,
        status,
        ingressAddress,
        startAfter,
        hostPorts,
        born,
        runningSince,
        endedAt,
        null,
        null,
        null,
        null);
  }

  /// Its addresses on networks that users made, in the order of the spec.
  public List<NetworkAddress> networksOrNone() {
    return NonNulls.of(networks);
  }

  /// What it got of its node's generic resources.
  public List<GenericResource> genericOrNone() {
    return NonNulls.of(generic);
  }

  /// What was last observed.
  ///
  /// @param message what the task is doing, for people
  /// @param error why it failed or waits; empty where it does not
  /// @param container null until there is one
  /// @param published the host's ports that were chosen for the task's [Task#hostPorts], in their
  ///   order; null, in the log and here, where the spec has them all
  public record Status(
      TaskState state,
      Instant at,
      String message,
      String error,
      @Nullable Container container,
      @Nullable List<Integer> published) {
    /// Of a status' message and error each, in characters: they are for people to read, and are in
    /// every manager's memory.
    public static final int MOST_TEXT = 4096;

    private static final int MOST_ID = 128;
    private static final int MOST_PORTS = 1_000;

    /// One whose host ports are as the spec has them.
    public Status(
        TaskState state, Instant at, String message, String error, @Nullable Container container) {
      this(state, at, message, error, container, null);
    }

    /// This as it may be kept, whatever a node said: with texts of a bounded length (what is cut
    /// off is told), and without ports that are none.
    public Status bounded() {
      return new Status(state, at, bounded(message), bounded(error), container(MOST_ID), ports());
    }

    /// This without the ports that were chosen.
    public Status withoutPorts() {
      return new Status(state, at, message, error, container);
    }

    private @Nullable Container container(int most) {
      return container == null || container.id().length() <= most
          ? container
          : new Container(container.id().substring(0, most), container.pid(), container.exitCode());
    }

    private @Nullable List<Integer> ports() {
      return published == null
              || published.size() > MOST_PORTS
              || published.stream().anyMatch(port -> port == null || port < 1 || port > 65_535)
          ? null
          : published;
    }

    private static String bounded(String text) {
      if (text.length() <= MOST_TEXT) {
        return text;
      }
      String note = "... (cut: " + text.length() + " characters)";
      int end = MOST_TEXT - note.length();
      return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
          + note;
    }
  }

  /// @param pid 0 where no process runs
  public record Container(String id, int pid, int exitCode) {}

  /// Whether callers may be led to it: by a published port, a name or a virtual address.
  public boolean takesCalls() {
    return ingressAddress != 0 || !networksOrNone().isEmpty();
  }

  /// Whether the attempt is over or told to be over.
  public boolean leaving() {
    return desired.isEnd() || status.state().terminal();
  }

  /// The container's name, as Docker makes it: `web.1.<task id>`, or `web.<node id>.<task id>` for
  /// a global service (and, as in Docker, for slot 0 of a job).
  public String containerName() {
    return serviceName + "." + (slot == 0 ? nodeId : Integer.toString(slot)) + "." + id;
  }

  /// This task, placed on a node, with what it gets of the node's generic resources.
  public Task assigned(Version v, String node, Status s, @Nullable List<GenericResource> got) {
    return copy(
        v, node, desired, s, ingressAddress, runningSince, endedAt, got, preempted, networks);
  }

  /// This task with another observed status, which the managers learnt of at `learnt`.
  public Task observed(Version v, Status s, Instant learnt) {
    boolean runs = s.state() == TaskState.RUNNING && runningSince == null;
    boolean ends = s.state().terminal() && endedAt == null;
    return copy(
        v,
        nodeId,
        desired,
        s,
        ingressAddress,
        runs ? learnt : runningSince,
        ends ? learnt : endedAt,
        generic,
        preempted,
        networks);
  }

  /// This task with another desired state.
  public Task desiring(Version v, TaskState state) {
    return copy(
        v,
        nodeId,
        state,
        status,
        ingressAddress,
        runningSince,
        endedAt,
        generic,
        preempted,
        networks);
  }

  /// This task, which lost its place to `by`.
  public Task preempted(String by) {
    return copy(
        version,
        nodeId,
        desired,
        status,
        ingressAddress,
        runningSince,
        endedAt,
        generic,
        by,
        networks);
  }

  /// This task with its address on the ingress network and those on networks that users made.
  public Task addressed(Version v, int address, @Nullable List<NetworkAddress> others, Status s) {
    return copy(v, nodeId, desired, s, address, runningSince, endedAt, generic, preempted, others);
  }

  /// This as its agent is told of it, with what holds for all tasks of the cluster.
  public Task specified(TaskSpec full) {
    return new Task(
        id,
        version,
        serviceId,
        serviceName,
        slot,
        nodeId,
        full,
        specVersion,
        attempt,
        desired,
        status,
        ingressAddress,
        startAfter,
        hostPorts,
        born,
        runningSince,
        endedAt,
        generic,
        jobIteration,
        preempted,
        networks);
  }

  private Task copy(
      Version v,
      String node,
      TaskState wanted,
      Status s,
      int address,
      @Nullable Instant since,
      @Nullable Instant ended,
      @Nullable List<GenericResource> got,
      @Nullable String by,
      @Nullable List<NetworkAddress> addresses) {
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
        wanted,
        s,
        address,
        startAfter,
        hostPorts,
        born,
        since,
        ended,
        got,
        jobIteration,
        by,
        addresses);
  }
}
