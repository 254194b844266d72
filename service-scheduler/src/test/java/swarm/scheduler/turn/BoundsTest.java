package swarm.scheduler.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.sim.SimCluster;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

class BoundsTest {
  private final SimCluster cluster = new SimCluster(0x0a000000, 16, 5);

  @Test
  void aTurnIsBoundedWhateverIsAskedFor() {
    node("n1");
    var sizes = new ArrayList<Integer>();
    cluster.listen(
        new SimCluster.Listener() {
          @Override
          public void planned(ClusterState before, List<Command> commands) {
            sizes.add(commands.size());
          }
        });
    create("many", 2_500, 0);
    cluster.settle();
    assertThat(cluster.state().tasks().values())
        .hasSize(2_500)
        .allMatch(t -> t.status().state() == TaskState.RUNNING);
    assertThat(sizes).allMatch(size -> size <= 3_100);
  }

  @Test
  void aServiceWaitsForAPortWhenAllAreTakenAndGetsOneThatIsFreed() {
    node("n1");
    var first = create("many", 0, 2_768);
    var late = create("late", 1, 1);
    cluster.settle();
    assertThat(service(first).ports()).hasSize(2_768);
    assertThat(service(late).portsAllocated()).isFalse();
    assertThat(cluster.state().tasksOfService(late).getFirst().status().error())
        .isEqualTo(
            "no free tcp port to publish: all from 30000 to 32767 are taken; name one, or remove a"
                + " service");
    cluster.apply(new Command.RemoveService(first, cluster.now()));
    cluster.settle();
    assertThat(service(late).ports().getFirst().publishedOrZero()).isEqualTo(30_000);
    assertThat(cluster.state().tasksOfService(late).getFirst().status().state())
        .isEqualTo(TaskState.RUNNING);
  }

  /// One plan tells it at once, one more a second after something changed, and none in between.
  @Test
  void aServiceThatCanNeverBePlacedCausesNoLoop() {
    node("n1");
    var plans = new ArrayList<List<Command>>();
    cluster.listen(
        new SimCluster.Listener() {
          @Override
          public void planned(ClusterState before, List<Command> commands) {
            plans.add(List.copyOf(commands));
          }
        });
    String id = cluster.nextServiceId();
    cluster.apply(new Command.CreateService(id, asking("never", 99_000_000_000L), cluster.now()));
    cluster.settle();
    assertThat(cluster.state().tasksOfService(id))
        .hasSize(3)
        .allMatch(t -> t.status().error().contains("on 1 node: 1 lacks CPUs (0 free, 99 asked)"));
    int told = plans.size();
    cluster.pass(Duration.ofHours(1));
    assertThat(plans).as("nothing changed").hasSize(told);
    for (int i = 2; i <= 50; i++) { // others' nodes come, ten of them in a second
      node("n" + i);
      cluster.pass(Duration.ofMillis(100));
    }
    cluster.pass(Duration.ofHours(1));
    long explained =
        plans.stream()
            .filter(plan -> plan.stream().anyMatch(Command.ExplainTask.class::isInstance))
            .count();
    assertThat(explained).isBetween(3L, 8L);
    assertThat(cluster.state().tasksOfService(id).getFirst().status().error())
        .contains("insufficient resources on 50 nodes: 50 lack CPUs");
  }

  private static ServiceSpec asking(String name, long nanoCpus) {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", name);
    spec.putObject("Mode").putObject("Replicated").put("Replicas", 3);
    spec.withObject("TaskTemplate")
        .withObject("Resources")
        .putObject("Reservations")
        .put("NanoCPUs", nanoCpus);
    return Wire.JSON.convertValue(spec, ServiceSpec.class);
  }

  private Service service(String id) {
    return cluster.state().service(id).orElseThrow();
  }

  private void node(String id) {
    cluster.apply(new Command.AdmitNode(id, "worker", "192.0.2.1", cluster.now()));
    cluster.apply(
        new Command.DescribeNode(
            id,
            new Node.Description(id, "linux", "x86_64", 1, 1, "", Map.of()),
            "192.0.2.1",
            cluster.now()));
  }

  private String create(String name, int replicas, int ports) {
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", name);
    spec.putObject("Mode").putObject("Replicated").put("Replicas", replicas);
    for (int i = 1; i <= ports; i++) {
      spec.withObject("EndpointSpec").withArray("Ports").addObject().put("TargetPort", i);
    }
    String id = cluster.nextServiceId();
    cluster.apply(
        new Command.CreateService(
            id, Wire.JSON.convertValue(spec, ServiceSpec.class), cluster.now()));
    return id;
  }
}
