package swarm.node.api.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

/// Every key and value of the cluster's lists.
class ClusterFiltersTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Version VERSION = new Version(1, NOW, NOW);

  private static Node node(String id, String host, String role, Map<String, String> labels) {
    return new Node(
        id,
        VERSION,
        new NodeSpec("n-" + id, labels, role, "active", null),
        new Node.Description(host, "linux", "amd64", 1, 1, "1", Map.of("disk", id)),
        new Node.Status(Node.State.READY, "", "192.0.2.1", NOW),
        null,
        0);
  }

  private static final List<Node> NODES =
      List.of(
          node("a", "host1", "manager", Map.of("zone", "east", "x", "1")),
          node("b", "host2", "worker", Map.of("zone", "west")));

  private static Service service(String id, String json) {
    try {
      return new Service(
          id,
          VERSION,
          Wire.JSON.readValue(json, ServiceSpec.class),
          null,
          0,
          1,
          List.of(),
          true,
          null);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private static final List<Service> SERVICES =
      List.of(
          service("a", "{\"Name\":\"web\",\"Labels\":{\"t\":\"1\",\"u\":\"\"}}"),
          service("b", "{\"Name\":\"everywhere\",\"Mode\":{\"Global\":{}}}"),
          service("c", "{\"Name\":\"job\",\"Mode\":{\"ReplicatedJob\":{}}}"),
          service("d", "{\"Name\":\"jobs\",\"Mode\":{\"GlobalJob\":{}}}"));

  private static Task task(String id, String service, String node, TaskState desired) {
    return new Task(
        id,
        VERSION,
        "s-" + service,
        service,
        1,
        node,
        new ServiceSpec(null, null, null, null, null, null, null, null, null).template(),
        0,
        0,
        desired,
        new Task.Status(TaskState.RUNNING, NOW, "", "", null),
        0,
        NOW,
        List.of(),
        0,
        null,
        null);
  }

  private static final List<Task> TASKS =
      List.of(
          task("a", "web", "n1", TaskState.RUNNING),
          task("b", "web", "n2", TaskState.SHUTDOWN),
          task("c", "db", "n1", TaskState.READY),
          task("d", "db", "", TaskState.REMOVE),
          task("e", "job", "", TaskState.COMPLETE));

  private static Predicate<Task> tasks(Map<String, Set<String>> filters) throws ApiException {
    return ClusterFilters.tasks(filters, "n2", id -> "host-" + id, id -> Map.of("of", id));
  }

  @ParameterizedTest
  @CsvSource({
    "id, a, a",
    "id, c, ''",
    "name, host, ab",
    "name, host2, b",
    "name, n-a, a",
    "name, ost, ''",
    "role, manager, a",
    "role, WORKER, b",
    "role, '', ab",
    "membership, accepted, ab",
    "membership, pending, ''",
    "label, disk, ab",
    "label, disk=b, b",
    "label, zone, ''",
    "node.label, zone, ab",
    "node.label, zone=east, a",
    "node.label, zone=, ab",
  })
  void nodes(String key, String value, String ids) throws ApiException {
    var found = new StringBuilder();
    NODES.stream()
        .filter(ClusterFilters.nodes(Map.of(key, Set.of(value))))
        .forEach(n -> found.append(n.id()));
    assertThat(found).hasToString(ids);
  }

  @ParameterizedTest
  @CsvSource({
    "id, a, a",
    "name, w, a",
    "name, eb, ''",
    "label, t, a",
    "label, t=1, a",
    "label, t=2, ''",
    "mode, global, b",
    "mode, replicated, a",
    "mode, replicated-job, c",
    "mode, global-job, d",
    "mode, foo, ''", // as with Docker, which does not look whether there is such a mode
    "runtime, container, abcd",
    "runtime, plugin, ''",
  })
  void services(String key, String value, String ids) throws ApiException {
    var found = new StringBuilder();
    SERVICES.stream()
        .filter(ClusterFilters.services(Map.of(key, Set.of(value))))
        .forEach(s -> found.append(s.id()));
    assertThat(found).hasToString(ids);
  }

  @ParameterizedTest
  @CsvSource({
    "id, a, a",
    "name, web.1, ab",
    "service, web, ab",
    "service, s-db, cd",
    "node, n1, ac",
    "node, host-n2, b",
    "node, self, b",
    "desired-state, running, ac",
    "desired-state, RUNNING, ac",
    "desired-state, shutdown, bd",
    "desired-state, ready, c",
    "desired-state, remove, d",
    "desired-state, accepted, ''",
    "desired-state, '', abcde",
    "desired-state, complete, e",
    "label, x, ''",
    "runtime, container, abcde",
    "runtime, plugin, ''",
    "_up-to-date, true, abcde",
  })
  void tasks(String key, String value, String ids) throws ApiException {
    var found = new StringBuilder();
    TASKS.stream().filter(tasks(Map.of(key, Set.of(value)))).forEach(t -> found.append(t.id()));
    assertThat(found).hasToString(ids);
  }

  @ParameterizedTest
  @CsvSource({
    "nodes, colour, x, invalid filter 'colour'",
    "nodes, role, foo, invalid role filter: 'foo'",
    "nodes, membership, foo, invalid membership filter: 'foo'",
    "services, colour, x, invalid filter 'colour'",
    "services, desired-state, running, invalid filter 'desired-state'",
    "tasks, colour, x, invalid filter 'colour'",
    "tasks, mode, global, invalid filter 'mode'",
    "tasks, desired-state, foo, invalid desired-state filter: 'foo'",
  })
  void whatCannotBeReadIsRefused(String list, String key, String value, String message) {
    Map<String, Set<String>> filters = Map.of(key, Set.of(value));
    assertThatThrownBy(
            () -> {
              switch (list) {
                case "nodes" -> ClusterFilters.nodes(filters);
                case "services" -> ClusterFilters.services(filters);
                default -> tasks(filters);
              }
            })
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(message);
  }

  @org.junit.jupiter.api.Test
  void labelsMustAllBeThereAndNoValueAsksForNothing() throws ApiException {
    assertThat(
            NODES.stream()
                .filter(ClusterFilters.nodes(Map.of("node.label", Set.of("zone", "x=1")))))
        .containsExactly(NODES.getFirst());
    assertThat(NODES.stream().filter(ClusterFilters.nodes(Map.of("role", Set.of())))).hasSize(2);
    assertThat(SERVICES.stream().filter(ClusterFilters.services(Map.of("label", Set.of("t", "u")))))
        .containsExactly(SERVICES.getFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id=p1            | db",
        "id=p             | db,db.2,web",
        "name=db          | db,db.2",
        "names=db         | db",
        "names=db;id=p3   | db,web",
        "label=a          | db,web",
        "label=a=1        | db",
        "label=a=         | db,web",
        "label=a;name=db  | db",
        "name=none        | ''",
      })
  void secretsAndConfigs(String filters, String names) throws ApiException {
    var given = new java.util.TreeMap<String, Set<String>>();
    for (String each : filters.split(";")) {
      int equal = each.indexOf('=');
      given.put(each.substring(0, equal), Set.of(each.substring(equal + 1)));
    }
    var all =
        List.of(
            payload("p1", "db", Map.of("a", "1")),
            payload("p2", "db.2", Map.of()),
            payload("p3", "web", Map.of("a", "2")));

    assertThat(
            all.stream()
                .filter(ClusterFilters.payloads(given))
                .map(each -> each.spec().nameOrEmpty()))
        .containsExactly(names.isEmpty() ? new String[0] : names.split(","));
  }

  private static Payload payload(String id, String name, Map<String, String> labels) {
    return new Payload(
        PayloadKind.SECRET, id, VERSION, new PayloadSpec(name, labels, null, null, null));
  }
}
