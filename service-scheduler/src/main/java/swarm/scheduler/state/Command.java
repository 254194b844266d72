package swarm.scheduler.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;

/// Everything that can happen to the replicated state. Time and identifiers are in the command:
/// applying one reads no clock and rolls no dice.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Command.Many.class, name = "many"),
  @JsonSubTypes.Type(value = Command.FormCluster.class, name = "form"),
  @JsonSubTypes.Type(value = Command.UpdateCluster.class, name = "cluster"),
  @JsonSubTypes.Type(value = Command.RecoverCluster.class, name = "recover"),
  @JsonSubTypes.Type(value = Command.ChangeRoot.class, name = "root"),
  @JsonSubTypes.Type(value = Command.FinishRotation.class, name = "root-rotated"),
  @JsonSubTypes.Type(value = Command.SetGossipKeys.class, name = "gossip-keys"),
  @JsonSubTypes.Type(value = Command.AdmitNode.class, name = "admit"),
  @JsonSubTypes.Type(value = Command.DescribeNode.class, name = "describe"),
  @JsonSubTypes.Type(value = Command.UpdateNode.class, name = "node"),
  @JsonSubTypes.Type(value = Command.SetNodeStatus.class, name = "node-status"),
  @JsonSubTypes.Type(value = Command.SetNodeManager.class, name = "node-manager"),
  @JsonSubTypes.Type(value = Command.SetNodeIngress.class, name = "node-ingress"),
  @JsonSubTypes.Type(value = Command.LeaveNode.class, name = "node-left"),
  @JsonSubTypes.Type(value = Command.RemoveNode.class, name = "node-rm"),
  @JsonSubTypes.Type(value = Command.CreateService.class, name = "service-new"),
  @JsonSubTypes.Type(value = Command.UpdateService.class, name = "service"),
  @JsonSubTypes.Type(value = Command.SetServicePorts.class, name = "service-ports"),
  @JsonSubTypes.Type(value = Command.SetUpdateStatus.class, name = "service-update"),
  @JsonSubTypes.Type(value = Command.RunJob.class, name = "service-run"),
  @JsonSubTypes.Type(value = Command.PromoteService.class, name = "service-promote"),
  @JsonSubTypes.Type(value = Command.RebalanceService.class, name = "service-rebalance"),
  @JsonSubTypes.Type(value = Command.EndRebalance.class, name = "service-balanced"),
  @JsonSubTypes.Type(value = Command.RemoveService.class, name = "service-rm"),
  @JsonSubTypes.Type(value = Command.CreatePayload.class, name = "payload-new"),
  @JsonSubTypes.Type(value = Command.UpdatePayload.class, name = "payload"),
  @JsonSubTypes.Type(value = Command.RemovePayload.class, name = "payload-rm"),
  @JsonSubTypes.Type(value = Command.CreateNetwork.class, name = "network-new"),
  @JsonSubTypes.Type(value = Command.RemoveNetwork.class, name = "network-rm"),
  @JsonSubTypes.Type(value = Command.CreateIngress.class, name = "ingress-new"),
  @JsonSubTypes.Type(value = Command.RemoveIngress.class, name = "ingress-rm"),
  @JsonSubTypes.Type(value = Command.AttachContainer.class, name = "attach"),
  @JsonSubTypes.Type(value = Command.DetachContainers.class, name = "detach"),
  @JsonSubTypes.Type(value = Command.SetVirtualIps.class, name = "service-vips"),
  @JsonSubTypes.Type(value = Command.CreateTask.class, name = "task-new"),
  @JsonSubTypes.Type(value = Command.AllocateTask.class, name = "task-address"),
  @JsonSubTypes.Type(value = Command.AssignTask.class, name = "task-assign"),
  @JsonSubTypes.Type(value = Command.ExplainTask.class, name = "task-explain"),
  @JsonSubTypes.Type(value = Command.DesireTask.class, name = "task-desire"),
  @JsonSubTypes.Type(value = Command.PreemptTask.class, name = "task-preempt"),
  @JsonSubTypes.Type(value = Command.ReportTasks.class, name = "task-report"),
  @JsonSubTypes.Type(value = Command.OrphanTask.class, name = "task-orphan"),
  @JsonSubTypes.Type(value = Command.RemoveTask.class, name = "task-rm"),
})
public sealed interface Command {

  /// Several commands in one log entry, applied in order; one that is refused does not stop the
  /// others.
  record Many(List<Command> commands) implements Command {}

  /// The first command of every cluster.
  record FormCluster(Cluster cluster, Node first) implements Command {}

  /// A new `SwarmSpec`; `rotateWorker`/`rotateManager` carry new token secrets where they are to be
  /// changed.
  ///
  /// @param unlockKey a new key, taken where the spec locks managers that were not locked, or
  ///   `rotateUnlockKey` says so
  record UpdateCluster(
      long version,
      JsonNode spec,
      @Nullable String rotateWorker,
      @Nullable String rotateManager,
      @Nullable String unlockKey,
      boolean rotateUnlockKey,
      Instant at)
      implements Command {
    /// One that leaves the unlock key as it is.
    public UpdateCluster(
        long version,
        JsonNode spec,
        @Nullable String rotateWorker,
        @Nullable String rotateManager,
        Instant at) {
      this(version, spec, rotateWorker, rotateManager, null, false, at);
    }
  }

