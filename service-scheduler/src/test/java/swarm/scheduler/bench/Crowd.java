package swarm.scheduler.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.StateCodec;
import swarm.scheduler.turn.Agenda;

/// A large cluster, made as a manager makes one: every command goes through bytes, so that what its
/// objects share is what they share in a daemon. Each service has three constraints, which two of
/// three nodes meet, reservations, and is spread over ten zones.
final class Crowd {
  /// As the control loop has it.
  private static final int BATCH = 500;

  private static final int ZONES = 10;
  private static final int ID_LENGTH = 25;
  private static final String HEX = "0123456789abcdef";

  final Agenda agenda = new Agenda();
  Instant now = Instant.parse("2026-01-01T00:00:00.123456789Z");
  private ClusterState state = ClusterState.EMPTY;
  private long ids;

  Crowd(int nodes) {
    var first =
        new Node(
            id(),
            new Version(0, now, now),
            new NodeSpec(null, null, "manager", "drain"),
            new Node.Description("m", "linux", "x86_64", 0, 0, "", Map.of()),
            new Node.Status(Node.State.READY, "", "192.0.2.1", now),
            new Node.Manager("raft", "192.0.2.1:2377"),
            0);
    var cluster =
        new Cluster(
            id(),
            new Version(0, now, now),
            Wire.JSON.createObjectNode(),
            "certificate",
            "key",
            new Cluster.Tokens("w", "m"),
            new Ingress("ingress", 0x0a000000, 8, 4096, 4789, now),
            30);
    apply(new Command.FormCluster(cluster, first));
    for (int i = 0; i < nodes; i++) {
      node(i);
    }
    // addresses of the nodes, before anything is measured
    agenda.begin(state);
  }

  private void node(int number) {
    String id = id();
    String address = "10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255);
    apply(new Command.AdmitNode(id, "worker", address, now));
    var labels = new TreeMap<String, String>();
    labels.put("zone", "zone-" + number % ZONES);
    labels.put("tier", number % 3 == 0 ? "bronze" : "gold");
    long version = state.node(id).orElseThrow().version().index();
    apply(new Command.UpdateNode(id, version, new NodeSpec(null, labels, "worker", "active"), now));
    apply(
        new Command.DescribeNode(
            id,
            new Node.Description(
                "host-" + number,
                "linux",
                "x86_64",
                1_000_000_000_000_000L,
                1L << 50,
                "28",
                Map.of("storage", "overlay2")),
            address,
            now));
  }

  ClusterState state() {
    return state;
  }

  /// A new identifier, of the form of Docker's; the same in every run.
  String id() {
    long mixed = ++ids * 0x9E3779B97F4A7C15L;
    var text = new StringBuilder(ID_LENGTH);
    while (text.length() < ID_LENGTH) {
      mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L + ids;
      mixed ^= mixed >>> 27;
      text.append(Character.forDigit((int) Math.floorMod(mixed, 36L), 36));
    }
    return text.toString();
  }

  /// Applies a command as it comes out of the log.
  void apply(Command command) {
    Command read = read(command);
    var applied = CommandApplier.apply(state, state.index() + 1, read);
    if (!(applied.result() instanceof CommandResult.Done)) {
      throw new IllegalStateException(applied.result().toString());
    }
    state = applied.state();
    agenda.note(state, applied.changes());
  }

  private static Command read(Command command) {
    try {
      return StateCodec.decode(StateCodec.encode(command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the log makes of a plan.
  static List<Command> entries(Plan plan) {
    var all = new ArrayList<Command>();
    List<Command> commands = plan.commands();
    for (int from = 0; from < commands.size(); from += BATCH) {
      int to = Math.min(commands.size(), from + BATCH);
      all.add(read(new Command.Many(List.copyOf(commands.subList(from, to)))));
    }
    return all;
  }

  /// Applies what was read already: what a manager does once an entry is committed.
  void applyRead(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    agenda.note(state, applied.changes());
  }

  /// Creates a service; its tasks are not there yet.
  String service(int number, int replicas) {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", "service-" + number);
    spec.putObject("Mode").putObject("Replicated").put("Replicas", replicas);
    ObjectNode template = spec.putObject("TaskTemplate");
    template
        .putObject("ContainerSpec")
        .put("Image", "registry.example.com/team/image-" + number + ":1.2.3");
    template
        .putObject("Resources")
        .putObject("Reservations")
        .put("NanoCPUs", 10_000_000)
        .put("MemoryBytes", 8 << 20);
    template
        .putObject("Placement")
        .putArray("Constraints")
        .add("node.role == worker")
        .add("node.labels.tier == gold")
        .add("node.platform.os == linux");
    template
        .withObject("Placement")
        .putArray("Preferences")
        .addObject()
        .putObject("Spread")
        .put("SpreadDescriptor", "node.labels.zone");
    String id = id();
    apply(new Command.CreateService(id, Wire.JSON.convertValue(spec, ServiceSpec.class), now));
    return id;
  }

  /// A service of which so many tasks wait to be placed.
  String waiting(int number, int replicas) {
    String service = service(number, replicas);
    var commands = new ArrayList<Command>();
    for (int slot = 1; slot <= replicas; slot++) {
      String id = id();
      commands.add(new Command.CreateTask(id, service, slot, "", 0, TaskState.RUNNING, now, now));
      commands.add(new Command.AllocateTask(id, 0, now));
    }
    apply(new Command.Many(commands));
    return service;
  }

  /// The agents of a service's tasks report that they run.
  void run(String serviceId) {
    var byNode = new TreeMap<String, List<Command.ReportTasks.Observation>>();
    for (Task task : state.tasksOfService(serviceId)) {
      byNode
          .computeIfAbsent(task.nodeId(), _ -> new ArrayList<>())
          .add(
              new Command.ReportTasks.Observation(
                  task.id(),
                  new Task.Status(
                      TaskState.RUNNING,
                      now.plusNanos(ids * 1_001),
                      "started",
                      "",
                      new Task.Container(containerId(), (int) (ids % 100_000), 0))));
    }
    byNode.forEach((node, seen) -> apply(new Command.ReportTasks(node, seen, now)));
  }

  private String containerId() {
    var text = new StringBuilder(64);
    long mixed = ++ids;
    while (text.length() < 64) {
      mixed = mixed * 6364136223846793005L + 1442695040888963407L;
      text.append(HEX.charAt((int) (mixed >>> 60)));
    }
    return text.toString();
  }

  /// One task of a service ended by itself.
  Command lost(String serviceId, int which) {
    List<Task> running =
        state.tasksOfService(serviceId).stream()
            .filter(t -> t.status().state() == TaskState.RUNNING && !t.leaving())
            .toList();
    Task task = running.get(which % running.size());
    return read(
        new Command.ReportTasks(
            task.nodeId(),
            List.of(
                new Command.ReportTasks.Observation(
                    task.id(),
                    new Task.Status(
                        TaskState.FAILED, now, "finished", "task: non-zero exit (1)", null))),
            now));
  }
}
