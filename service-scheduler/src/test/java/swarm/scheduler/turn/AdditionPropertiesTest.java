package swarm.scheduler.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.sim.SimCluster;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.Invariants;

/// What services ask for beside Docker's fields, whatever nodes and services there are.
class AdditionPropertiesTest {
  private static final long CPU = 1_000_000_000L;

  private static SimCluster cluster(SimCluster.Listener checks) {
    var cluster = new SimCluster(0x0a000000, 22, 2);
    cluster.listen(checks);
    return cluster;
  }

  private static void join(SimCluster cluster, int number, String zone, int cpus) {
    String id = "n" + number;
    cluster.apply(new Command.AdmitNode(id, "worker", "192.0.2.1", cluster.now()));
    cluster.apply(
        new Command.UpdateNode(
            id,
            cluster.state().node(id).orElseThrow().version().index(),
            new NodeSpec(null, Map.of("zone", zone), "worker", "active"),
            cluster.now()));
    cluster.apply(
        new Command.DescribeNode(
            id,
            new Node.Description(id, "linux", "x86_64", cpus * CPU, 8L << 30, "", Map.of())
                .withAgent(AgentFormat.NEWEST),
            "192.0.2.1",
            cluster.now()));
  }

  /// @param labels without `swarm.`
  private static ServiceSpec spec(
      String name, int replicas, int cpus, boolean spread, Map<String, String> labels) {
    var json = Wire.JSON.createObjectNode().put("Name", name);
    labels.forEach((label, value) -> json.withObject("/Labels").put("swarm." + label, value));
    json.withObject("/Mode/Replicated").put("Replicas", replicas);
    var task = json.putObject("TaskTemplate");
    task.putObject("ContainerSpec").put("Image", "image:1");
    task.withObject("/Resources/Reservations").put("NanoCPUs", cpus * CPU);
    if (spread) {
      task.withArray("/Placement/Preferences")
          .addObject()
          .putObject("Spread")
          .put("SpreadDescriptor", "node.labels.zone");
    }
    return Wire.JSON.convertValue(json, ServiceSpec.class);
  }

  private static void create(SimCluster cluster, ServiceSpec spec) {
    cluster.apply(new Command.CreateService(cluster.nextServiceId(), spec, cluster.now()));
  }

  private static List<Task> running(ClusterState state, String service) {
    return state.tasksOfService(service).stream()
        .filter(t -> t.status().state() == TaskState.RUNNING && !t.leaving())
        .toList();
  }

  /// Never fewer than declared run, never more than one is under way, and never two live up-to-date
  /// ones of another slot's number.
  private static final class WhileMoving implements SimCluster.Listener {
    private boolean converged;
    private int moves;

    @Override
    public void planned(ClusterState before, List<Command> commands) {
      moves += (int) commands.stream().filter(c -> c instanceof Command.CreateTask).count();
    }

    @Override
    public void applied(ClusterState before, CommandApplier.Applied applied) {
      Invariants.check(applied.state());
      Invariants.checkStep(before, applied.state());
      applied
          .state()
          .service("s1")
          .filter(_ -> converged)
          .ifPresent(
              service -> {
                int replicas = service.spec().replicas();
                List<Task> live =
                    applied.state().tasksOfService("s1").stream()
                        .filter(t -> !t.leaving())
                        .toList();
                assertThat(running(applied.state(), "s1").size()).isGreaterThanOrEqualTo(replicas);
                assertThat(live.size()).isLessThanOrEqualTo(replicas + 1);
              });
    }
  }

