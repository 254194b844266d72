package swarm.scheduler.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.Command;

class SchedulerTest {
  private static final String MANAGER = "1 node not available for new tasks: 1 drained";
  private final World world = new World();

  /// One node with 1 CPU, 1 GiB, zone a, two GPUs with names and three SSDs.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                                  | placed",
        "{'Resources':{'Reservations':{'NanoCPUs':1000000000}}}              | placed",
        "{'Resources':{'Reservations':{'NanoCPUs':1000000001}}}              | insufficient"
            + " resources on 1 node: 1 lacks CPUs (1 free, 1.001 asked)",
        "{'Resources':{'Reservations':{'MemoryBytes':1073741824}}}           | placed",
        "{'Resources':{'Reservations':{'MemoryBytes':1073741825}}}           | insufficient"
            + " resources on 1 node: 1 lacks memory (1 GiB free, 1.01 GiB asked)",
        "{'Resources':{'Reservations':{'MemoryBytes':9223372036854775807}}}  | insufficient"
            + " resources on 1 node: 1 lacks memory (1 GiB free, 8 EiB asked)",
        "{'Resources':{'Limits':{'MemoryBytes':9223372036854775807}}}        | placed",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'GPU','Value':2}}]}}}         | placed",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'GPU','Value':3}}]}}}         | insufficient"
            + " resources on 1 node: 1 lacks 'GPU' (2 free, 3 asked)",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'GPU','Value':2}},"
            + "{'DiscreteResourceSpec':{'Kind':'GPU','Value':1}}]}}}         | insufficient"
            + " resources on 1 node: 1 lacks 'GPU' (2 free, 3 asked)",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'SSD','Value':3}}]}}}         | placed",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'SSD','Value':4}}]}}}         | insufficient"
            + " resources on 1 node: 1 lacks 'SSD' (3 free, 4 asked)",
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'FPGA','Value':0}}]}}}        | insufficient"
            + " resources on 1 node: 1 lacks 'FPGA' (0 free, 0 asked)",
        "{'Placement':{'Constraints':['node.labels.zone==a']}}               | placed",
        "{'Placement':{'Constraints':['node.labels.zone == b']}}             | scheduling"
            + " constraints not satisfied on 1 node: node.labels.zone == b on 1",
        "{'Placement':{'Constraints':['node.role==worker','node.ip!=192.0.2.0/24']}} | scheduling"
            + " constraints not satisfied on 1 node: node.ip!=192.0.2.0/24 on 1",
        "{'Placement':{'Platforms':[{'Architecture':'amd64','OS':'linux'}]}} | placed",
        "{'Placement':{'Platforms':[{'Architecture':'arm64','OS':'linux'},"
            + "{'OS':'windows'}]}} | unsupported platform on 1 node: needs linux/arm64 or windows",
        "{'ContainerSpec':{'Env':['N={{.Node.ID}}']}} | agents of an earlier version on 1 node:"
            + " upgrade them, for secrets, configs and templates",
        "{'Placement':{'Preferences':[{'Spread':{'SpreadDescriptor':'node.labels.none'}}]}}"
            + " | placed",
        "{'Placement':{'Preferences':[{'Spread':{'SpreadDescriptor':'nonsense'}}]}} | placed",
        "{'Placement':{'Preferences':[{'Other':{}}]}}                        | placed",
      })
  void eachFilter(String template, String expected) {
    world.node(
        "n1", Map.of("zone", "a"), 1, 1 << 30, "192.0.2.1", List.of("GPU=x", "GPU=y", "SSD=3"));
    world.service("web", 1, template).place();
    if (expected.equals("placed")) {
      assertThat(world.counts("web")).containsEntry("n1", 1);
    } else {
      assertThat(world.told("web").replace("; " + MANAGER, "").replace(MANAGER + "; ", ""))
          .isEqualTo("no suitable node (" + expected + ")");
    }
  }

  @Test
  void nodesThatTakeNoTasksSayWhy() {
    for (int i = 1; i <= 6; i++) {
      world.node("n" + i, Map.of());
    }
    world.availability("n1", "drain").availability("n2", "pause").availability("n3", "pause");
    world.status("n4", Node.State.DOWN).status("n5", Node.State.DISCONNECTED);
    world.apply(new Command.AdmitNode("n7", "worker", "192.0.2.1", World.NOW));
    world.service("web", 1, "{'Placement':{'Constraints':['node.id==other']}}").place();
    assertThat(world.told("web"))
        .isEqualTo(
            "no suitable node (7 nodes not available for new tasks: 2 drained, 2 paused, 1"
                + " disconnected, 1 down, 1 more; scheduling constraints not satisfied on 1 node:"
                + " node.id==other on 1)");
  }

  @Test
  void portsAndReplicasSayWhich() {
    world.node("n1", Map.of()).node("n2", Map.of());
    world.service("ported", 3, "{}", List.of(8080, 8081)).place();
    assertThat(world.told("ported"))
        .isEqualTo(
            "no suitable node (host-mode port already in use on 2 nodes: 8080/tcp on 2; "
                + MANAGER
                + ")");
    world.service("other", 1, "{}", List.of(8081)).place();
    assertThat(world.told("other")).contains("8081/tcp on 2");
    world.service("many", 5, "{'Placement':{'MaxReplicas':2}}").place();
    assertThat(world.counts("many")).isEqualTo(Map.of("n1", 2, "n2", 2));
    assertThat(world.told("many"))
        .isEqualTo(
            "no suitable node (max replicas per node limit exceed on 2 nodes: at most 2 each; "
                + MANAGER
                + ")");
  }

  @Test
  void theMostThatIsFreeIsTold() {
    world.node("n1", Map.of(), 4, 3L << 29, "192.0.2.1", List.of());
    world.node("n2", Map.of(), 4, 1L << 30, "192.0.2.1", List.of());
    world.service("big", 1, "{'Resources':{'Reservations':{'MemoryBytes':2147483648}}}").place();
    assertThat(world.told("big"))
        .isEqualTo(
            "no suitable node (insufficient resources on 2 nodes: 2 lack memory (at most 1.5 GiB"
                + " free, 2 GiB asked); "
                + MANAGER
                + ")");
  }

  @Test
  void anExplanationIsOfBoundedLength() {
    var constraints = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      world.node("n" + i, Map.of("k" + i, "v"));
      constraints.append(i == 0 ? "" : ",").append("'node.labels.k" + i + "!=v'");
      constraints.append(",'node.labels.x!=" + "y".repeat(500) + i + "'");
    }
    world.service("web", 1, "{'Placement':{'Constraints':[" + constraints + "]}}").place();
    assertThat(world.told("web")).hasSizeLessThan(720).contains("36 more");
  }

  // ---- generic resources

  @Test
  void namesAreGivenOnceAndGivenAgainWhenTheirTaskIsOver() {
    world.node("n1", Map.of(), 4, 1 << 30, "192.0.2.1", List.of("GPU=a", "GPU=b"));
    String one =
        "{'Resources':{'Reservations':{'GenericResources':["
            + "{'DiscreteResourceSpec':{'Kind':'GPU','Value':1}}]}}}";
    world.service("first", 1, one).service("second", 2, one).place();
    assertThat(given("first")).containsExactly("GPU a");
    assertThat(given("second")).containsExactly("GPU b");
    Task first = world.placed("first").getFirst();
    world.apply(new Command.DesireTask(first.id(), TaskState.SHUTDOWN, World.NOW));
    world.place();
    assertThat(world.told("second")).contains("1 lacks 'GPU' (0 free, 1 asked)");
    var over = new Task.Status(TaskState.SHUTDOWN, World.NOW, "", "", null);
    world.apply(
        new Command.ReportTasks(
            "n1", List.of(new Command.ReportTasks.Observation(first.id(), over)), World.NOW));
    world.place();
    assertThat(given("second")).containsExactly("GPU b", "GPU a");
  }

  private List<String> given(String service) {
    var all = new ArrayList<String>();
    for (Task task : world.placed(service)) {
      for (GenericResource each : task.genericOrNone()) {
        all.add(each.kind() + " " + each.name());
      }
    }
    return all;
  }

  // ---- preferences

  @ParameterizedTest
  @CsvSource({"6, 2 2 2", "7, 3 2 2", "1, 1 0 0", "0, 0 0 0"})
  void tasksAreBalancedOverValuesNotNodes(int replicas, String expected) {
    world.node("n1", Map.of("zone", "a")).node("n2", Map.of("zone", "a"));
    world.node("n3", Map.of("zone", "b")).node("n4", Map.of());
    world.service("web", replicas, spread("node.labels.zone")).place();
    Map<String, Integer> counts = world.counts("web");
    assertThat(
            (counts.getOrDefault("n1", 0) + counts.getOrDefault("n2", 0))
                + " "
                + counts.getOrDefault("n3", 0)
                + " "
                + counts.getOrDefault("n4", 0))
        .isEqualTo(expected);
  }

  @Test
  void levelsAreBalancedFromTheOutside() {
    world.node("n1", Map.of("zone", "a", "rack", "1")).node("n2", Map.of("zone", "a", "rack", "1"));
    world.node("n3", Map.of("zone", "a", "rack", "2")).node("n4", Map.of("zone", "b"));
    world.service("web", 8, spread("node.labels.zone", "node.labels.rack")).place();
    assertThat(world.counts("web")).isEqualTo(Map.of("n1", 1, "n2", 1, "n3", 2, "n4", 4));
  }

  @Test
  void tasksOnNodesThatTakeNoMoreCountForTheirBranch() {
    world.node("n1", Map.of("zone", "a")).node("n2", Map.of("zone", "b"));
    world.service("web", 2, spread("node.labels.zone")).place();
    world.node("n3", Map.of("zone", "a")).availability("n1", "pause");
    world.waiting("web", 3);
    world.waiting("web", 4);
    world.place();
    assertThat(world.counts("web")).isEqualTo(Map.of("n1", 1, "n2", 2, "n3", 1));
  }

  @Test
  void engineLabelsAndTheCaseOfTheirPrefix() {
    world.node("n1", Map.of()).node("n2", Map.of());
    world.service("web", 2, spread("Engine.Labels.disk")).place();
    assertThat(world.counts("web")).isEqualTo(Map.of("n1", 1, "n2", 1));
  }

  private static String spread(String... labels) {
    var all = new StringBuilder();
    for (String label : labels) {
      all.append(all.isEmpty() ? "" : ",")
          .append("{'Spread':{'SpreadDescriptor':'" + label + "'}}");
    }
    return "{'Placement':{'Preferences':[" + all + "]}}";
  }

  // ---- faults

  @ParameterizedTest
  @CsvSource({"4, 0, n1", "5, 0, n2", "5, 299, n2", "5, 300, n1", "5, -1, n1"})
  void aNodeWhereTasksKeepFailingComesLast(int failures, int secondsLater, String expected) {
    world.node("n1", Map.of());
    world.service("web", 0, "{}");
    for (int i = 1; i <= failures; i++) {
      world.waiting("web", i);
      world.place();
      Task task = world.placed("web").getFirst();
      var failed = new Task.Status(TaskState.FAILED, World.NOW, "", "exit 1", null);
      world.apply(
          new Command.ReportTasks(
              "n1", List.of(new Command.ReportTasks.Observation(task.id(), failed)), World.NOW));
    }
    world.node("n2", Map.of()).service("other", 0, "{}");
    world.waiting("other", 1);
    world.place(); // on n1: it is as good as n2 for others, and so it has a task more from now on
    assertThat(world.counts("other")).containsKey("n1");
    world.apply(new Command.RemoveService("other", World.NOW));
    String waiting = world.waiting("web", 99);
    Plan plan = world.plan(World.NOW.plusSeconds(secondsLater));
    assertThat(plan.commands())
        .containsExactly(
            new Command.AssignTask(waiting, expected, World.NOW.plusSeconds(secondsLater)));
  }

  // ---- what is told, and when

  @Test
  void anotherTextComesNoSoonerThanASecondAfterTheFirst() {
    world.service("web", 2, "{}").place();
    assertThat(world.plan(World.NOW).commands()).isEmpty();
    world.node("n1", Map.of()).availability("n1", "pause");
    Instant soon = World.NOW.plusMillis(400);
    Plan early = world.plan(soon);
    assertThat(early.commands()).isEmpty();
    assertThat(early.wake()).containsEntry("web", World.NOW.plusSeconds(1));
    assertThat(world.plan(World.NOW.plusSeconds(1)).commands()).hasSize(2);
    assertThat(world.plan(World.NOW.minusSeconds(9)).commands()).hasSize(2); // another's clock
    world.waiting("web", 3);
    assertThat(world.plan(soon).commands()).hasSize(1); // what is said first is said at once
  }

  @Test
  void whetherRoomWouldHelp() {
    world.node("n1", Map.of());
    world.service("zoned", 1, "{'Placement':{'Constraints':['node.labels.zone==a']}}");
    world.service("big", 1, "{'Resources':{'Reservations':{'NanoCPUs':9000000000}}}");
    Plan plan = world.plan(World.NOW);
    assertThat(plan.waiting().get("zoned")).extracting(Plan.Waiting::room).isEqualTo(false);
    assertThat(plan.waiting().get("big")).extracting(Plan.Waiting::room).isEqualTo(true);
  }
}
