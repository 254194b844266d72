package swarm.scheduler.state;

import java.util.Map;
import java.util.Optional;
import swarm.scheduler.model.Flaps;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Commands on nodes.
final class NodeCommands {
  /// More managers make a swarm slower and no safer: seven survive the loss of three.
  static final int MOST_MANAGERS = 7;

  private NodeCommands() {}

  static CommandResult admit(StateBuilder s, Command.AdmitNode c) {
    if (s.revoked(c.nodeId())) {
      return revoked(c.nodeId()); // who joins again does so under another id
    }
    Node known = s.node(c.nodeId());
    boolean manager = c.role().equals("manager");
    Optional<CommandResult> refusal =
        manager && (known == null || !known.spec().manager())
            ? tooMany(managers(s))
            : Optional.empty();
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (known != null) {
      s.put(known.with(known.version().next(s.index(), c.at()), known.spec().withRole(c.role())));
      return CommandApplier.DONE;
    }
    s.put(
        new Node(
            c.nodeId(),
            new Version(s.index(), c.at(), c.at()),
            new NodeSpec(null, null, c.role(), "active"),
            new Node.Description("", "", "", 0, 0, "", Map.of()),
            new Node.Status(
                Node.State.UNKNOWN, "waiting for its first session", c.address(), c.at()),
            null,
            0));
    return CommandApplier.DONE;
  }

  static CommandResult recover(StateBuilder s, Command.RecoverCluster c) {
    if (s.cluster() == null) {
      return new CommandResult.NotFound("there is no cluster to recover");
    }
    if (s.revoked(c.self().id())) {
      return revoked(c.self().id());
    }
    for (Node node : s.allNodes()) {
      if (node.manager() != null && !node.id().equals(c.self().id())) {
        s.revoke(node.id(), c.revokedUntil(), c.at());
        Version version = node.version().next(s.index(), c.at());
        s.put(
            node.withManager(version, null)
                .with(version, node.spec().withRole("worker"))
                .with(
                    version,
                    new Node.Status(
                        Node.State.DOWN,
                        "was a manager of the cluster before it was begun anew: 'swarm leave"
                            + " --force' there, and join again",
                        node.status().address(),
                        c.at())));
      }
    }
    Node known = s.node(c.self().id());
    if (known == null) {
      s.put(c.self().withIngress(new Version(s.index(), c.at(), c.at()), 0));
    } else {
      Version version = known.version().next(s.index(), c.at());
      s.put(
          known
              .withManager(version, c.self().manager())
              .with(version, known.spec().withRole("manager"))
              .with(
                  version,
                  new Node.Status(
                      known.status().state(),
                      known.status().message(),
                      c.self().status().address(),
                      c.at())));
    }
    return CommandApplier.DONE;
  }

  static CommandResult describe(StateBuilder s, Command.DescribeNode c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    if (s.revoked(c.nodeId())) {
      return revoked(c.nodeId());
    }
    Version version = node.version().next(s.index(), c.at());
    // a node that flaps is held back: the managers say when it has stayed for long enough
    Flaps flaps = node.status().flaps();
    boolean held = node.status().state() == Node.State.DOWN && !Flaps.hold(flaps).isZero();
    s.put(
        node.with(version, c.description())
            .with(
                version,
                new Node.Status(
                    held ? Node.State.DOWN : Node.State.READY,
                    held ? Flaps.explain(flaps) : "",
                    c.address(),
                    c.at(),
                    flaps)));
    return CommandApplier.DONE;
  }

  static CommandResult update(StateBuilder s, Command.UpdateNode c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    if (node.version().index() != c.version()) {
      return CommandApplier.outOfSequence();
    }
    Optional<CommandResult> refusal = roleRefusal(s, node, c.spec().manager());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    s.put(node.with(node.version().next(s.index(), c.at()), c.spec()));
    return CommandApplier.DONE;
  }

  /// Why a node cannot become a manager, or a worker.
  private static Optional<CommandResult> roleRefusal(StateBuilder s, Node node, boolean manager) {
    if (node.spec().manager() == manager) {
      return Optional.empty();
    }
    long managers = managers(s);
    if (!manager && managers <= 1) {
      return Optional.of(
          new CommandResult.Refused(
              "rpc error: code = FailedPrecondition desc = attempting to demote the last manager of"
                  + " the swarm"));
    }
    return manager ? tooMany(managers) : Optional.empty();
  }

