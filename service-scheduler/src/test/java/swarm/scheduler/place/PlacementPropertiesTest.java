package swarm.scheduler.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.Invariants;

/// Whatever nodes and services there are, what was asked of a placement holds.
class PlacementPropertiesTest {
  record NodeIs(String zone, String rack, int cpus, int gpus, int ssds, String availability) {}

  record ServiceIs(
      int replicas,
      int halfCpus,
      int gpus,
      int ssds,
      int most,
      boolean port,
      String constraint,
      List<String> spread) {}

  @Provide
  Arbitrary<List<NodeIs>> nodes() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c", ""),
            Arbitraries.of("1", "2", ""),
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of("active", "active", "active", "pause", "drain"))
        .as(NodeIs::new)
        .list()
        .ofMaxSize(9);
  }

  @Provide
  Arbitrary<List<ServiceIs>> services() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(true, false, false, false),
            Arbitraries.of("", "node.labels.zone==a", "node.labels.zone!=b", "node.id!=n1"),
            Arbitraries.of(
                List.<String>of(),
                List.of("node.labels.zone"),
                List.of("node.labels.zone", "node.labels.rack")))
        .as(ServiceIs::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Property(tries = 600)
  void whatWasAskedHolds(
      @ForAll("nodes") List<NodeIs> nodes, @ForAll("services") List<ServiceIs> services) {
    World world = world(nodes, services);
    assertThat(world.plan(World.NOW).commands()).isEqualTo(world.plan(World.NOW).commands());
    world.place();
    Invariants.check(world.state());
    Checks.resources(world);
    for (int i = 0; i < services.size(); i++) {
      holds(world, "s" + i, services.get(i));
    }
    // some end, some are told to; what they had is given to others
    int n = 0;
    for (Task task : List.copyOf(world.state().tasks().values())) {
      if (!task.nodeId().isEmpty() && n++ % 2 == 0) {
        if (n % 3 == 0) {
          world.apply(new Command.DesireTask(task.id(), TaskState.SHUTDOWN, World.NOW));
        } else {
          var over = new Task.Status(TaskState.COMPLETE, World.NOW, "", "", null);
          world.apply(
              new Command.ReportTasks(
                  task.nodeId(),
                  List.of(new Command.ReportTasks.Observation(task.id(), over)),
                  World.NOW));
        }
      }
    }
    world.place();
    Invariants.check(world.state());
    Checks.resources(world);
    for (int i = 0; i < services.size(); i++) {
      holds(world, "s" + i, services.get(i));
    }
  }

  private static World world(List<NodeIs> nodes, List<ServiceIs> services) {
    var world = new World();
    for (int i = 0; i < nodes.size(); i++) {
      NodeIs is = nodes.get(i);
      var labels = new TreeMap<String, String>();
      put(labels, "zone", is.zone);
      put(labels, "rack", is.rack);
      var generic = new ArrayList<String>();
      for (int gpu = 1; gpu <= is.gpus; gpu++) {
        generic.add("GPU=id" + (char) ('a' + gpu));
      }
      if (is.ssds > 0) {
        generic.add("SSD=" + is.ssds);
      }
      world.node("n" + i, labels, is.cpus, 1L << 33, "192.0.2." + i, generic);
      world.availability("n" + i, is.availability);
    }
    for (int i = 0; i < services.size(); i++) {
      ServiceIs is = services.get(i);
      world.service("s" + i, is.replicas, template(is), is.port ? List.of(8080) : List.of());
    }
    return world;
  }

  private static void put(Map<String, String> labels, String key, String value) {
    if (!value.isEmpty()) {
      labels.put(key, value);
    }
  }

  private static String template(ServiceIs is) {
    var generic = new ArrayList<String>();
    if (is.gpus > 0) {
      generic.add("{'DiscreteResourceSpec':{'Kind':'GPU','Value':" + is.gpus + "}}");
    }
    if (is.ssds > 0) {
      generic.add("{'DiscreteResourceSpec':{'Kind':'SSD','Value':" + is.ssds + "}}");
    }
    var spread =
        is.spread.stream().map(l -> "{'Spread':{'SpreadDescriptor':'" + l + "'}}").toList();
    return "{'Resources':{'Reservations':{'NanoCPUs':"
        + is.halfCpus * 500_000_000L
        + ",'GenericResources':["
        + String.join(",", generic)
        + "]}},'Placement':{'MaxReplicas':"
        + is.most
        + ",'Constraints':["
        + (is.constraint.isEmpty() ? "" : "'" + is.constraint + "'")
        + "],'Preferences':["
        + String.join(",", spread)
        + "]}}";
  }

  private static void holds(World world, String id, ServiceIs is) {
    Map<String, Integer> counts = world.counts(id);
    for (Task task : world.placed(id)) {
      Node node = world.state().node(task.nodeId()).orElseThrow();
      assertThat(node.schedulable()).as("%s on %s", task.id(), node.id()).isTrue();
      assertThat(Constraints.allMatch(task.spec().constraints(), node)).isTrue();
    }
    if (is.most > 0) {
      assertThat(counts.values()).allMatch(count -> count <= is.most);
    }
    boolean waits =
        world.state().tasksOfService(id).stream()
            .anyMatch(t -> t.status().state() == TaskState.PENDING);
    assertThat(world.told(id).isEmpty()).as("who waits is told why").isEqualTo(!waits);
    if (!waits && is.halfCpus == 0 && is.gpus == 0 && is.ssds == 0 && is.most == 0 && !is.port) {
      Checks.even(world, id, is.spread, is.constraint);
    }
  }

  private static final class Checks {
    /// No node gives more than it has, and no name twice.
    static void resources(World world) {
      for (Node node : world.state().nodes().values()) {
        long cpus = 0;
        var given = new TreeMap<String, Long>();
        for (Task task : world.state().tasksOnNode(node.id())) {
          if (task.status().state().terminal()) {
            continue;
          }
          cpus +=
              task.leaving()
                  ? 0
                  : swarm.scheduler.model.ResourceRequirements.reservedNanoCpus(
                      task.spec().resources());
          for (GenericResource each : task.genericOrNone()) {
            given.merge(each.kind() + "=" + each.name(), each.amount(), Long::sum);
          }
          var asked =
              swarm.scheduler.model.ResourceRequirements.reservedGeneric(task.spec().resources());
          assertThat(GenericResource.byKind(task.genericOrNone())).isEqualTo(asked);
        }
        assertThat(cpus).isLessThanOrEqualTo(node.description().nanoCpus());
        var has = new TreeMap<String, Long>();
        for (GenericResource each : node.description().genericOrNone()) {
          has.put(each.kind() + "=" + each.name(), each.amount());
        }
        given.forEach(
            (what, amount) ->
                assertThat(amount).as(what).isLessThanOrEqualTo(has.getOrDefault(what, 0L)));
      }
    }

    /// Where there is room everywhere, branches of a level differ by one task at most.
    static void even(World world, String id, List<String> spread, String constraint) {
      if (world.placed(id).stream().anyMatch(t -> t.status().state().terminal())
          || world.state().tasksOfService(id).stream().anyMatch(Task::leaving)) {
        return; // those that ended left holes which nobody fills again
      }
      for (int level = 1; level <= spread.size(); level++) {
        var branches = new TreeMap<String, TreeMap<String, Integer>>();
        for (Node node : world.state().nodes().values()) {
          List<String> constraints = constraint.isEmpty() ? List.of() : List.of(constraint);
          if (node.schedulable() && Constraints.allMatch(constraints, node)) {
            String above = path(node, spread.subList(0, level - 1));
            branches
                .computeIfAbsent(above, _ -> new TreeMap<>())
                .merge(
                    path(node, spread.subList(0, level)),
                    world.counts(id).getOrDefault(node.id(), 0),
                    Integer::sum);
          }
        }
        for (var siblings : branches.values()) {
          int most = siblings.values().stream().mapToInt(Integer::intValue).max().orElse(0);
          int least = siblings.values().stream().mapToInt(Integer::intValue).min().orElse(0);
          assertThat(most - least).as("%s: %s", id, branches).isLessThanOrEqualTo(1);
        }
      }
    }

    private static String path(Node node, List<String> labels) {
      var all = new StringBuilder();
      for (String label : labels) {
        String key = label.substring("node.labels.".length());
        all.append('/').append(node.spec().labelsOrEmpty().getOrDefault(key, ""));
      }
      return all.toString();
    }
  }
}
