package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.node.testing.Tasks;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;

/// What Docker's clients hear of a change.
class ClusterEventsTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant CHANGED = Instant.parse("2026-01-02T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-01-03T00:00:00Z");
  private static final Version VERSION = new Version(7, MADE, CHANGED);

  private static final Node NODE =
      new Node(
          "n1",
          VERSION,
          new NodeSpec(null, null, "manager", null),
          new Node.Description("host1", "linux", "amd64", 1, 1, "1", Map.of()),
          new Node.Status(Node.State.READY, "", "192.0.2.1", MADE),
          new Node.Manager("r1", "192.0.2.1:2377"),
          0);

  private static String shown(Change change) {
    List<ClusterEvents.Event> events = ClusterEvents.of(List.of(change), NOW);
    if (events.isEmpty()) {
      return "";
    }
    ClusterEvents.Event e = events.getFirst();
    return e.type() + " " + e.action() + " " + e.id() + " " + new TreeMap<>(e.attributes());
  }

  private static Instant at(Change change) {
    return ClusterEvents.of(List.of(change), NOW).getFirst().at();
  }

  // ---- nodes

  private static Node status(Node node, Node.State state, String message) {
    return node.with(VERSION, new Node.Status(state, message, node.status().address(), NOW));
  }

  private static Node spec(Node node, String role, @Nullable String availability) {
    return node.with(VERSION, new NodeSpec(null, null, role, availability));
  }

  static Stream<Arguments> nodes() {
    return Stream.of(
        node(
            "goes down",
            "{name=host1, reachability.new=unreachable, reachability.old=reachable,"
                + " state.new=down, state.old=ready}",
            n -> status(n, Node.State.DOWN, "")),
        node(
            "as a worker",
            "{name=host1, state.new=disconnected, state.old=ready}",
            n -> status(n.withManager(VERSION, null), Node.State.DISCONNECTED, ""),
            NODE.withManager(VERSION, null)),
        node(
            "drained",
            "{availability.new=drain, availability.old=active, name=host1}",
            n -> spec(n, "manager", "drain")),
        node(
            "demoted",
            "{name=host1, role.new=worker, role.old=manager}",
            n -> spec(n, "worker", null)),
        node("no manager any more", "{name=host1}", n -> n.withManager(VERSION, null)),
        node(
            "labelled and named",
            "{name=given}",
            n -> n.with(VERSION, new NodeSpec("given", Map.of("a", "b"), "manager", null))),
        node("its disk is full", "{name=host1}", n -> status(n, Node.State.READY, "full")),
        node("active said outright", "{name=host1}", n -> spec(n, "manager", "active")),
        node("nothing", null, n -> n),
        node(
            "another gossip key",
            null,
            n -> n.with(VERSION, n.description().with(new Node.Gossip(7946, "key")))),
        node("an ingress address", null, n -> n.withIngress(VERSION, 7)),
        node(
            "steadier",
            null,
            n -> n.with(VERSION, new Node.Status(Node.State.READY, "", "192.0.2.1", NOW))));
  }

  private static Arguments node(String what, @Nullable String attributes, UnaryOperator<Node> to) {
    return node(what, attributes, to, NODE);
  }

  private static Arguments node(
      String what, @Nullable String attributes, UnaryOperator<Node> to, Node before) {
    return Arguments.of(
        what,
        new Change.OfNode(before, to.apply(before)),
        attributes == null ? "" : "node update n1 " + attributes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"nodes", "services"})
  void changes(String what, Change change, String event) {
    assertThat(shown(change)).as(what).isEqualTo(event);
  }

  // ---- services

  private static ServiceSpec service(String json) {
    try {
      return Wire.JSON.readValue(json, ServiceSpec.class);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Service of(String spec, Service.@Nullable UpdateState update) {
    return new Service(
        "s1",
        VERSION,
        service(spec),
        null,
        0,
        0,
        List.of(),
        true,
        update == null ? null : new Service.UpdateStatus(update, MADE, null, "", 0));
  }

  private static final String WEB =
      """
      {"Name": "web", "Mode": {"Replicated": {"Replicas": 2}},
       "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1"}}}""";

  static Stream<Arguments> services() {
    Service web = of(WEB, null);
    Service global = of("{\"Name\": \"all\", \"Mode\": {\"Global\": {}}}", null);
    Service updating = of(WEB, Service.UpdateState.UPDATING);
    return Stream.of(
        to(
            "scaled",
            web,
            of(WEB.replace("2}", "5}"), null),
            "{name=web, replicas.new=5, replicas.old=2}"),
        to(
            "another image",
            web,
            of(WEB.replace("nginx:1", "nginx:2"), null),
            "{image.new=nginx:2, image.old=nginx:1, name=web}"),
        to("updating", web, updating, "{name=web, updatestate.new=updating}"),
        to(
            "back",
            updating,
            of(WEB, Service.UpdateState.ROLLBACK_STARTED),
            "{name=web, updatestate.new=rollback_started, updatestate.old=updating}"),
        to("over", updating, of(WEB, null), "{name=web}"),
        to(
            "labelled",
            global,
            of("{\"Name\": \"all\", \"Labels\": {\"a\": \"b\"}, \"Mode\": {\"Global\": {}}}", null),
            "{name=all}"),
        to("nothing", web, of(WEB, null), null));
  }

  private static Arguments to(
      String what, Service before, Service after, @Nullable String attributes) {
    return Arguments.of(
        what,
        new Change.OfService(before, after),
        attributes == null ? "" : "service update s1 " + attributes);
  }

  // ---- coming and going

  @Test
  void whatComesAndWhatGoes() {
    Service web = of(WEB, null);
    assertThat(shown(new Change.OfNode(null, NODE))).isEqualTo("node create n1 {name=host1}");
    assertThat(shown(new Change.OfNode(NODE, null))).isEqualTo("node remove n1 {name=host1}");
    assertThat(shown(new Change.OfService(null, web))).isEqualTo("service create s1 {name=web}");
    assertThat(shown(new Change.OfService(web, null))).isEqualTo("service remove s1 {name=web}");
  }

  @Test
  void theIngressNetworkComesWithTheCluster() {
    var cluster =
        new Cluster(
            "c1",
            VERSION,
            Wire.JSON.createObjectNode(),
            "",
            "",
            new Cluster.Tokens("w", "m"),
            new Ingress("i1", 0x0a000000, 16, 4096, 4789, MADE),
            30);
    assertThat(shown(new Change.OfCluster(null, cluster)))
        .isEqualTo("network create i1 {name=ingress}");
    assertThat(shown(new Change.OfCluster(cluster, cluster))).isEmpty();
    Cluster without = cluster.with(cluster.ingress().without());
    assertThat(shown(new Change.OfCluster(cluster, without)))
        .isEqualTo("network remove i1 {name=ingress}");
    assertThat(shown(new Change.OfCluster(without, without))).isEmpty();
    assertThat(shown(new Change.OfCluster(without, cluster)))
        .isEqualTo("network create i1 {name=ingress}");
  }

  @Test
  void tasksHaveNoEvents() {
    assertThat(shown(new Change.OfTask(null, Tasks.assigned("t1", "")))).isEmpty();
  }

  /// As moby: what is made or changed has its own time, what is gone the listener's.
  @Test
  void when() {
    assertThat(at(new Change.OfNode(null, NODE))).isEqualTo(MADE);
    assertThat(at(new Change.OfNode(NODE, status(NODE, Node.State.DOWN, "")))).isEqualTo(CHANGED);
    assertThat(at(new Change.OfNode(NODE, null))).isEqualTo(NOW);
  }

  @Test
  void theOrderIsTheChanges() {
    Node other = status(NODE, Node.State.DOWN, "");
    assertThat(
            ClusterEvents.of(
                List.of(new Change.OfNode(NODE, other), new Change.OfNode(other, null)), NOW))
        .extracting(ClusterEvents.Event::action)
        .containsExactly("update", "remove");
  }

  // ---- secrets and configs

  @Test
  void secretsAndConfigsComeAndGo() {
    for (PayloadKind kind : PayloadKind.values()) {
      String word = kind.word();
      var payload =
          new Payload(kind, "p1", VERSION, new PayloadSpec("db", Map.of(), null, null, null));
      assertThat(shown(new Change.OfPayload(null, payload)))
          .isEqualTo(word + " create p1 {name=db}");
      assertThat(shown(new Change.OfPayload(payload, payload)))
          .isEqualTo(word + " update p1 {name=db}");
      assertThat(shown(new Change.OfPayload(payload, null)))
          .isEqualTo(word + " remove p1 {name=db}");
      assertThat(at(new Change.OfPayload(payload, null))).isEqualTo(NOW);
    }
  }
}