  private static Optional<CommandResult> tooMany(long managers) {
    return managers < MOST_MANAGERS
        ? Optional.empty()
        : Optional.of(
            new CommandResult.Refused(
                "rpc error: code = FailedPrecondition desc = this swarm has "
                    + managers
                    + " managers, and the most is "
                    + MOST_MANAGERS
                    + ": each write waits for a majority of them; join as a worker, or demote"
                    + " another manager first"));
  }

  private static long managers(StateBuilder s) {
    long managers = 0;
    for (Node node : s.allNodes()) {
      if (node.spec().manager() && !s.revoked(node.id())) {
        managers++;
      }
    }
    return managers;
  }

  static CommandResult setStatus(StateBuilder s, Command.SetNodeStatus c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    if (s.revoked(c.nodeId())) {
      return revoked(c.nodeId());
    }
    if (node.status().state() != c.expected()) {
      return new CommandResult.Conflict(
          "node " + c.nodeId() + " is " + node.status().state() + ", not " + c.expected());
    }
    Node.Status before = node.status();
    boolean lost = c.state() == Node.State.DOWN && before.state() != Node.State.UNKNOWN;
    Flaps flaps = lost ? Flaps.lost(before.flaps(), c.at()) : before.flaps();
    String held = lost ? Flaps.explain(flaps) : "";
    s.put(
        node.with(
            node.version().next(s.index(), c.at()),
            new Node.Status(
                c.state(),
                held.isEmpty() ? c.message() : c.message() + "; " + held,
                before.address(),
                c.at(),
                flaps)));
    return CommandApplier.DONE;
  }

  static CommandResult setManager(StateBuilder s, Command.SetNodeManager c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    if (c.manager() != null && s.revoked(c.nodeId())) {
      return revoked(c.nodeId());
    }
    Node.Manager now = node.manager();
    if (c.raftId() != null && (now == null || !now.raftId().equals(c.raftId()))) {
      return new CommandResult.Conflict("node " + c.nodeId() + " is in the log as another member");
    }
    s.put(node.withManager(node.version().next(s.index(), c.at()), c.manager()));
    return CommandApplier.DONE;
  }

  static CommandResult setIngress(StateBuilder s, Command.SetNodeIngress c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    String owner = s.ingressOwner(c.address());
    if (owner != null && !owner.equals(c.nodeId())) {
      return new CommandResult.Conflict("the ingress address is already " + owner + "'s");
    }
    if (!IngressCommands.gives(s, c.address())) {
      return new CommandResult.Conflict("there is another ingress network by now, or none");
    }
    s.put(node.withIngress(node.version().next(s.index(), c.at()), c.address()));
    return CommandApplier.DONE;
  }

  static CommandResult leave(StateBuilder s, Command.LeaveNode c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    s.revoke(c.nodeId(), c.revokedUntil(), c.at());
    Version version = node.version().next(s.index(), c.at());
    s.put(
        node.withManager(version, null)
            .with(
                version,
                new Node.Status(
                    Node.State.DOWN, "left the swarm", node.status().address(), c.at())));
    s.networks().attachmentsOn(node.id()).forEach(s::removeAttachment);
    return CommandApplier.DONE;
  }

  static CommandResult remove(StateBuilder s, Command.RemoveNode c) {
    Node node = s.node(c.nodeId());
    if (node == null) {
      return noNode(c.nodeId());
    }
    if (node.manager() != null) {
      return new CommandResult.Refused(
          "rpc error: code = FailedPrecondition desc = node "
              + c.nodeId()
              + " is a cluster manager and is a member of the raft cluster. It must be demoted to worker before"
              + " removal");
    }
    if (!c.force() && node.status().state() == Node.State.READY) {
      return new CommandResult.Refused(
          "rpc error: code = FailedPrecondition desc = node "
              + c.nodeId()
              + " is not down and can't be removed");
    }
    s.revoke(c.nodeId(), c.revokedUntil(), c.at());
    s.removeNode(node);
    for (Task task : s.tasksOnNode(c.nodeId())) {
      if (!task.status().state().terminal()) {
        TaskCommands.orphanTask(s, task, c.at());
      }
      if (task.desired().compareTo(TaskState.SHUTDOWN) < 0) {
        TaskCommands.desireTask(s, task.id(), TaskState.SHUTDOWN, c.at());
      }
    }
    return CommandApplier.DONE;
  }

  private static CommandResult revoked(String id) {
    return new CommandResult.Refused("node " + id + " has left the swarm; it may join again");
  }

  private static CommandResult noNode(String id) {
    return new CommandResult.NotFound("node " + id + " not found");
  }
}