  /// The first command after the cluster's log was begun anew by one node (its majority was lost,
  /// or it comes from a backup): that node is the only manager. The other managers are as if they
  /// had left: they are down, workers by role, and their certificates count no more, so that one
  /// that comes back with the old log has no say. Workers stay what they are.
  ///
  /// @param self the node that goes on; it may be new, after a restore
  /// @param revokedUntil when the last of the others' certificates will have expired
  record RecoverCluster(Node self, Instant revokedUntil, Instant at) implements Command {}

  /// A new `SwarmSpec` together with another root, another key for it, or the beginning or end of a
  /// change to another root. All of it was decided on the cluster of this version.
  ///
  /// @param certificate the root from now on, PEM
  /// @param key its key, PEM; empty where only an external authority has it
  /// @param rotation the change that is under way from now on; null for none
  record ChangeRoot(
      UpdateCluster update, String certificate, String key, Cluster.@Nullable Rotation rotation)
      implements Command {
    /// Never the keys: this may reach a log.
    @Override
    public String toString() {
      return "ChangeRoot[" + update.version() + "]";
    }
  }

  /// Every node has a certificate of the new root: the old one goes. Refused where another change
  /// has begun meanwhile.
  ///
  /// @param certificate the new root's, PEM
  record FinishRotation(String certificate, Instant at) implements Command {}

  /// Other keys for gossip; refused where the present ones are not those that it was made from.
  ///
  /// @param before the newest id of the present keys, 0 where there are none
  record SetGossipKeys(int before, List<GossipKey> keys, Instant at) implements Command {}

  /// A node got its certificate.
  record AdmitNode(String nodeId, String role, String address, Instant at) implements Command {}

  /// A node's session began: what it says of itself, and that it is READY.
  record DescribeNode(String nodeId, Node.Description description, String address, Instant at)
      implements Command {}

  /// What an operator wants of a node.
  record UpdateNode(String nodeId, long version, NodeSpec spec, Instant at) implements Command {}

  /// What the managers think of a node. Refused where `expected` is no longer its state, so that an
  /// opinion formed on an older view does not overwrite a newer one.
  record SetNodeStatus(
      String nodeId, Node.State expected, Node.State state, String message, Instant at)
      implements Command {}

  /// A node takes part in Raft (or, with null, no longer).
  ///
  /// @param raftId refused where the node's member has another id by now; null: whatever it has
  record SetNodeManager(
      String nodeId, Node.@Nullable Manager manager, @Nullable String raftId, Instant at)
      implements Command {
    /// Whatever the node's member was.
    public SetNodeManager(String nodeId, Node.@Nullable Manager manager, Instant at) {
      this(nodeId, manager, null, at);
    }
  }

  /// A node's own address on the ingress network.
  record SetNodeIngress(String nodeId, int address, Instant at) implements Command {}

  /// A node left by itself: it is down, and its certificate counts no more.
  ///
  /// @param revokedUntil when the last of its certificates will have expired
  record LeaveNode(String nodeId, Instant revokedUntil, Instant at) implements Command {}

  /// Removes a node; refused where it is not down, unless forced. Its certificate counts no more.
  ///
  /// @param revokedUntil when the last of its certificates will have expired
  record RemoveNode(String nodeId, boolean force, Instant revokedUntil, Instant at)
      implements Command {}

  /// @param auth for its image's registry; null for none
  record CreateService(String serviceId, ServiceSpec spec, @Nullable RegistryAuth auth, Instant at)
      implements Command {
    /// One whose registry wants nothing.
    public CreateService(String serviceId, ServiceSpec spec, Instant at) {
      this(serviceId, spec, null, at);
    }
  }

  /// @param rollback whether this goes back to the previous spec (`spec` is then ignored)
  /// @param auth for its image's registry; null for what it had
  /// @param keepsPrevious whether the spec to go back to stays the one that it is where this takes
  ///   the place of an update that never got past its first part (label `swarm.canary`); null where
  ///   a manager does not know of that
  record UpdateService(
      String serviceId,
      long version,
      ServiceSpec spec,
      boolean rollback,
      @Nullable RegistryAuth auth,
      Instant at,
      @Nullable Boolean keepsPrevious)
      implements Command {
    /// One that leaves the credentials as they are.
    public UpdateService(
        String serviceId, long version, ServiceSpec spec, boolean rollback, Instant at) {
      this(serviceId, version, spec, rollback, null, at, null);
    }
  }

  /// The ports that the allocator chose.
  record SetServicePorts(String serviceId, List<PortConfig> ports, Instant at) implements Command {}

  /// How an update goes; refused where another one has begun meanwhile.
  record SetUpdateStatus(
      String serviceId, long specVersion, Service.UpdateStatus status, Instant at)
      implements Command {}

