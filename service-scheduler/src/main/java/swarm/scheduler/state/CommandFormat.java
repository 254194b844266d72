package swarm.scheduler.state;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.AdditionLabels;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.LogDefault;
import swarm.scheduler.model.ServiceSpec;

/// Which builds can apply a command: the number before its bytes in the log. An older build stops
/// at one that it does not know, loudly, before its state parts from the others'; so that it need
/// not, managers propose a format only once every manager that is up has said that it reads it.
/// Pure.
///
/// Whatever a command asks of the state that earlier builds would apply otherwise, or could not,
/// needs a new format. 2 is a group's ([CommandGroup#FORMAT]).
public final class CommandFormat {
  /// Of every build.
  public static final int FIRST = 1;

  /// With services that are jobs, tasks that are given generic resources, secrets and configs.
  static final int THIRD = 3;

  /// With what services ask for by reserved labels and what comes of it, networks that users made,
  /// and services on them.
  static final int FOURTH = 4;

  /// With services whose callers keep their task, or whose ports answer at some addresses only, and
  /// nodes with an address of its own for the traffic of containers.
  static final int FIFTH = 5;

  /// With tasks that are made as another one was, from an earlier spec of their service, ports that
  /// nodes chose for their tasks, containers with other rights than usual, a log driver for all
  /// tasks, updates that take the place of one that was never approved, and ingress networks that
  /// users made.
  public static final int SIXTH = 6;

  /// The newest that this build reads.
  public static final int NEWEST = SIXTH;

  private CommandFormat() {}

  /// Whether this build reads what begins with this byte.
  static boolean known(byte format) {
    return format == FIRST || (format >= THIRD && format <= SIXTH);
  }

  /// The oldest format that has the command.
  static int of(Command command) {
    return switch (command) {
      case Command.Many many -> {
        int newest = FIRST;
        for (Command each : many.commands()) {
          newest = Math.max(newest, of(each));
        }
        yield newest;
      }
      case Command.CreateService create ->
          Math.max(of(create.spec()), create.auth() == null ? FIRST : FOURTH);
      case Command.UpdateService update -> of(update);
      case Command.DescribeNode node -> node.description().dataPath() == null ? FIRST : FIFTH;
      case Command.ReportTasks report -> of(report);
      case Command.CreateTask create -> create.like() == null ? FIRST : SIXTH;
      case Command.AssignTask assign -> assign.generic() == null ? FIRST : THIRD;
      case Command.SetUpdateStatus set -> set.status().promoted() == null ? FIRST : FOURTH;
      case Command.CreatePayload _, Command.UpdatePayload _, Command.RemovePayload _ -> THIRD;
      case Command.RunJob _,
          Command.PromoteService _,
          Command.RebalanceService _,
          Command.EndRebalance _,
          Command.PreemptTask _ ->
          FOURTH;
      case Command.AllocateTask allocate -> allocate.networks() == null ? FIRST : FOURTH;
      case Command.CreateNetwork _,
          Command.RemoveNetwork _,
          Command.AttachContainer _,
          Command.DetachContainers _,
          Command.SetVirtualIps _ ->
          FOURTH;
      case Command.CreateIngress _, Command.RemoveIngress _ -> SIXTH;
      case Command.FormCluster form ->
          Math.max(of(form.cluster().spec()), form.cluster().pools() == null ? FIRST : FOURTH);
      case Command.UpdateCluster update -> of(update.spec());
      case Command.RecoverCluster _,
          Command.ChangeRoot _,
          Command.FinishRotation _,
          Command.SetGossipKeys _,
          Command.AdmitNode _,
          Command.UpdateNode _,
          Command.SetNodeStatus _,
          Command.SetNodeManager _,
          Command.SetNodeIngress _,
          Command.LeaveNode _,
          Command.RemoveNode _,
          Command.SetServicePorts _,
          Command.RemoveService _,
          Command.ExplainTask _,
          Command.DesireTask _,
          Command.OrphanTask _,
          Command.RemoveTask _ ->
          FIRST;
    };
  }

  private static int of(JsonNode swarmSpec) {
    return LogDefault.of(swarmSpec).isPresent() ? SIXTH : FIRST;
  }

  private static int of(Command.UpdateService update) {
    if (update.keepsPrevious() != null) {
      return SIXTH;
    }
    return Math.max(of(update.spec()), update.auth() == null ? FIRST : FOURTH);
  }

  private static int of(Command.ReportTasks report) {
    boolean ports =
        report.observations().stream().anyMatch(seen -> seen.status().published() != null);
    return ports ? SIXTH : FIRST;
  }

  private static int of(@Nullable ServiceSpec spec) {
    if (spec == null) {
      return FIRST;
    }
    ContainerSpec container = spec.template().containerSpec();
    if (container != null && container.privileged()) {
      return SIXTH; // an older leader would place its tasks on agents that do not know what they
      // ask
    }
    if (AdditionLabels.addedOfNetworks(spec)) {
      return FIFTH;
    }
    if (AdditionLabels.added(spec) || !spec.template().networkTargets().isEmpty()) {
      return FOURTH;
    }
    return spec.job() ? THIRD : FIRST;
  }
}
