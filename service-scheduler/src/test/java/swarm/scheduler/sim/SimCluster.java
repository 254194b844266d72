package swarm.scheduler.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.turn.Agenda;
import swarm.scheduler.turn.TurnPlanner;

/// The leader's loop and every node's agent, one step at a time. What happens is told to a
/// [Listener], in order.
public final class SimCluster {
  /// When the simulation begins.
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /// A cluster that is still busy after so many steps without time passing never comes to rest.
  private static final int MOST_STEPS = 2_000;

  /// Hears what happens.
  public interface Listener {
    /// The leader planned.
    default void planned(ClusterState before, List<Command> commands) {}

    /// A command was applied.
    default void applied(ClusterState before, CommandApplier.Applied applied) {}
  }

  private final Agenda agenda = new Agenda();
  private final Map<String, Duration> skew = new HashMap<>();
  private final TreeSet<String> brokenImages = new TreeSet<>();
  private final TreeSet<String> missingImages = new TreeSet<>();
  private final TreeSet<String> silentNodes = new TreeSet<>();
  private final TreeSet<String> stubbornNodes = new TreeSet<>();
  private final List<Listener> listeners = new ArrayList<>();
  private ClusterState state = ClusterState.EMPTY;
  private Instant now = START;
  private boolean completing;
  private int tasks;
  private int services;

  /// @param ingress network of the ingress addresses, as an int
  public SimCluster(int ingress, int prefix, int history) {
    var cluster =
        new Cluster(
            "cluster",
            new Version(0, now, now),
            Wire.JSON
                .createObjectNode()
                .set(
                    "Orchestration",
                    Wire.JSON.createObjectNode().put("TaskHistoryRetentionLimit", history)),
            "certificate",
            "key",
            new Cluster.Tokens("w", "m"),
            new Ingress("ingress", ingress, prefix, 4096, 4789, now),
            30);
    var first =
        node(
            "manager", "manager", new Node.Description("m", "linux", "x86_64", 0, 0, "", Map.of()));
    var drained = first.with(first.version(), new NodeSpec(null, null, "manager", "drain"));
    apply(
        new Command.FormCluster(
            cluster,
            drained.withManager(drained.version(), new Node.Manager("raft", "192.0.2.1:2377"))));
    agenda.begin(state);
  }

