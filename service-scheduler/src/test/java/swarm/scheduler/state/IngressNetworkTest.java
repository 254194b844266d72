package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.scheduler.allocate.SubnetPlanner;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.turn.TurnPlanner;

/// The ingress network, removed and made again by users.
class IngressNetworkTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private ClusterState state = ClusterState.EMPTY;
  private final AtomicInteger ids = new AtomicInteger();

  @BeforeEach
  void aCluster() {
    var node =
        new Node.Description("host", "linux", "x86_64", 8_000_000_000L, 1L << 34, "1", Map.of());
    run(
        new Command.FormCluster(
            new Cluster(
                "c",
                new Version(0, T0, T0),
                Wire.JSON.createObjectNode(),
                "certificate",
                "key",
                new Cluster.Tokens("w", "m"),
                new Ingress("i", 0x0a000000, 20, 4096, 4790, T0),
                30),
            new Node(
                "n1",
                new Version(0, T0, T0),
                new NodeSpec(null, null, "manager", null),
                node.withAgent(AgentFormat.NEWEST),
                new Node.Status(Node.State.READY, "", "192.0.2.1", T0),
                null,
                0)));
  }

  private String run(Command command) {
    CommandApplier.Applied applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    Invariants.check(state);
    return switch (applied.result()) {
      case CommandResult.Done _ -> "done";
      case CommandResult.NotFound r -> "404 " + r.message();
      case CommandResult.Conflict r -> "409 " + r.message();
      case CommandResult.Refused r -> "400 " + r.message();
    };
  }

  private String service(String id, String ports) {
    try {
      ServiceSpec spec =
          Wire.JSON.readValue(
              """
              {"Name": "%s", "Mode": {"Replicated": {"Replicas": 1}},
               "EndpointSpec": {"Ports": [%s]}, "TaskTemplate": {"ContainerSpec": {"Image": "a"}}}
              """
                  .formatted(id, ports),
              ServiceSpec.class);
      return run(new Command.CreateService(id, spec, T0));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private void turn() {
    var services = new TreeSet<>(state.services().keySet());
    services.addAll(state.tasksByService().keySet());
    Plan plan =
        TurnPlanner.plan(new Turn(state, services, true, T0, () -> "t" + ids.incrementAndGet()));
    plan.commands().forEach(command -> assertThat(run(command)).isEqualTo("done"));
  }

  private Network planned(String subnet, String gateway) {
    var pool = new NetworkSpec.Pool(subnet, null, gateway, null);
    var spec =
        new NetworkSpec(
            "mesh",
            null,
            Map.of(NetworkSpec.MTU, "1200"),
            null,
            null,
            subnet.isEmpty() ? null : new NetworkSpec.Ipam(null, null, List.of(pool)),
            null);
    SubnetPlanner.Planned planned = SubnetPlanner.plan(state, "m", spec, T0);
    assertThat(planned.problem()).isEmpty();
    Network network = planned.network();
    return Objects.requireNonNull(network);
  }

  private String node() {
    int address = state.node("n1").orElseThrow().ingressAddress();
    return address == 0 ? "" : Subnet.text(address);
  }

  private static final String ON_THE_MESH = "{\"TargetPort\": 80, \"PublishedPort\": 8080}";

  @Test
  void isRemovedOnceNobodyPublishesThere() {
    assertThat(service("web", ON_THE_MESH)).isEqualTo("done");
    turn();
    assertThat(node()).isEqualTo("10.0.0.2");
    assertThat(run(new Command.RemoveIngress("i", T0)))
        .isEqualTo(
            "400 rpc error: code = FailedPrecondition desc = ingress network cannot be removed"
                + " because service web depends on it");
    assertThat(run(new Command.RemoveIngress("j", T0))).isEqualTo("404 network j not found");
    assertThat(run(new Command.RemoveService("web", T0))).isEqualTo("done");
    assertThat(run(new Command.RemoveIngress("i", T0))).isEqualTo("done");
    assertThat(node()).isEmpty();
    assertThat(state.tasks().values()).extracting(Task::ingressAddress).containsOnly(0);
    assertThat(run(new Command.RemoveIngress("i", T0))).isEqualTo("404 network i not found");
    turn();
    assertThat(node()).as("there is none to have").isEmpty();
    assertThat(service("late", ON_THE_MESH))
        .startsWith(
            "400 rpc error: code = FailedPrecondition desc = service needs ingress network, but no"
                + " ingress network is present");
    assertThat(
            service(
                "host", "{\"TargetPort\": 80, \"PublishedPort\": 81, \"PublishMode\": \"host\"}"))
        .isEqualTo("done");
  }

  @Test
  void anotherTakesItsPlace() {
    turn();
    assertThat(run(new Command.CreateIngress(planned("10.99.0.0/24", "10.99.0.1"), T0)))
        .isEqualTo(
            "409 rpc error: code = AlreadyExists desc = ingress network (i) is already present");
    run(new Command.RemoveIngress("i", T0));
    assertThat(SubnetPlanner.subnet(state))
        .as("its subnet is free again")
        .hasValue(Subnet.parse("10.0.0.0/24").orElseThrow());
    var early = new Command.SetNodeIngress("n1", 0x0a000002, T0);
    assertThat(run(early)).as("planned before").startsWith("409");
    assertThat(run(new Command.CreateIngress(planned("10.99.0.0/24", "10.99.0.2"), T0)))
        .isEqualTo("done");
    assertThat(run(early)).as("of the network before").startsWith("409");
    turn();
    assertThat(node()).isEqualTo("10.99.0.1");
    Ingress now = Objects.requireNonNull(state.cluster()).ingress();
    assertThat(now.name()).isEqualTo("mesh");
    assertThat(now.mtu()).isEqualTo(1200);
    assertThat(now.dataPathPort()).isEqualTo(4790);
    assertThat(service("web", ON_THE_MESH)).isEqualTo("done");
    turn();
    assertThat(state.tasksOfService("web"))
        .extracting(task -> Subnet.text(task.ingressAddress()))
        .as("the gateway's is nobody's")
        .containsExactly("10.99.0.3");
  }

  @Test
  void itGetsASubnetOfThePoolsWhereNoneIsNamed() {
    run(new Command.RemoveIngress("i", T0));
    assertThat(run(new Command.CreateIngress(planned("", ""), T0))).isEqualTo("done");
    turn();
    assertThat(node()).isEqualTo("10.0.0.2");
  }
}
