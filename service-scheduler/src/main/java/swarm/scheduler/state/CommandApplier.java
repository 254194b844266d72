package swarm.scheduler.state;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.GossipKey;

/// The next state, from a state and a command: pure, total and deterministic. No input can throw
/// here: what is wrong in the present state is a [CommandResult] that every manager reaches alike.
public final class CommandApplier {
  private CommandApplier() {}

  /// The state after a command, what changed, and what to tell the proposer.
  public record Applied(ClusterState state, List<Change> changes, CommandResult result) {}

  static final CommandResult DONE = new CommandResult.Done();

  /// Applies `command`, which stands at `index` of the log.
  public static Applied apply(ClusterState state, long index, Command command) {
    var next = new StateBuilder(state, index);
    CommandResult result = run(next, command);
    return new Applied(next.build(), next.changes(), result);
  }

  /// The state after a group, what changed, and what to tell each proposer.
  public record AppliedGroup(
      ClusterState state, List<Change> changes, List<CommandResult> results) {}

  /// Applies `commands`, which stand together at `index` of the log, in their order; one that is
  /// refused does not stop the others.
  public static AppliedGroup apply(ClusterState state, long index, List<Command> commands) {
    var next = new StateBuilder(state, index);
    List<CommandResult> results = commands.stream().map(each -> run(next, each)).toList();
    return new AppliedGroup(next.build(), next.changes(), results);
  }

  private static CommandResult run(StateBuilder s, Command command) {
    return switch (command) {
      case Command.Many c -> many(s, c);
      case Command.FormCluster c -> form(s, c);
      case Command.UpdateCluster c -> updateCluster(s, c);
      case Command.RecoverCluster c -> NodeCommands.recover(s, c);
      case Command.ChangeRoot c -> changeRoot(s, c);
      case Command.FinishRotation c -> finishRotation(s, c);
      case Command.SetGossipKeys c -> setGossipKeys(s, c);
      case Command.AdmitNode c -> NodeCommands.admit(s, c);
      case Command.DescribeNode c -> NodeCommands.describe(s, c);
      case Command.UpdateNode c -> NodeCommands.update(s, c);
      case Command.SetNodeStatus c -> NodeCommands.setStatus(s, c);
      case Command.SetNodeManager c -> NodeCommands.setManager(s, c);
      case Command.SetNodeIngress c -> NodeCommands.setIngress(s, c);
      case Command.LeaveNode c -> NodeCommands.leave(s, c);
      case Command.RemoveNode c -> NodeCommands.remove(s, c);
      case Command.CreateService c -> ServiceCommands.create(s, c);
      case Command.UpdateService c -> ServiceCommands.update(s, c);
      case Command.SetServicePorts c -> ServiceCommands.setPorts(s, c);
      case Command.SetUpdateStatus c -> ServiceCommands.setUpdateStatus(s, c);
      case Command.RunJob c -> JobCommands.run(s, c);
      case Command.PromoteService c -> ServiceCommands.promote(s, c);
      case Command.RebalanceService c -> ServiceCommands.rebalance(s, c);
      case Command.EndRebalance c -> ServiceCommands.endRebalance(s, c);
      case Command.RemoveService c -> ServiceCommands.remove(s, c);
      case Command.CreatePayload c -> PayloadCommands.create(s, c);
      case Command.UpdatePayload c -> PayloadCommands.update(s, c);
      case Command.RemovePayload c -> PayloadCommands.remove(s, c);
      case Command.CreateNetwork c -> NetworkCommands.create(s, c);
      case Command.RemoveNetwork c -> NetworkCommands.remove(s, c);
      case Command.CreateIngress c -> IngressCommands.create(s, c);
      case Command.RemoveIngress c -> IngressCommands.remove(s, c);
      case Command.AttachContainer c -> NetworkCommands.attach(s, c);
      case Command.DetachContainers c -> NetworkCommands.detach(s, c);
      case Command.SetVirtualIps c -> NetworkCommands.setVirtualIps(s, c);
      case Command.CreateTask c -> TaskCommands.create(s, c);
      case Command.AllocateTask c -> TaskCommands.allocate(s, c);
      case Command.AssignTask c -> TaskCommands.assign(s, c);
      case Command.ExplainTask c -> TaskCommands.explain(s, c);
      case Command.DesireTask c -> TaskCommands.desire(s, c);
      case Command.PreemptTask c -> TaskCommands.preempt(s, c);
      case Command.ReportTasks c -> TaskCommands.report(s, c);
      case Command.OrphanTask c -> TaskCommands.orphan(s, c);
      case Command.RemoveTask c -> TaskCommands.remove(s, c);
    };
  }