  private Node node(String id, String role, Node.Description description) {
    return new Node(
        id,
        new Version(0, now, now),
        new NodeSpec(null, null, role, "active"),
        description,
        new Node.Status(Node.State.READY, "", "192.0.2.1", now),
        null,
        0);
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  public ClusterState state() {
    return state;
  }

  public Instant now() {
    return now;
  }

  /// The id of the next service: `s1`, `s2` ...
  public String nextServiceId() {
    return "s" + ++services;
  }

  /// No node can pull this image, or all can again.
  public void missImage(String image, boolean missing) {
    if (missing) {
      missingImages.add(image);
    } else {
      missingImages.remove(image);
    }
  }

  /// Containers of this image fail as soon as they start, or, again, do not.
  public void breakImage(String image, boolean broken) {
    if (broken) {
      brokenImages.add(image);
    } else {
      brokenImages.remove(image);
    }
  }

  /// What jobs run completes from now on.
  public void complete() {
    completing = true;
  }

  /// A node's agent reports nothing, or does again.
  public void silence(String node, boolean silent) {
    if (silent) {
      silentNodes.add(node);
    } else {
      silentNodes.remove(node);
    }
  }

  /// A node's containers do not stop when they are told to, or do again.
  public void hold(String node, boolean holds) {
    if (holds) {
      stubbornNodes.add(node);
    } else {
      stubbornNodes.remove(node);
    }
  }

  /// A node's clock differs from the leader's.
  public void skew(String node, Duration difference) {
    skew.put(node, difference);
  }

  /// The leader's clock jumps: another manager leads now, with another clock.
  public void newLeader(Duration difference) {
    now = now.plus(difference);
    agenda.begin(state);
  }

  /// Applies a command as the log would.
  public CommandResult apply(Command command) {
    ClusterState before = state;
    CommandApplier.Applied applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    agenda.note(state, applied.changes());
    listeners.forEach(l -> l.applied(before, applied));
    return applied.result();
  }

  /// Lets everything happen that happens without time passing.
  public void settle() {
    for (int step = 0; step < MOST_STEPS; step++) {
      boolean planned = turn();
      boolean moved = agents();
      if (!planned && !moved) {
        return;
      }
    }
    throw new AssertionError("not at rest after " + MOST_STEPS + " steps at " + now);
  }

  /// Lets time pass, with everything that happens in it.
  public void pass(Duration time) {
    Instant until = now.plus(time);
    settle();
    while (true) {
      Optional<Instant> next = agenda.nextTimer().filter(at -> !at.isAfter(until));
      if (next.isEmpty()) {
        now = until;
        settle();
        return;
      }
      now = next.get().isAfter(now) ? next.get() : now;
      settle();
    }
  }

  /// Lets time pass until nothing waits for it, at most `most`.
  public void rest(Duration most) {
    Instant until = now.plus(most);
    settle();
    while (true) {
      Optional<Instant> next = agenda.nextTimer().filter(at -> !at.isAfter(until));
      if (next.isEmpty()) {
        return;
      }
      now = next.get().isAfter(now) ? next.get() : now;
      settle();
    }
  }

  private boolean turn() {
    Optional<Agenda.Work> work = agenda.take(now);
    if (work.isEmpty()) {
      return false;
    }
    Plan plan =
        TurnPlanner.plan(
            new Turn(state, work.get().services(), work.get().nodesChanged(), now, this::taskId));
    agenda.planned(plan);
    if (plan.commands().isEmpty()) {
      return false;
    }
    ClusterState before = state;
    listeners.forEach(l -> l.planned(before, plan.commands()));
    CommandResult result = apply(new Command.Many(List.copyOf(plan.commands())));
    if (!(result instanceof CommandResult.Done)) {
      throw new AssertionError(
          "the leader's own plan was refused: " + result + "\n" + plan.commands());
    }
    return true;
  }

  private String taskId() {
    return String.format("t%02d", ++tasks);
  }

  private boolean agents() {
    boolean moved = false;
    for (Node node : state.nodes().values()) {
      if (silentNodes.contains(node.id())) {
        continue;
      }
      var seen = new ArrayList<Command.ReportTasks.Observation>();
      for (Task task : state.tasksOnNode(node.id())) {
        step(node.id(), task)
            .ifPresent(s -> seen.add(new Command.ReportTasks.Observation(task.id(), s)));
      }
      if (!seen.isEmpty()) {
        apply(new Command.ReportTasks(node.id(), seen, now));
        moved = true;
      }
    }
    return moved;
  }

  private Optional<Task.Status> step(String node, Task task) {
    TaskState at = task.status().state();
    if (at.compareTo(TaskState.ASSIGNED) < 0 || at.terminal()) {
      return Optional.empty();
    }
    if (task.desired().isEnd()) {
      return stubbornNodes.contains(node) && at == TaskState.RUNNING
          ? Optional.empty()
          : Optional.of(status(node, TaskState.SHUTDOWN, ""));
    }
    if (at.compareTo(TaskState.READY) < 0) {
      var wanted = task.spec().containerSpec();
      if (wanted != null && wanted.image() != null && missingImages.contains(wanted.image())) {
        return Optional.of(status(node, TaskState.REJECTED, "no such image"));
      }
      return Optional.of(status(node, TaskState.READY, ""));
    }
    if (at == TaskState.READY && task.desired() != TaskState.READY) {
      var container = task.spec().containerSpec();
      return container != null
              && container.image() != null
              && brokenImages.contains(container.image())
          ? Optional.of(status(node, TaskState.FAILED, "task: non-zero exit (1)"))
          : Optional.of(status(node, TaskState.RUNNING, ""));
    }
    if (at == TaskState.RUNNING && completing && task.desired() == TaskState.COMPLETE) {
      return Optional.of(status(node, TaskState.COMPLETE, ""));
    }
    return Optional.empty();
  }

  /// A status as a node's agent writes it, by the node's own clock.
  public Task.Status status(String node, TaskState state, String error) {
    return new Task.Status(
        state, now.plus(skew.getOrDefault(node, Duration.ZERO)), state.apiName(), error, null);
  }
}
