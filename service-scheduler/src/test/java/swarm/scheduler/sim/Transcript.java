package swarm.scheduler.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;

/// Writes down what a simulated cluster does, for people: one line for each kind of command of a
/// turn, one for each kind of step of the agents.
public final class Transcript implements SimCluster.Listener {
  private final SimCluster cluster;
  private final StringBuilder text = new StringBuilder();
  private final List<String> agents = new ArrayList<>();
  private String open = "";
  private boolean planning;
  private Instant agentsAt = SimCluster.START;

  public Transcript(SimCluster cluster) {
    this.cluster = cluster;
    cluster.listen(this);
  }

  /// What happened since the last call.
  public String take() {
    flushAgents();
    endLine();
    String all = text.toString();
    text.setLength(0);
    return all;
  }

  @Override
  public void planned(ClusterState before, List<Command> commands) {
    flushAgents();
    planning = true;
    ClusterState after =
        CommandApplier.apply(before, before.index() + 1, new Command.Many(commands)).state();
    for (Command command : commands) {
      write(before, after, command);
    }
    endLine();
  }

  @Override
  public void applied(ClusterState before, CommandApplier.Applied applied) {
    if (planning) {
      planning = false; // these are the plan's own
      return;
    }
    if (!cluster.now().equals(agentsAt)) {
      flushAgents();
      agentsAt = cluster.now();
    }
    for (Change change : applied.changes()) {
      if (change instanceof Change.OfTask(Task was, Task is)
          && was != null
          && is != null
          && is.status().state() != was.status().state()) {
        agents.add(is.status().state() + "\t" + name(is));
      }
    }
  }

  private void flushAgents() {
    for (TaskState state : TaskState.values()) {
      for (String line : agents) {
        if (line.startsWith(state + "\t")) {
          add(
              agentsAt,
              "    " + state.name().toLowerCase(Locale.ROOT),
              line.substring(line.indexOf('\t') + 1));
        }
      }
    }
    agents.clear();
    endLine();
  }

  private void write(ClusterState before, ClusterState after, Command command) {
    switch (command) {
      case Command.CreateTask c ->
          add(
              "create",
              name(after, c.taskId())
                  + (c.like() == null ? "" : " like " + name(before, c.like()))
                  + start(c));
      case Command.AllocateTask c ->
          add(
              "allocate",
              name(after, c.taskId())
                  + (c.ingressAddress() == 0 ? "" : " " + address(c.ingressAddress()))
                  + (c.networks() == null ? "" : addresses(c.networks())));
      case Command.AssignTask c ->
          add(
              "assign",
              name(after, c.taskId())
                  + " to "
                  + c.nodeId()
                  + (c.generic() == null
                      ? ""
                      : " with " + String.join(" ", GenericResource.environment(c.generic()))));
      case Command.ExplainTask c -> add("explain", name(after, c.taskId()) + ": " + c.error());
      case Command.DesireTask c -> add("desire " + c.desired(), name(after, c.taskId()));
      case Command.RemoveTask c -> add("forget", name(before, c.taskId()));
      case Command.SetNodeIngress c -> add("address", c.nodeId() + " " + address(c.address()));
      case Command.SetServicePorts c ->
          add("publish", serviceName(before, c.serviceId()) + " " + ports(c.ports()));
      case Command.SetVirtualIps c ->
          add("virtual", serviceName(before, c.serviceId()) + addresses(c.addresses()));
      case Command.SetUpdateStatus c ->
          add(
              "update",
              serviceName(before, c.serviceId())
                  + " "
                  + c.status().state()
                  + ": "
                  + c.status().message());
      case Command.PreemptTask c -> add("preempt", name(before, c.taskId()) + " for " + c.by());
      case Command.RunJob c ->
          add(
              c.begin() ? "run" : "leave out",
              serviceName(before, c.serviceId())
                  + " due at "
                  + since(Duration.between(SimCluster.START, c.due())));
      case Command.EndRebalance c -> add("balanced", serviceName(before, c.serviceId()));
      case Command.UpdateService c -> add("roll back", serviceName(before, c.serviceId()));
      case Command.Many _,
          Command.FormCluster _,
          Command.UpdateCluster _,
          Command.RecoverCluster _,
          Command.ChangeRoot _,
          Command.FinishRotation _,
          Command.CreatePayload _,
          Command.UpdatePayload _,
          Command.CreateNetwork _,
          Command.RemoveNetwork _,
          Command.CreateIngress _,
          Command.RemoveIngress _,
          Command.AttachContainer _,
          Command.DetachContainers _,
          Command.RemovePayload _,
          Command.AdmitNode _,
          Command.DescribeNode _,
          Command.UpdateNode _,
          Command.SetNodeStatus _,
          Command.SetNodeManager _,
          Command.SetGossipKeys _,
          Command.LeaveNode _,
          Command.RemoveNode _,
          Command.CreateService _,
          Command.RemoveService _,
          Command.PromoteService _,
          Command.RebalanceService _,
          Command.ReportTasks _,
          Command.OrphanTask _ ->
          throw new AssertionError("planners do not plan " + command);
    }
  }

  private static String addresses(List<NetworkAddress> all) {
    return all.stream()
        .map(each -> " " + each.networkId() + ":" + address(each.address()))
        .collect(Collectors.joining());
  }

  private String start(Command.CreateTask c) {
    String attempt = c.attempt() == 0 ? "" : " attempt " + c.attempt();
    return c.desired() != TaskState.READY
        ? attempt
        : attempt + " ready for " + since(Duration.between(SimCluster.START, c.startAfter()));
  }

  private void add(String verb, String what) {
    add(cluster.now(), verb, what);
  }

  private void add(Instant at, String verb, String what) {
    if (verb.equals(open)) {
      text.append(", ").append(what);
      return;
    }
    endLine();
    open = verb;
    text.append(String.format("%-6s ", since(Duration.between(SimCluster.START, at))))
        .append(verb)
        .append(' ')
        .append(what);
  }

  private void endLine() {
    if (!open.isEmpty()) {
      text.append('\n');
      open = "";
    }
  }

  private static String since(Duration time) {
    return time.toMillis() % 1000 == 0
        ? (time.isNegative() ? "" : "+") + time.toSeconds() + "s"
        : "+" + time.toMillis() / 1000.0 + "s";
  }

  private static String name(ClusterState state, String taskId) {
    Task task = state.tasks().get(taskId);
    return task == null ? taskId : name(task);
  }

  /// `web.1/t7`: service, slot (or the node of a global one, and of slot 0 of a job), task.
  static String name(Task task) {
    return task.serviceName()
        + (task.slot() == 0 && !task.nodeId().isEmpty() ? "@" + task.nodeId() : "." + task.slot())
        + "/"
        + task.id();
  }

  private static String serviceName(ClusterState state, String id) {
    @Nullable Service service = state.services().get(id);
    return service == null ? id : service.spec().nameOrEmpty();
  }

  static String ports(List<PortConfig> ports) {
    var texts = new ArrayList<String>();
    for (PortConfig port : ports) {
      texts.add(
          port.publishedOrZero()
              + ":"
              + port.target()
              + "/"
              + port.protocolOrTcp()
              + (port.ingress() ? "" : "/host"));
    }
    return String.join(" ", texts);
  }

  static String address(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }
}
