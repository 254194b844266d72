package swarm.scheduler.place;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ServiceSpec;
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

/// A state with tasks that wait, made by commands, for tests of the scheduler alone.
final class World {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private ClusterState state = ClusterState.EMPTY;
  private int tasks;

  World() {
    var drained =
        new Node(
            "manager",
            new Version(0, NOW, NOW),
            new NodeSpec(null, null, "manager", "drain"),
            new Node.Description("m", "linux", "x86_64", 0, 0, "", Map.of()),
            new Node.Status(Node.State.READY, "", "192.0.2.250", NOW),
            new Node.Manager("raft", "192.0.2.250:2377"),
            0);
    var cluster =
        new Cluster(
            "cluster",
            new Version(0, NOW, NOW),
            Wire.JSON.createObjectNode(),
            "certificate",
            "key",
            new Cluster.Tokens("w", "m"),
            new Ingress("ingress", 0x0a000000, 16, 4096, 4789, NOW),
            30);
    apply(new Command.FormCluster(cluster, drained));
  }

  ClusterState state() {
    return state;
  }

  CommandResult apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    return applied.result();
  }

  /// @param generic as `--node-generic-resource` has it
  World node(
      String id,
      Map<String, String> labels,
      double cpus,
      long memory,
      String address,
      List<String> generic) {
    apply(new Command.AdmitNode(id, "worker", address, NOW));
    apply(
        new Command.UpdateNode(
            id,
            state.node(id).orElseThrow().version().index(),
            new NodeSpec(null, labels, "worker", "active"),
            NOW));
    apply(
        new Command.DescribeNode(
            id,
            new Node.Description(
                "host-" + id,
                "linux",
                "x86_64",
                Math.round(cpus * 1e9),
                memory,
                "test",
                Map.of("disk", "ssd"),
                null,
                null,
                GenericResource.parse(generic),
                null),
            address,
            NOW));
    return this;
  }

  World node(String id, Map<String, String> labels) {
    return node(id, labels, 4, 8L << 30, "192.0.2.1", List.of());
  }

  World availability(String id, String availability) {
    Node node = state.node(id).orElseThrow();
    apply(
        new Command.UpdateNode(
            id, node.version().index(), node.spec().withAvailability(availability), NOW));
    return this;
  }

  World status(String id, Node.State next) {
    Node.State now = state.node(id).orElseThrow().status().state();
    apply(new Command.SetNodeStatus(id, now, next, "", NOW));
    return this;
  }

  /// Creates a service with so many tasks that wait.
  ///
  /// @param template JSON of the task's template, with single quotes
  World service(String id, int replicas, String template) {
    return service(id, replicas, template, List.of());
  }

  /// @param hostPorts published ports of each task's host
  World service(String id, int replicas, String template, List<Integer> hostPorts) {
    try {
      ObjectNode spec = Wire.JSON.createObjectNode().put("Name", id);
      spec.putObject("Mode").putObject("Replicated").put("Replicas", replicas);
      spec.set("TaskTemplate", Wire.JSON.readTree(template.replace('\'', '"')));
      for (int port : hostPorts) {
        spec.withObject("EndpointSpec")
            .withArray("Ports")
            .addObject()
            .put("PublishedPort", port)
            .put("TargetPort", 80)
            .put("PublishMode", "host");
      }
      apply(new Command.CreateService(id, Wire.JSON.treeToValue(spec, ServiceSpec.class), NOW));
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(template, e);
    }
    for (int slot = 1; slot <= replicas; slot++) {
      waiting(id, slot);
    }
    return this;
  }

  String waiting(String serviceId, int slot) {
    String id = String.format("t%05d", ++tasks);
    apply(new Command.CreateTask(id, serviceId, slot, "", 0, TaskState.RUNNING, NOW, NOW));
    apply(new Command.AllocateTask(id, 0, NOW));
    return id;
  }

  Plan plan(Instant now) {
    var plan = new Plan();
    var services = new TreeSet<>(state.services().keySet());
    Scheduler.plan(
        new Turn(
            state,
            services,
            true,
            now,
            () -> {
              throw new AssertionError("the scheduler makes no tasks");
            }),
        plan);
    return plan;
  }

  /// Plans, and does as planned.
  Plan place() {
    Plan plan = plan(NOW);
    for (Command command : plan.commands()) {
      CommandResult result = apply(command);
      if (!(result instanceof CommandResult.Done)) {
        throw new AssertionError(command + ": " + result);
      }
    }
    return plan;
  }

  /// How many tasks of a service each node has.
  Map<String, Integer> counts(String serviceId) {
    var counts = new TreeMap<String, Integer>();
    for (Task task : placed(serviceId)) {
      counts.merge(task.nodeId(), 1, Integer::sum);
    }
    return counts;
  }

  List<Task> placed(String serviceId) {
    var all = new ArrayList<Task>();
    for (Task task : state.tasksOfService(serviceId)) {
      if (!task.nodeId().isEmpty() && !task.leaving()) {
        all.add(task);
      }
    }
    return all;
  }

  /// What the tasks of a service that wait are told.
  String told(String serviceId) {
    return state.tasksOfService(serviceId).stream()
        .filter(t -> t.status().state() == TaskState.PENDING)
        .map(t -> t.status().error())
        .distinct()
        .reduce((a, b) -> a + "\n" + b)
        .orElse("");
  }
}