  /// A scheduled job was due: it begins anew, or that time is left out. Refused where that has been
  /// decided meanwhile.
  ///
  /// @param iteration the execution that it was in when that was decided
  /// @param handled likewise, up to when all had been decided
  /// @param due when it was due
  record RunJob(
      String serviceId, long iteration, Instant handled, Instant due, boolean begin, Instant at)
      implements Command {}

  /// An update goes on after its first part.
  record PromoteService(String serviceId, Instant at) implements Command {}

  /// Tasks of a service are to be moved to where there are fewer, until they are spread.
  record RebalanceService(String serviceId, Instant at) implements Command {}

  /// That is done.
  ///
  /// @param since when it was asked for
  record EndRebalance(String serviceId, Instant since) implements Command {}

  /// Removes a service; its tasks are told to go.
  record RemoveService(String serviceId, Instant at) implements Command {}

  /// A new secret or config.
  record CreatePayload(PayloadKind kind, String payloadId, PayloadSpec spec, Instant at)
      implements Command {}

  /// Other labels of a secret or config; nothing else of it may change.
  record UpdatePayload(
      PayloadKind kind, String payloadId, long version, PayloadSpec spec, Instant at)
      implements Command {}

  /// Removes a secret or config; refused while a service uses it.
  record RemovePayload(PayloadKind kind, String payloadId) implements Command {}

  /// A new network, with the number and subnet that its proposer found free: refused where they are
  /// not any more. A subnet that the user chose may be another network's, too.
  record CreateNetwork(Network network, Instant at) implements Command {}

  /// Removes a network; refused while a service names it, or a task on it is to run.
  record RemoveNetwork(String networkId) implements Command {}

  /// Another ingress network, likewise: refused while there is one.
  record CreateIngress(Network network, Instant at) implements Command {}

  /// Removes the ingress network; refused while a service publishes a port on it. Nodes and tasks
  /// have no address there any more.
  record RemoveIngress(String networkId, Instant at) implements Command {}

  /// A container that is no task joins a network, with the address that its proposer found free:
  /// refused where it is not any more, and where the network is not for such.
  record AttachContainer(Attachment attachment, Instant at) implements Command {}

  /// Containers of a node have left networks.
  ///
  /// @param attachmentIds those that are not the node's are left alone
  record DetachContainers(String nodeId, List<String> attachmentIds) implements Command {}

  /// The addresses that the allocator chose for a service, beside those that it has.
  record SetVirtualIps(String serviceId, List<NetworkAddress> addresses, Instant at)
      implements Command {}

  /// A new attempt, made from the service's present template, or as one of its tasks was.
  ///
  /// @param like the id of that task; null, in the log and here, for the present template
  record CreateTask(
      String taskId,
      String serviceId,
      int slot,
      String nodeId,
      int attempt,
      TaskState desired,
      Instant startAfter,
      Instant at,
      @Nullable String like)
      implements Command {
    /// One from the present template.
    public CreateTask(
        String taskId,
        String serviceId,
        int slot,
        String nodeId,
        int attempt,
        TaskState desired,
        Instant startAfter,
        Instant at) {
      this(taskId, serviceId, slot, nodeId, attempt, desired, startAfter, at, null);
    }
  }

  /// The task has what it needs of the network (address 0: it needs none): NEW becomes PENDING.
  ///
  /// @param networks its addresses on networks that users made; null for none
  record AllocateTask(
      String taskId, int ingressAddress, @Nullable List<NetworkAddress> networks, Instant at)
      implements Command {
    /// One that is on no network that users made.
    public AllocateTask(String taskId, int ingressAddress, Instant at) {
      this(taskId, ingressAddress, null, at);
    }
  }

  /// The task is placed: PENDING becomes ASSIGNED.
  ///
  /// @param generic what it gets of the node's generic resources; null for nothing
  record AssignTask(
      String taskId, String nodeId, @Nullable List<GenericResource> generic, Instant at)
      implements Command {
    /// One that gets no generic resources.
    public AssignTask(String taskId, String nodeId, Instant at) {
      this(taskId, nodeId, null, at);
    }
  }

  /// Why a task waits.
  record ExplainTask(String taskId, String error, Instant at) implements Command {}

  /// What the managers want of the task; only ever advances.
  record DesireTask(String taskId, TaskState desired, Instant at) implements Command {}

  /// The task gives up its place to another with a higher priority.
  ///
  /// @param by which one, as people read it
  record PreemptTask(String taskId, String by, Instant at) implements Command {}

  /// What a node's agent observed; only of its own tasks, and only ever onwards.
  ///
  /// @param at when a manager learnt of it: the agent's own clock is in each status
  record ReportTasks(String nodeId, List<Observation> observations, Instant at) implements Command {
    public record Observation(String taskId, Task.Status status) {}
  }

  /// The node of a task is gone for good: so is the task.
  record OrphanTask(String taskId, Instant at) implements Command {}

  /// Forgets a task that is over.
  record RemoveTask(String taskId) implements Command {}
}
