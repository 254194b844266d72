package swarm.scheduler.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.sim.SimCluster;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.Invariants;

/// Whatever happens to a cluster, what must always hold does, and in the end it is as declared.
class SimPropertiesTest {

  /// Something that happens, as data: a failing history prints as a list that can be read.
  record Happening(String what, int node, int service, int number) {}

  @Provide
  Arbitrary<List<Happening>> histories() {
    Arbitrary<String> what =
        Arbitraries.of(
            "join",
            "down",
            "disconnected",
            "up",
            "drain",
            "pause",
            "active",
            "forget",
            "create",
            "job",
            "global-job",
            "scale",
            "image",
            "ports",
            "order",
            "remove",
            "rollback",
            "promote",
            "rebalance",
            "fail",
            "complete",
            "break",
            "mend",
            "hold",
            "release",
            "wait",
            "settle",
            "leader");
    return net.jqwik.api.Combinators.combine(
            what,
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(0, 5))
        .as(Happening::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 5000)
  void whateverHappensTheClusterBecomesWhatWasDeclared(@ForAll("histories") List<Happening> all) {
    var cluster = new SimCluster(0x0a000000, 24, 2);
    cluster.listen(new Checks());
    for (Happening happening : all) {
      happen(cluster, happening);
    }
    // the faults stop
    for (Node node : List.copyOf(cluster.state().nodes().values())) {
      cluster.silence(node.id(), false);
      cluster.hold(node.id(), false);
      ready(cluster, node.id());
    }
    join(cluster, "n9");
    for (int v = 1; v <= 3; v++) {
      cluster.breakImage("image:" + v, false);
    }
    cluster.complete();
    cluster.rest(Duration.ofHours(2));
    for (Service service : cluster.state().services().values()) {
      asDeclared(cluster.state(), service);
    }
  }

  private static void asDeclared(ClusterState state, Service service) {
    List<Task> all = state.tasksOfService(service.id());
    if (service.spec().job()) {
      completed(state, service, all);
      return;
    }
    List<Task> running =
        all.stream().filter(t -> t.status().state() == TaskState.RUNNING && !t.leaving()).toList();
    var slots = new TreeSet<String>();
    for (Task task : running) {
      assertThat(slots.add(task.slot() + "/" + (task.slot() == 0 ? task.nodeId() : "")))
          .as("one task in each slot of %s: %s", service.spec().nameOrEmpty(), running)
          .isTrue();
    }
    long wanted =
        service.spec().global()
            ? state.nodes().values().stream()
                .filter(n -> n.schedulable())
                .filter(n -> !n.spec().drained())
                .count()
            : service.spec().replicas();
    if (service.spec().global()) {
      // a paused node keeps what it has
      running =
          running.stream()
              .filter(t -> state.node(t.nodeId()).filter(Node::schedulable).isPresent())
              .toList();
    }
    assertThat(running.size()).as("%s: %s", service.spec(), all).isEqualTo((int) wanted);
    if (service.update() == null || !service.update().state().paused()) {
      assertThat(running)
          .as("all of %s are up to date", service.spec().nameOrEmpty())
          .allMatch(t -> service.spec().template().placedAs(t.spec()).equals(t.spec()))
          .allMatch(t -> service.spec().ports().isEmpty() || t.ingressAddress() != 0);
    }
    if (service.update() != null) {
      assertThat(service.update().state().moving()).as("%s", service.update()).isFalse();
    }
    assertThat(service.portsAllocated()).isTrue();
  }

  /// Each completion of a job's present execution was reached, and nothing of it goes on.
  private static void completed(ClusterState state, Service service, List<Task> all) {
    var done = new TreeSet<String>();
    for (Task task : all) {
      boolean waits = // for the node that it belongs to
          service.spec().global() && state.node(task.nodeId()).filter(Node::schedulable).isEmpty();
      assertThat(waits || task.status().state().terminal()).as("%s", task).isTrue();
      if (task.status().state() == TaskState.COMPLETE
          && Objects.equals(task.jobIteration(), service.iteration())) {
        done.add(service.spec().global() ? task.nodeId() : Integer.toString(task.slot()));
      }
    }
    var wanted = new TreeSet<String>();
    if (service.spec().global()) {
      state.nodes().values().stream()
          .filter(n -> n.schedulable() && !n.spec().drained())
          .forEach(n -> wanted.add(n.id()));
    }
    for (int i = 0; !service.spec().global() && i < service.spec().completions(); i++) {
      wanted.add(Integer.toString(i));
    }
    assertThat(done).as("%s: %s", service, all).containsAll(wanted);
    assertThat(service.spec().global() || done.size() == wanted.size()).isTrue();
  }

  /// Never more than its limit of a job's tasks are meant to go on, and one for each slot.
  private static void atMost(ClusterState state, Service service) {
    if (!service.spec().job()) {
      return;
    }
    List<Task> going =
        state.tasksOfService(service.id()).stream()
            .filter(t -> !t.leaving() && Objects.equals(t.jobIteration(), service.iteration()))
            .toList();
    if (!service.spec().global()) {
      assertThat(going.size()).as("%s", going).isLessThanOrEqualTo(service.spec().concurrent());
    }
    var slots = new TreeSet<String>();
    for (Task task : going) {
      String slot = service.spec().global() ? task.nodeId() : Integer.toString(task.slot());
      assertThat(slots.add(slot)).as("%s", going).isTrue();
    }
  }

  /// After every command, and of every plan.
  private static final class Checks implements SimCluster.Listener {
    @Override
    public void planned(ClusterState before, List<Command> commands) {
      for (Command command : commands) {
        assertThat(command).isNotInstanceOf(Command.OrphanTask.class);
      }
    }

    @Override
    public void applied(ClusterState before, CommandApplier.Applied applied) {
      Invariants.check(applied.state());
      Invariants.checkStep(before, applied.state());
      applied.state().services().values().forEach(s -> atMost(applied.state(), s));
    }
  }

  private static void happen(SimCluster cluster, Happening h) {
    String node = "n" + h.node();
    String name = "web" + h.service();
    String serviceId = cluster.state().serviceNames().getOrDefault(name, "");
    boolean known = cluster.state().nodes().containsKey(node);
    switch (h.what()) {
      case "join" -> join(cluster, node);
      case "down", "disconnected" -> {
        if (known) {
          cluster.silence(node, true);
          status(
              cluster, node, h.what().equals("down") ? Node.State.DOWN : Node.State.DISCONNECTED);
        }
      }
      case "up" -> {
        cluster.silence(node, false);
        ready(cluster, node);
      }
      case "drain", "pause", "active" -> availability(cluster, node, h.what());
      case "forget" ->
          cluster.apply(new Command.RemoveNode(node, true, cluster.now(), cluster.now()));
      case "create" ->
          cluster.apply(
              new Command.CreateService(
                  cluster.nextServiceId(),
                  spec(name, h.number() == 5, h.number(), 1, h.number() % 2, "stop-first"),
                  cluster.now()));
      case "job", "global-job" ->
          cluster.apply(
              new Command.CreateService(
                  cluster.nextServiceId(), job(name, h.what(), h.number(), 1), cluster.now()));
      case "scale", "image", "ports", "order" ->
          cluster.state().service(serviceId).ifPresent(s -> update(cluster, s, h));
      case "remove" -> cluster.apply(new Command.RemoveService(serviceId, cluster.now()));
      case "rollback" ->
          cluster
              .state()
              .service(serviceId)
              .ifPresent(
                  s ->
                      cluster.apply(
                          new Command.UpdateService(
                              s.id(), s.version().index(), s.spec(), true, cluster.now())));
      case "promote" -> cluster.apply(new Command.PromoteService(serviceId, cluster.now()));
      case "rebalance" -> cluster.apply(new Command.RebalanceService(serviceId, cluster.now()));
      case "fail" -> end(cluster, serviceId, TaskState.FAILED);
      case "complete" -> end(cluster, serviceId, TaskState.COMPLETE);
      case "break" -> cluster.breakImage("image:" + h.service(), true);
      case "mend" -> cluster.breakImage("image:" + h.service(), false);
      case "hold" -> cluster.hold(node, true);
      case "release" -> cluster.hold(node, false);
      case "wait" -> cluster.pass(Duration.ofSeconds(h.number() * 3L));
      case "settle" -> cluster.settle();
      case "leader" -> cluster.newLeader(Duration.ofSeconds((h.number() - 3) * 100L));
      default -> throw new AssertionError(h.what());
    }
  }

  private static void update(SimCluster cluster, Service s, Happening h) {
    ServiceSpec old = s.spec();
    var container = old.template().containerSpec();
    String image = container == null ? "" : String.valueOf(container.image());
    int version = Integer.parseInt(image.substring(image.indexOf(':') + 1));
    String order = old.updateConfig() == null ? "stop-first" : old.updateConfig().order();
    int scaled = h.what().equals("scale") ? h.number() : old.completions();
    int newVersion = h.what().equals("image") ? 1 + h.number() % 3 : version;
    ServiceSpec next =
        old.job()
            ? job(old.nameOrEmpty(), old.global() ? "global-job" : "job", scaled, newVersion)
            : spec(
                old.nameOrEmpty(),
                old.global(),
                h.what().equals("scale") ? h.number() : old.replicas(),
                newVersion,
                h.what().equals("ports") ? h.number() % 3 : old.ports().size(),
                h.what().equals("order")
                    ? (h.number() % 2 == 0 ? "stop-first" : "start-first")
                    : String.valueOf(order));
    cluster.apply(
        new Command.UpdateService(
            s.id(), s.version().index(), next, false, null, cluster.now(), h.number() % 2 == 0));
  }

  private static ServiceSpec spec(
      String name, boolean global, int replicas, int version, int ports, String order) {
    var json = Wire.JSON.createObjectNode().put("Name", name);
    if (global) {
      json.putObject("Mode").putObject("Global");
    } else {
      json.putObject("Mode").putObject("Replicated").put("Replicas", replicas);
    }
    json.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", "image:" + version);
    if (replicas % 2 == 0) { // all are: another placement, which every node meets
      json.withObject("/TaskTemplate/Placement").putArray("Constraints").add("node.role==worker");
    }
    if (name.equals("web2")) {
      json.putObject("Labels").put("swarm.canary", "50%").put("swarm.canary.window", "10s");
    } else if (name.equals("web3") && !global) {
      json.putObject("Labels").put("swarm.rebalance", "auto");
    }
    json.putObject("UpdateConfig")
        .put("Order", order)
        .put("FailureAction", List.of("pause", "continue", "rollback").get(version % 3));
    for (int i = 0; i < ports; i++) {
      json.withObject("EndpointSpec").withArray("Ports").addObject().put("TargetPort", 80 + i);
    }
    return Wire.JSON.convertValue(json, ServiceSpec.class);
  }

  /// One of at most two at a time.
  private static ServiceSpec job(String name, String mode, int completions, int version) {
    var json = Wire.JSON.createObjectNode().put("Name", name);
    if (mode.equals("job")) {
      json.putObject("Mode")
          .putObject("ReplicatedJob")
          .put("MaxConcurrent", 2)
          .put("TotalCompletions", completions);
    } else {
      json.putObject("Mode").putObject("GlobalJob");
    }
    json.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", "image:" + version);
    return Wire.JSON.convertValue(json, ServiceSpec.class);
  }

  private static void join(SimCluster cluster, String node) {
    cluster.apply(new Command.AdmitNode(node, "worker", "192.0.2.1", cluster.now()));
    cluster.apply(
        new Command.DescribeNode(
            node,
            new Node.Description(
                    node, "linux", "x86_64", 4_000_000_000L, 8L << 30, "", java.util.Map.of())
                .withAgent(AgentFormat.NEWEST),
            "192.0.2.1",
            cluster.now()));
    cluster.silence(node, false);
  }

  private static void ready(SimCluster cluster, String node) {
    status(cluster, node, Node.State.READY);
  }

  private static void status(SimCluster cluster, String id, Node.State state) {
    cluster
        .state()
        .node(id)
        .ifPresent(
            n ->
                cluster.apply(
                    new Command.SetNodeStatus(id, n.status().state(), state, "", cluster.now())));
  }

  private static void availability(SimCluster cluster, String id, String availability) {
    cluster
        .state()
        .node(id)
        .ifPresent(
            n ->
                cluster.apply(
                    new Command.UpdateNode(
                        id,
                        n.version().index(),
                        new NodeSpec(null, null, n.spec().role(), availability),
                        cluster.now())));
  }

  private static void end(SimCluster cluster, String serviceId, TaskState state) {
    for (Task task : cluster.state().tasksOfService(serviceId)) {
      if (task.status().state() == TaskState.RUNNING) {
        var seen =
            List.of(
                new Command.ReportTasks.Observation(
                    task.id(), cluster.status(task.nodeId(), state, "")));
        cluster.apply(new Command.ReportTasks(task.nodeId(), seen, cluster.now()));
        return;
      }
    }
  }

  @Property(tries = 100)
  void theSameViewGivesTheSamePlan(@ForAll("histories") List<Happening> all) {
    var cluster = new SimCluster(0x0a000000, 24, 2);
    for (Happening happening : all) {
      happen(cluster, happening);
      assertThat(plan(cluster)).isEqualTo(plan(cluster));
    }
  }

  private static List<Command> plan(SimCluster cluster) {
    var ids = new ArrayList<String>();
    var services = new TreeSet<>(cluster.state().tasksByService().keySet());
    services.addAll(cluster.state().services().keySet());
    return TurnPlanner.plan(
            new Turn(
                cluster.state(),
                services,
                true,
                cluster.now(),
                () -> {
                  ids.add("");
                  return "x" + ids.size();
                }))
        .commands();
  }
}