  private static CommandResult many(StateBuilder s, Command.Many many) {
    CommandResult first = DONE;
    for (Command command : many.commands()) {
      CommandResult result = run(s, command);
      if (first instanceof CommandResult.Done && !(result instanceof CommandResult.Done)) {
        first = result;
      }
    }
    return first;
  }

  private static CommandResult form(StateBuilder s, Command.FormCluster c) {
    if (s.cluster() != null || s.revoked(c.first().id()) || s.allNodes().iterator().hasNext()) {
      return new CommandResult.Conflict("this log already holds a cluster, or nodes of one");
    }
    s.put(
        c.cluster()
            .with(
                c.cluster().version().next(s.index(), c.cluster().version().updatedAt()),
                c.cluster().spec(),
                c.cluster().tokens()));
    s.put(c.first());
    return DONE;
  }

  private static CommandResult updateCluster(StateBuilder s, Command.UpdateCluster c) {
    @Nullable Cluster cluster = s.cluster();
    if (cluster == null) {
      return new CommandResult.NotFound("there is no cluster yet");
    }
    if (cluster.version().index() != c.version()) {
      return outOfSequence();
    }
    var tokens =
        new Cluster.Tokens(
            Objects.requireNonNullElse(c.rotateWorker(), cluster.tokens().worker()),
            Objects.requireNonNullElse(c.rotateManager(), cluster.tokens().manager()),
            unlockKey(cluster.tokens().unlockKey(), c));
    s.put(cluster.with(cluster.version().next(s.index(), c.at()), c.spec(), tokens));
    return DONE;
  }

  private static CommandResult changeRoot(StateBuilder s, Command.ChangeRoot c) {
    CommandResult updated = updateCluster(s, c.update());
    Cluster cluster = s.cluster();
    if (updated instanceof CommandResult.Done && cluster != null) {
      s.put(cluster.with(cluster.version(), c.certificate(), c.key(), c.rotation()));
    }
    return updated;
  }

  private static CommandResult finishRotation(StateBuilder s, Command.FinishRotation c) {
    Cluster cluster = s.cluster();
    Cluster.Rotation rotation = cluster == null ? null : cluster.rotation();
    if (cluster == null || rotation == null || !rotation.certificate().equals(c.certificate())) {
      return new CommandResult.Conflict("no change to this root is under way");
    }
    s.put(
        cluster.with(
            cluster.version().next(s.index(), c.at()),
            rotation.certificate(),
            rotation.key(),
            null));
    return DONE;
  }

  private static @Nullable String unlockKey(@Nullable String known, Command.UpdateCluster c) {
    if (!c.spec().path("EncryptionConfig").path("AutoLockManagers").asBoolean()) {
      return null;
    }
    boolean fresh = known == null || c.rotateUnlockKey();
    return fresh && c.unlockKey() != null ? c.unlockKey() : known;
  }

  private static CommandResult setGossipKeys(StateBuilder s, Command.SetGossipKeys c) {
    @Nullable Cluster cluster = s.cluster();
    if (cluster == null) {
      return new CommandResult.NotFound("there is no cluster yet");
    }
    List<GossipKey> known = cluster.gossipKeysOrNone();
    if ((known.isEmpty() ? 0 : known.getLast().id()) != c.before()) {
      return new CommandResult.Conflict("the keys of gossip have changed meanwhile");
    }
    s.put(cluster.with(c.keys()));
    return DONE;
  }

  /// Docker's own sentence for an update that names an old version.
  static CommandResult outOfSequence() {
    return new CommandResult.Conflict("rpc error: code = Unknown desc = update out of sequence");
  }
}
