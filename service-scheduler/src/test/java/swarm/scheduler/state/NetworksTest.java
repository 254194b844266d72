package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.scheduler.allocate.SubnetPlanner;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.turn.TurnPlanner;

/// Networks of the whole cluster in the state, and who gets which address of them.
class NetworksTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private ClusterState state = ClusterState.EMPTY;
  private final AtomicInteger ids = new AtomicInteger();

  @BeforeEach
  void aCluster() {
    run(
        new Command.FormCluster(
            new Cluster(
                "c",
                new Version(0, T0, T0),
                Wire.JSON.createObjectNode(),
                "certificate",
                "key",
                new Cluster.Tokens("w", "m"),
                new Ingress("i", 0x0a000000, 20, 4096, 4789, T0),
                30),
            new Node(
                "n1",
                new Version(0, T0, T0),
                new NodeSpec(null, null, "manager", null),
                new Node.Description(
                        "host", "linux", "x86_64", 8_000_000_000L, 1L << 34, "1", Map.of())
                    .withAgent(swarm.scheduler.model.AgentFormat.NEWEST),
                new Node.Status(Node.State.READY, "", "10.0.17.9", T0),
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

  private String network(String id, String name, String subnet, boolean chosen) {
    Subnet range = Subnet.parse(subnet).orElseThrow();
    var pool = new NetworkSpec.Pool(subnet, null, null, null);
    return run(
        new Command.CreateNetwork(
            new Network(
                id,
                new Version(0, T0, T0),
                new NetworkSpec(
                    name,
                    null,
                    null,
                    null,
                    null,
                    chosen ? new NetworkSpec.Ipam(null, null, List.of(pool)) : null,
                    null),
                SubnetPlanner.vni(state).orElseThrow(),
                range.address(),
                range.prefix(),
                range.address() + 1,
                range.address(),
                (int) range.size(),
                List.of()),
            T0));
  }

  private String service(String id, String name, int replicas, String mode, String network) {
    try {
      ServiceSpec spec =
          Wire.JSON.readValue(
              """
              {"Name": "%s", "Mode": {"Replicated": {"Replicas": %d}},
               "EndpointSpec": {"Mode": "%s"},
               "TaskTemplate": {"ContainerSpec": {"Image": "a"}, "Networks": [{"Target": "%s"}]}}
              """
                  .formatted(name, replicas, mode, network),
              ServiceSpec.class);
      return state.services().containsKey(id)
          ? run(
              new Command.UpdateService(
                  id, state.service(id).orElseThrow().version().index(), spec, false, T0))
          : run(new Command.CreateService(id, spec, T0));
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

  private List<String> addresses(String service) {
    return state.tasksOfService(service).stream()
        .flatMap(task -> task.networksOrNone().stream())
        .map(each -> each.networkId() + " " + Subnet.text(each.address()))
        .toList();
  }

  private List<String> virtualIps(String service) {
    return state.service(service).orElseThrow().virtualIpsOrNone().stream()
        .map(each -> each.networkId() + " " + Subnet.text(each.address()))
        .toList();
  }

  @Test
  void subnetsAndNumbersAreChosenWhereNobodyIs() {
    assertThat(SubnetPlanner.subnet(state)).hasValue(Subnet.parse("10.0.16.0/24").orElseThrow());
    assertThat(SubnetPlanner.vni(state)).hasValue(4097);
    assertThat(network("w1", "front", "10.0.16.0/24", false)).isEqualTo("done");
    assertThat(SubnetPlanner.subnet(state))
        .as("a node is at 10.0.17.9")
        .hasValue(Subnet.parse("10.0.18.0/24").orElseThrow());
    assertThat(SubnetPlanner.vni(state)).hasValue(4098);
    assertThat(run(new Command.RemoveNetwork("w1"))).isEqualTo("done");
    assertThat(SubnetPlanner.vni(state)).as("rests").hasValue(4098);
    assertThat(network("w2", "large", "10.0.0.0/9", true))
        .as("the ingress network's")
        .startsWith("409");
    assertThat(network("w3", "half", "10.128.0.0/9", true)).isEqualTo("done");
    assertThat(SubnetPlanner.subnet(state)).hasValue(Subnet.parse("10.0.16.0/24").orElseThrow());
  }

  @Test
  void aSubnetIsSharedOnlyWhereTheUserWantsIt() {
    assertThat(network("w1", "front", "10.0.16.0/24", false)).isEqualTo("done");
    assertThat(network("w2", "back", "10.0.16.0/25", false))
        .isEqualTo("409 " + NetworkCommands.TAKEN);
    assertThat(network("w2", "back", "10.0.16.0/25", true)).isEqualTo("done");
    assertThat(network("w3", "back", "10.0.18.0/24", false))
        .isEqualTo("409 network with name back already exists");
    assertThat(network("w3", "ingress", "10.0.18.0/24", false)).startsWith("409");
  }

  @Test
  void aServiceAndItsTasksGetAddressesInOneTurn() {
    network("w1", "front", "10.0.16.0/24", false);
    assertThat(service("s1", "web", 2, "vip", "w1")).isEqualTo("done");
    turn();
    assertThat(virtualIps("s1")).containsExactly("w1 10.0.16.2");
    assertThat(addresses("s1")).containsExactly("w1 10.0.16.3", "w1 10.0.16.4");
    assertThat(state.tasksOfService("s1"))
        .allMatch(task -> task.status().state() == TaskState.ASSIGNED);
    assertThat(run(new Command.RemoveNetwork("w1")))
        .isEqualTo(
            "400 rpc error: code = FailedPrecondition desc = network w1 is in use by service s1");
    run(new Command.RemoveService("s1", T0));
    assertThat(run(new Command.RemoveNetwork("w1"))).as("its tasks are to go").isEqualTo("done");
  }

  @Test
  void withoutAnAddressOfItsOwnWhereNamesLeadToTasks() {
    network("w1", "front", "10.0.16.0/24", false);
    service("s1", "web", 1, "dnsrr", "w1");
    turn();
    assertThat(virtualIps("s1")).isEmpty();
    assertThat(addresses("s1")).containsExactly("w1 10.0.16.2");
    service("s1", "web", 1, "vip", "w1");
    turn();
    assertThat(virtualIps("s1")).containsExactly("w1 10.0.16.3");
    service("s1", "web", 1, "dnsrr", "w1");
    assertThat(virtualIps("s1")).isEmpty();
  }

  @Test
  void anotherNetworkIsAnotherAddress() {
    network("w1", "front", "10.0.16.0/24", false);
    network("w2", "back", "10.0.18.0/24", false);
    service("s1", "web", 1, "vip", "w1");
    turn();
    service("s1", "web", 1, "vip", "w2");
    assertThat(virtualIps("s1")).as("not there any more").isEmpty();
    turn();
    assertThat(virtualIps("s1")).containsExactly("w2 10.0.18.2");
  }

  @Test
  void aNetworkIsAsItsUserWantsIt() {
    var pool =
        new NetworkSpec.Pool(
            "10.5.0.0/16", "10.5.8.0/30", "10.5.8.1", Map.of("printer", "10.5.8.2"));
    var spec =
        new NetworkSpec(
            "own", null, null, null, null, new NetworkSpec.Ipam(null, null, List.of(pool)), null);
    Network network = SubnetPlanner.plan(state, "w1", spec, T0).network();
    assertThat(network).isNotNull();
    if (network == null) {
      return;
    }
    assertThat(network.range().toString()).isEqualTo("10.5.0.0/16");
    assertThat(run(new Command.CreateNetwork(network, T0))).isEqualTo("done");
    service("s1", "web", 2, "dnsrr", "w1");
    turn();
    assertThat(addresses("s1")).containsExactly("w1 10.5.8.0", "w1 10.5.8.3");
    service("s2", "more", 1, "dnsrr", "w1");
    turn();
    assertThat(addresses("s2")).as("the range is full").isEmpty();
    var ingress =
        new NetworkSpec(
            "all",
            null,
            null,
            null,
            null,
            new NetworkSpec.Ipam(
                null, null, List.of(new NetworkSpec.Pool("10.0.8.0/24", null, null, null))),
            null);
    assertThat(SubnetPlanner.plan(state, "w2", ingress, T0).problem())
        .contains("10.0.0.0/20 is the ingress network's");
  }

  @Test
  void placesOfContainersAreTheirNodesAndGoWithIt() {
    network("w1", "front", "10.0.16.0/24", false);
    assertThat(attach("a1", "w1", "n1", "10.0.16.2"))
        .isEqualTo(
            "400 rpc error: code = PermissionDenied desc = network w1 not manually attachable");
    var open = new NetworkSpec("open", null, null, null, true, null, null);
    Network network = SubnetPlanner.plan(state, "w2", open, T0).network();
    if (network != null) {
      assertThat(run(new Command.CreateNetwork(network, T0))).isEqualTo("done");
    }
    assertThat(attach("a1", "w2", "n9", "10.0.18.2")).isEqualTo("404 node n9 not found");
    run(new Command.AdmitNode("n2", "worker", "192.0.2.2", T0));
    assertThat(attach("a1", "w2", "n2", "10.0.18.2")).isEqualTo("done");
    assertThat(attach("a2", "w2", "n2", "10.0.18.2")).isEqualTo("409 " + NetworkCommands.TAKEN);
    assertThat(run(new Command.RemoveNetwork("w2"))).contains("is in use by task a1");
    assertThat(run(new Command.DetachContainers("n1", List.of("a1")))).isEqualTo("done");
    assertThat(state.networks().attachmentsOn("n2")).as("another node's word").hasSize(1);
    run(new Command.RemoveNode("n2", true, T0, T0));
    assertThat(run(new Command.RemoveNetwork("w2"))).isEqualTo("done");
  }

  private String attach(String id, String network, String node, String address) {
    return run(
        new Command.AttachContainer(
            new Attachment(
                id,
                new Version(0, T0, T0),
                network,
                node,
                "c" + id,
                "box",
                null,
                Subnet.address(address).orElseThrow()),
            T0));
  }

  @Test
  void aFullNetworkIsToldAndHealedByWhatEnds() {
    network("w1", "tiny", "10.0.16.0/29", true);
    service("s1", "web", 6, "vip", "w1");
    turn();
    assertThat(addresses("s1")).hasSize(4);
    List<Task> waiting =
        state.tasksOfService("s1").stream().filter(t -> t.nodeId().isEmpty()).toList();
    assertThat(waiting)
        .hasSize(2)
        .allMatch(t -> t.status().error().startsWith("no free address on network tiny"));
  }

  @Test
  void whatDoesNotExistIsNotJoined() {
    assertThat(service("s1", "web", 1, "vip", "w9")).isEqualTo("404 network w9 not found");
    network("w1", "front", "10.0.16.0/24", false);
    service("s1", "web", 1, "vip", "w1");
    assertThat(run(new Command.SetVirtualIps("s1", List.of(new NetworkAddress("w1", 5)), T0)))
        .as("an address of another network")
        .startsWith("409");
  }

  @Test
  void snapshotsHaveAllOfIt() throws IOException {
    network("w1", "front", "10.0.16.0/24", false);
    service("s1", "web", 2, "vip", "w1");
    turn();
    network("w2", "back", "10.0.18.0/24", false);
    run(new Command.RemoveNetwork("w2"));
    var out = new ByteArrayOutputStream();
    StateCodec.write(state, out);
    assertThat(StateCodec.read(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(state);
  }
}
