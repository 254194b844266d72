package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.node.overlay.ClusterNetwork;
import swarm.node.overlay.OverlayFeed;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Formed;
import swarm.scheduler.allocate.SubnetPlanner;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

/// What nodes are told of the networks that users made, and that they know the same in the end.
class OverlayViewTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String NETWORK = "w".repeat(25);
  private static final String OTHER = "v".repeat(25);

  private ClusterState state = ClusterState.EMPTY;
  private final OverlayViews views = new OverlayViews();
  private final OverlaysTold told = new OverlaysTold();
  private final OverlayFeed feed = new OverlayFeed();
  private SortedMap<String, ClusterNetwork> known = new TreeMap<>();
  private boolean anew = true;
  private int messages;

  private List<Change> apply(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).as("%s", command).isEqualTo(new CommandResult.Done());
    state = applied.state();
    return applied.changes();
  }

  /// Applies, tells node 1 what it has to know, and compares.
  private void step(Command command) {
    OverlayTouches touches = OverlayTouches.NONE;
    for (Change change : apply(command)) {
      touches = touches.and(OverlayTouches.of(change));
    }
    if (anew || !touches.isEmpty()) {
      views.touched(touches);
      SessionMessages.Overlays news = told.news(views.ofNode(state, "n1"), anew);
      anew = false;
      for (SessionMessages.Overlays piece : OverlaysTold.pieces(news)) {
        known = feed.apply(piece);
        messages++;
      }
    }
    var fresh = new OverlayViews().ofNode(state, "n1");
    assertThat(known.keySet()).isEqualTo(fresh.keySet());
    fresh.forEach(
        (id, view) -> {
          ClusterNetwork mine = known.get(id);
          assertThat(mine)
              .isEqualTo(new ClusterNetwork(id, view.network(), view.endpoints(), view.services()));
        });
  }

  @BeforeEach
  void aCluster() {
    step(Formed.at(NOW));
    apply(new Command.AdmitNode("n2", "worker", "192.0.2.2", NOW));
    apply(
        new Command.DescribeNode(
            "n2",
            new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()),
            "192.0.2.2",
            NOW));
    for (String id : List.of(NETWORK, OTHER)) {
      var spec =
          new NetworkSpec(
              id.equals(NETWORK) ? "front" : "back",
              null,
              Map.of(NetworkSpec.MTU, "1400"),
              null,
              null,
              null,
              null);
      var network = SubnetPlanner.plan(state, id, spec, NOW).network();
      assertThat(network).isNotNull();
      if (network != null) {
        step(new Command.CreateNetwork(network, NOW));
      }
    }
  }

  private static ServiceSpec service(String name, String network, String mode, String alias) {
    try {
      return Wire.JSON.readValue(
          """
          {"Name": "%s", "EndpointSpec": {"Mode": "%s"},
           "TaskTemplate": {"ContainerSpec": {"Image": "a"},
             "Networks": [{"Target": "%s", "Aliases": ["%s"]}]}}
          """
              .formatted(name, mode, network, alias),
          ServiceSpec.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static int address(String text) {
    return Subnet.address(text).orElseThrow();
  }

  private void task(String id, String service, String node, String address) {
    step(new Command.CreateTask(id, service, 1, "", 0, TaskState.RUNNING, NOW, NOW));
    step(
        new Command.AllocateTask(
            id, 0, List.of(new NetworkAddress(NETWORK, address(address))), NOW));
    step(new Command.AssignTask(id, node, NOW));
  }

  private void observe(String task, String node, TaskState observed) {
    step(
        new Command.ReportTasks(
            node,
            List.of(
                new Command.ReportTasks.Observation(
                    task,
                    new Task.Status(
                        observed, NOW, "", "", new Task.Container("c".repeat(64), 1, 0)))),
            NOW));
  }

  @Test
  void aNodeKnowsANetworkFromItsFirstTaskToItsLast() {
    step(new Command.CreateService("s1", service("web", NETWORK, "vip", "www"), NOW));
    step(
        new Command.SetVirtualIps(
            "s1", List.of(new NetworkAddress(NETWORK, address("10.1.0.2"))), NOW));
    task("t2", "s1", "n2", "10.1.0.4");
    assertThat(known).as("none of its tasks").isEmpty();
    task("t1", "s1", "n1", "10.1.0.3");
    ClusterNetwork front = known.get(NETWORK);
    assertThat(front).isNotNull();
    if (front == null) {
      return;
    }
    assertThat(front.network())
        .isEqualTo(
            new SessionMessages.OverlayNetwork(
                "front", 4097, 4789, address("10.1.0.0"), 24, false, 1400));
    assertThat(front.services().values())
        .containsExactly(
            new SessionMessages.OverlayService("s1", "web", address("10.1.0.2"), List.of("www")));
    observe("t2", "n2", TaskState.RUNNING);
    assertThat(endpoint("10.1.0.4"))
        .isEqualTo(
            new SessionMessages.OverlayEndpoint(
                address("10.1.0.4"),
                "192.0.2.2",
                List.of("web.1.t2", "c".repeat(12)),
                "s1",
                true,
                "t2"));
    step(new Command.SetNodeStatus("n2", Node.State.READY, Node.State.DOWN, "", NOW));
    ClusterNetwork without = known.get(NETWORK);
    assertThat(without == null ? Map.of() : without.endpoints())
        .as("the host of one is lost")
        .containsOnlyKeys(address("10.1.0.3"));
    observe("t2", "n2", TaskState.FAILED);
    assertThat(known.get(NETWORK)).isNotNull();
    step(new Command.RemoveService("s1", NOW));
    observe("t1", "n1", TaskState.SHUTDOWN);
    assertThat(known).isEmpty();
  }

  private SessionMessages.OverlayEndpoint endpoint(String address) {
    ClusterNetwork front = known.get(NETWORK);
    SessionMessages.OverlayEndpoint found =
        front == null ? null : front.endpoints().get(address(address));
    if (found == null) {
      throw new AssertionError("nothing at " + address);
    }
    return found;
  }

  @Test
  void whatAServiceBecomesIsTold() {
    step(new Command.CreateService("s1", service("web", NETWORK, "vip", "www"), NOW));
    task("t1", "s1", "n1", "10.1.0.3");
    step(
        new Command.UpdateService(
            "s1",
            state.service("s1").orElseThrow().version().index(),
            service("web", NETWORK, "dnsrr", "site"),
            false,
            NOW));
    step(
        new Command.UpdateService(
            "s1",
            state.service("s1").orElseThrow().version().index(),
            service("web", OTHER, "dnsrr", "site"),
            false,
            NOW));
    ClusterNetwork front = known.get(NETWORK);
    assertThat(front == null ? Map.of() : front.services()).as("not there any more").isEmpty();
  }

  @Test
  void whatConcernsNoNetworkIsToldToNobody() {
    step(new Command.CreateService("s1", service("web", NETWORK, "vip", "www"), NOW));
    task("t1", "s1", "n1", "10.1.0.3");
    int before = messages;
    apply(new Command.SetNodeIngress("n2", 5, NOW)).forEach(c -> assertThat(quiet(c)).isTrue());
    assertThat(quiet(new Change.OfTask(null, null))).isTrue();
    step(new Command.DesireTask("t1", TaskState.RUNNING, NOW));
    assertThat(messages).isEqualTo(before);
  }

  private static boolean quiet(Change change) {
    return OverlayTouches.of(change).isEmpty();
  }

  @Test
  void aLargeNetworkComesInPieces() {
    var endpoints = new TreeMap<Integer, SessionMessages.OverlayEndpoint>();
    var services = new TreeMap<String, SessionMessages.OverlayService>();
    for (int i = 0; i < 5_000; i++) {
      endpoints.put(
          i, new SessionMessages.OverlayEndpoint(i, "192.0.2.1", List.of("t" + i), "s", true));
      services.put(
          "s" + i, new SessionMessages.OverlayService("s" + i, "n".repeat(500), i, List.of()));
    }
    var network = new SessionMessages.OverlayNetwork("front", 1, 4789, 0, 8, false, 0);
    var view = new OverlayView(NETWORK, network, endpoints, services);
    var all = new TreeMap<String, OverlayView>(Map.of(NETWORK, view));
    SessionMessages.Overlays news = new OverlaysTold().news(all, true);
    var pieces = new ArrayList<>(OverlaysTold.pieces(news));
    assertThat(pieces).hasSizeGreaterThan(2);
    SortedMap<String, ClusterNetwork> heard = new TreeMap<>();
    for (SessionMessages.Overlays piece : pieces) {
      heard = feed.apply(piece);
    }
    assertThat(heard)
        .containsExactly(
            Map.entry(NETWORK, new ClusterNetwork(NETWORK, network, endpoints, services)));
  }
}