  /// Nodes come to a service that runs. Its tasks are moved until zones, and nodes within each,
  /// differ by one at most; then nothing is moved any more.
  @Property(tries = 300)
  void movedUntilSpreadAndNoFurther(
      @ForAll @IntRange(min = 1, max = 12) int replicas,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 2) Integer> first,
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 2) Integer> later,
      @ForAll boolean zones,
      @ForAll boolean auto) {
    var checks = new WhileMoving();
    SimCluster cluster = cluster(checks);
    int number = 0;
    for (int zone : first) {
      join(cluster, ++number, "z" + zone, 4);
    }
    create(cluster, spec("web", replicas, 0, zones, auto ? Map.of("rebalance", "auto") : Map.of()));
    cluster.rest(Duration.ofHours(1));
    checks.converged = true;
    for (int zone : later) {
      join(cluster, ++number, "z" + zone, 4);
      cluster.pass(Duration.ofSeconds(zone * 9L));
    }
    if (!auto) {
      cluster.apply(new Command.RebalanceService("s1", cluster.now()));
    }
    checks.moves = 0;
    cluster.rest(Duration.ofHours(1));
    assertThat(checks.moves).isLessThanOrEqualTo(replicas);
    assertThat(cluster.state().service("s1").orElseThrow().rebalance()).isNull();
    spread(cluster.state(), zones);
    checks.moves = 0;
    cluster.apply(new Command.RebalanceService("s1", cluster.now()));
    cluster.rest(Duration.ofHours(1));
    assertThat(checks.moves).as("what is spread stays").isZero();
  }

  private static void spread(ClusterState state, boolean zones) {
    var byNode = new TreeMap<String, Integer>();
    var zoneOf = new TreeMap<String, String>();
    for (Node node : state.nodes().values()) {
      if (node.schedulable()) {
        byNode.put(node.id(), 0);
        zoneOf.put(node.id(), zones ? node.spec().labelsOrEmpty().getOrDefault("zone", "") : "");
      }
    }
    running(state, "s1").forEach(t -> byNode.merge(t.nodeId(), 1, Integer::sum));
    var byZone = new TreeMap<String, Integer>();
    byNode.forEach(
        (node, count) -> byZone.merge(zoneOf.getOrDefault(node, ""), count, Integer::sum));
    level(byZone);
    for (String zone : byZone.keySet()) {
      var within = new TreeMap<>(byNode);
      within.keySet().removeIf(node -> !zone.equals(zoneOf.get(node)));
      level(within);
    }
  }

  private static void level(Map<String, Integer> counts) {
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int least = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    assertThat(most - least).as("%s", counts).isLessThanOrEqualTo(1);
  }

  record ServiceIs(int replicas, int cpus, int priority) {}

  @Provide
  Arbitrary<List<ServiceIs>> services() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(-2, 2))
        .as(ServiceIs::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  /// Who is ended has a lower priority than who came for it, no node has more than it can hold, the
  /// cluster comes to rest, and then nobody waits whom the end of lower ones would help.
  @Property(tries = 400)
  void theHigherPriorityGoesFirst(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 5) Integer> nodes,
      @ForAll("services") List<ServiceIs> services) {
    SimCluster cluster =
        cluster(
            new SimCluster.Listener() {
              @Override
              public void applied(ClusterState before, CommandApplier.Applied applied) {
                Invariants.check(applied.state());
                held(applied.state());
              }
            });
    for (int i = 0; i < nodes.size(); i++) {
      join(cluster, i + 1, "a", nodes.get(i));
    }
    for (int i = 0; i < services.size(); i++) {
      ServiceIs is = services.get(i);
      Map<String, String> labels =
          is.priority() == 0 ? Map.of() : Map.of("priority", Integer.toString(is.priority()));
      create(cluster, spec("web" + i, is.replicas(), is.cpus(), false, labels));
      cluster.pass(Duration.ofSeconds(i % 3));
    }
    cluster.rest(Duration.ofHours(1));
    ClusterState state = cluster.state();
    for (Task task : state.tasks().values()) {
      if (task.preempted() != null) {
        String words = task.preempted();
        int by = Integer.parseInt(words.substring(words.lastIndexOf(' ') + 1, words.length() - 1));
        assertThat(by).isGreaterThan(state.priority(task.serviceId()));
      }
      if (task.status().state() == TaskState.PENDING) {
        helpless(state, task);
      }
    }
  }

  private static long cpus(Task task) {
    return ResourceRequirements.reservedNanoCpus(task.spec().resources());
  }

  private static long free(ClusterState state, Node node) {
    return node.description().nanoCpus() - state.load(node.id()).nanoCpus();
  }

  private static void held(ClusterState state) {
    state
        .nodes()
        .values()
        .forEach(n -> assertThat(free(state, n)).as("%s", n.id()).isGreaterThanOrEqualTo(0));
  }

  private static void helpless(ClusterState state, Task task) {
    for (Node node : state.nodes().values()) {
      long lower =
          state.tasksOnNode(node.id()).stream()
              .filter(t -> !t.leaving())
              .filter(t -> state.priority(t.serviceId()) < state.priority(task.serviceId()))
              .mapToLong(AdditionPropertiesTest::cpus)
              .sum();
      assertThat(!node.schedulable() || free(state, node) + lower < cpus(task))
          .as("%s could take %s", node.id(), task)
          .isTrue();
    }
  }

  /// Who waits for nobody that waits for ever starts, in whatever order they come, and none before
  /// those that it depends on.
  @Property(tries = 300)
  void whoDependsStartsAfterwards(
      @ForAll @Size(min = 1, max = 6) List<@Size(max = 2) List<@IntRange(max = 6) Integer>> all,
      @ForAll @IntRange(max = 3) int pause) {
    SimCluster cluster =
        cluster(
            new SimCluster.Listener() {
              @Override
              public void applied(ClusterState before, CommandApplier.Applied applied) {
                started(before, applied.state(), all);
              }
            });
    join(cluster, 1, "a", 4);
    for (int i = all.size() - 1; i >= 0; i--) {
      var names = new TreeSet<String>();
      all.get(i).forEach(on -> names.add("web" + on + ":service_healthy"));
      create(
          cluster,
          spec(
              "web" + i,
              1,
              0,
              false,
              names.isEmpty() ? Map.of() : Map.of("depends-on", String.join(",", names))));
      cluster.pass(Duration.ofSeconds(pause));
    }
    cluster.rest(Duration.ofHours(1));
    for (int i = 0; i < all.size(); i++) {
      String id = cluster.state().serviceNames().getOrDefault("web" + i, "");
      assertThat(running(cluster.state(), id).size())
          .as("web%d of %s", i, all)
          .isEqualTo(starts(all, i, new TreeSet<>()) ? 1 : 0);
    }
  }

  /// Whether the n-th service ever starts: all that it depends on are there and do.
  private static boolean starts(List<List<Integer>> all, int number, Set<Integer> way) {
    if (number >= all.size() || !way.add(number)) {
      return false;
    }
    boolean starts = all.get(number).stream().allMatch(on -> starts(all, on, way));
    way.remove(number);
    return starts;
  }

  private static void started(ClusterState before, ClusterState after, List<List<Integer>> all) {
    for (Service service : after.services().values()) {
      int number = Integer.parseInt(service.spec().nameOrEmpty().substring(3));
      if (running(before, service.id()).isEmpty() && !running(after, service.id()).isEmpty()) {
        for (int on : all.get(number)) {
          String id = before.serviceNames().getOrDefault("web" + on, "");
          assertThat(running(before, id)).as("web%d before web%d", on, number).isNotEmpty();
        }
      }
    }
  }

  /// Whatever leaders' clocks do, a time that is due is decided once, and only what is due is run.
  @Property(tries = 300)
  void eachTimeIsRunOnceAtMost(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = -30, max = 90) Integer> leaders,
      @ForAll @IntRange(min = 1, max = 30) int step,
      @ForAll @IntRange(max = 2) int overlap) {
    var decided = new ArrayList<Instant>();
    SimCluster cluster =
        cluster(
            new SimCluster.Listener() {
              @Override
              public void planned(ClusterState before, List<Command> commands) {
                for (Command command : commands) {
                  if (command instanceof Command.RunJob run) {
                    decided.add(run.due());
                  }
                }
              }
            });
    join(cluster, 1, "a", 4);
    var json = Wire.JSON.createObjectNode().put("Name", "job");
    json.withObject("/Mode/ReplicatedJob").put("TotalCompletions", 1);
    json.withObject("/Labels")
        .put("swarm.schedule", "*/" + step + " * * * *")
        .put("swarm.schedule.overlap", List.of("skip", "queue", "replace").get(overlap));
    create(cluster, Wire.JSON.convertValue(json, ServiceSpec.class));
    for (int minutes : leaders) {
      cluster.newLeader(Duration.ofMinutes(minutes));
      if (minutes % 2 == 0) {
        cluster.complete();
      }
      cluster.pass(Duration.ofMinutes(Math.abs(minutes)));
    }
    assertThat(decided).doesNotHaveDuplicates().isSorted();
    assertThat(decided)
        .allMatch(at -> at.atZone(java.time.ZoneOffset.UTC).getMinute() % step == 0)
        .allMatch(at -> at.getEpochSecond() % 60 == 0);
    Service job = cluster.state().service("s1").orElseThrow();
    assertThat(job.iteration()).isLessThanOrEqualTo(decided.size());
  }
}
