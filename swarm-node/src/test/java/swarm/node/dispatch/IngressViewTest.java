package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Formed;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

/// The state is made by commands, as it is in life.
class IngressViewTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final int NETWORK = 0x0a000000;

  private ClusterState state = ClusterState.EMPTY;

  private void apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
  }

  private static Node.Description description() {
    return new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of());
  }

  /// A cluster with the node n1.
  private void cluster() {
    apply(Formed.at(NOW));
  }

  private void node(int number) {
    String id = "n" + number;
    if (number > 1) {
      apply(new Command.AdmitNode(id, "worker", "192.0.2." + number, NOW));
      apply(new Command.DescribeNode(id, description(), "192.0.2." + number, NOW));
    }
    apply(new Command.SetNodeIngress(id, NETWORK + number, NOW));
  }

  private void service(String id, PortConfig... ports) throws Exception {
    service(id, Map.of(), ports);
  }

  private void service(String id, Map<String, String> labels, PortConfig... ports)
      throws Exception {
    var spec =
        Wire.JSON.readValue(
            "{\"Name\":\""
                + id
                + "\",\"Labels\":"
                + Wire.JSON.writeValueAsString(labels)
                + ",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"i\"}},"
                + "\"Mode\":{\"Replicated\":{\"Replicas\":9}},"
                + "\"EndpointSpec\":{\"Ports\":"
                + Wire.JSON.writeValueAsString(ports)
                + "}}",
            ServiceSpec.class);
    apply(new Command.CreateService(id, spec, NOW));
    apply(new Command.SetServicePorts(id, List.of(ports), NOW));
  }

  private void task(String id, String service, int slot, int address, String node) {
    apply(new Command.CreateTask(id, service, slot, "", 0, TaskState.RUNNING, NOW, NOW));
    apply(new Command.AllocateTask(id, address, NOW));
    apply(new Command.AssignTask(id, node, NOW));
  }

  private void observe(String task, String node, TaskState observed) {
    var status = new Task.Status(observed, NOW, "", "", null);
    apply(
        new Command.ReportTasks(
            node, List.of(new Command.ReportTasks.Observation(task, status)), NOW));
  }

  private static PortConfig port(int published, int target, String mode) {
    return new PortConfig(null, "tcp", target, published, mode);
  }

  private SessionMessages.Ingress view(String node) {
    return IngressView.of(state, node).orElseThrow();
  }

  // ----

  @Test
  void nothingIsMadeBeforeThereIsAnAddress() {
    assertThat(IngressView.of(state, "n1")).isEmpty();
    cluster();
    assertThat(IngressView.of(state, "n1")).isEmpty();
    assertThat(IngressView.of(state, "stranger")).isEmpty();
    node(1);
    assertThat(IngressView.of(state, "n1"))
        .contains(
            new SessionMessages.Ingress(
                4096, NETWORK, 16, 4789, NETWORK + 1, List.of(), List.of(), List.of()));
  }

  @Test
  void whoKnowsOfItIsToldThatThereIsNone() {
    cluster();
    node(1);
    node(2);
    apply(
        new Command.DescribeNode(
            "n1", description().withAgent(AgentFormat.NEWEST), "192.0.2.1", NOW));
    apply(new Command.RemoveIngress("i", NOW));
    assertThat(IngressView.of(state, "n1")).contains(SessionMessages.Ingress.none(4789));
    assertThat(IngressView.of(state, "n2")).as("of an older build").isEmpty();
  }

  @Test
  void everyNodeSeesTheOthersThatHaveAnAddress() {
    cluster();
    node(1);
    node(2);
    node(3);
    apply(new Command.AdmitNode("n4", "worker", "192.0.2.4", NOW));

    assertThat(view("n2").self()).isEqualTo(NETWORK + 2);
    assertThat(view("n2").peers())
        .containsExactly(
            new SessionMessages.IngressPeer("192.0.2.1", NETWORK + 1),
            new SessionMessages.IngressPeer("192.0.2.3", NETWORK + 3));
  }

  @Test
  void tasksOfOtherHostsAreEndpointsAndAllRunningOnesBackends() throws Exception {
    cluster();
    node(1);
    node(2);
    service("web", port(80, 8080, "ingress"), port(81, 8081, "ingress"));
    task("t1", "web", 1, NETWORK + 12, "n1");
    task("t2", "web", 2, NETWORK + 11, "n2");
    observe("t1", "n1", TaskState.RUNNING);
    observe("t2", "n2", TaskState.RUNNING);

    assertThat(view("n1").endpoints())
        .containsExactly(new SessionMessages.IngressEndpoint(NETWORK + 11, "192.0.2.2", "t2"));
    assertThat(view("n2").endpoints())
        .containsExactly(new SessionMessages.IngressEndpoint(NETWORK + 12, "192.0.2.1", "t1"));
    List<Integer> backends = List.of(NETWORK + 11, NETWORK + 12);
    assertThat(view("n1").ports())
        .isEqualTo(view("n2").ports())
        .containsExactly(
            new SessionMessages.IngressPort("tcp", 80, 8080, backends),
            new SessionMessages.IngressPort("tcp", 81, 8081, backends));
  }

  @Test
  void whoAnswersAndWhereIsTheServicesToSay() throws Exception {
    cluster();
    node(1);
    Map<String, String> labels =
        Map.of("swarm.affinity", "client-ip", "swarm.publish.host-ip", "80=10.0.0.0/8");
    service("web", labels, port(80, 8080, "ingress"), port(81, 8081, "ingress"));
    assertThat(view("n1").ports())
        .as("an agent of an older build would open port 80 everywhere")
        .containsExactly(new SessionMessages.IngressPort("tcp", 81, 8081, List.of(), null, true));

    var newer =
        new Command.DescribeNode(
            "n1", description().withAgent(AgentFormat.NEWEST), "192.0.2.1", NOW);
    var applied = CommandApplier.apply(state, state.index() + 1, newer);
    assertThat(applied.changes()).anyMatch(IngressView::concerns);
    state = applied.state();
    assertThat(view("n1").ports())
        .containsExactly(
            new SessionMessages.IngressPort("tcp", 80, 8080, List.of(), "10.0.0.0/8", true),
            new SessionMessages.IngressPort("tcp", 81, 8081, List.of(), null, true));
  }

  @ParameterizedTest
  @CsvSource({
    "ACCEPTED, true, false",
    "PREPARING, true, false",
    "STARTING, true, false",
    "RUNNING, true, true",
    "COMPLETE, false, false",
    "FAILED, false, false",
    "SHUTDOWN, false, false",
    "REJECTED, false, false",
  })
  void onlyWhatRunsTakesConnections(TaskState observed, boolean endpoint, boolean backend)
      throws Exception {
    cluster();
    node(1);
    node(2);
    service("web", port(80, 8080, "ingress"));
    task("t1", "web", 1, NETWORK + 11, "n2");
    observe("t1", "n2", observed);

    assertThat(view("n1").endpoints().isEmpty()).isEqualTo(!endpoint);
    assertThat(view("n1").ports().getFirst().backends().isEmpty()).isEqualTo(!backend);
  }

  @Test
  void aTaskThatIsToStopTakesNoNewConnectionsButKeepsItsOld() throws Exception {
    cluster();
    node(1);
    node(2);
    service("web", port(80, 8080, "ingress"));
    task("t1", "web", 1, NETWORK + 11, "n2");
    observe("t1", "n2", TaskState.RUNNING);
    apply(new Command.DesireTask("t1", TaskState.SHUTDOWN, NOW));

    assertThat(view("n1").endpoints()).hasSize(1);
    assertThat(view("n1").ports().getFirst().backends()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"READY, true", "DISCONNECTED, true", "DOWN, false"})
  void aHostThatIsGoneTakesNoConnections(Node.State nodeState, boolean backend) throws Exception {
    cluster();
    node(1);
    node(2);
    service("web", port(80, 8080, "ingress"));
    task("t1", "web", 1, NETWORK + 11, "n2");
    observe("t1", "n2", TaskState.RUNNING);
    if (nodeState != Node.State.READY) {
      apply(new Command.SetNodeStatus("n2", Node.State.READY, nodeState, "", NOW));
    }

    assertThat(view("n1").ports().getFirst().backends().isEmpty()).isEqualTo(!backend);
    assertThat(view("n1").endpoints().isEmpty()).as("calls are cut").isEqualTo(!backend);
    assertThat(view("n1").peers()).as("its way stays").hasSize(1);
  }

  @Test
  void servicesThatPublishNothingInTheMeshAreNotInIt() throws Exception {
    cluster();
    node(1);
    node(2);
    service("hidden");
    service("hostly", port(80, 8080, "host"));
    task("t1", "hidden", 1, NETWORK + 11, "n2");
    task("t2", "hostly", 1, NETWORK + 12, "n2");
    observe("t2", "n2", TaskState.RUNNING);

    assertThat(view("n1").ports()).isEmpty();
    assertThat(view("n1").endpoints()).isEmpty();
  }

  @Test
  void whatConcernsTheNodes() throws Exception {
    cluster();
    node(1);
    service("web", port(80, 8080, "ingress"));
    task("t0", "web", 1, 0, "n1");
    task("t1", "web", 2, NETWORK + 11, "n1");
    Cluster cluster = Optional.ofNullable(state.cluster()).orElseThrow();
    @Nullable Task none = null;

    assertThat(IngressView.concerns(new Change.OfCluster(null, cluster))).isTrue();
    assertThat(IngressView.concerns(new Change.OfNode(state.nodes().get("n1"), null))).isTrue();
    assertThat(IngressView.concerns(new Change.OfService(null, state.services().get("web"))))
        .isTrue();
    assertThat(IngressView.concerns(new Change.OfTask(none, state.tasks().get("t0")))).isFalse();
    assertThat(IngressView.concerns(new Change.OfTask(none, state.tasks().get("t1")))).isTrue();
    assertThat(IngressView.concerns(new Change.OfTask(state.tasks().get("t1"), none))).isTrue();
  }
}
