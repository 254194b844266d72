package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// What an operator sees of a swarm from any of its nodes: events, `info`, `/metrics`.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SeenFromOutsideTest {
  private static final int WORKER = 4;
  private static final Pattern DOCUMENTED =
      Pattern.compile("^\\| `(swarm_\\w+)(?:\\{(\\w+)\\})?` \\| (\\w+) \\| ([\\w ]+) \\|");

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(4, 3);

  private static String since = "0";

  private static Client.Done run(int host, String... words)
      throws IOException, InterruptedException {
    Client client = Client.DOCKER.installed() ? Client.DOCKER : Client.SWARM;
    return client.run(CLUSTER.cluster(), host, new byte[0], List.of(words));
  }

  private static String ok(int host, String... words) throws IOException, InterruptedException {
    Client.Done done = run(host, words);
    assertThat(done.status()).as("%s", done).isZero();
    return done.out();
  }

  /// What a host remembers up to now.
  private static List<String> events(int host, String... filters)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("events", "--since", since));
    words.addAll(List.of("--until", Long.toString(Instant.now().getEpochSecond() + 1)));
    for (String filter : filters) {
      words.addAll(List.of("--filter", filter));
    }
    String format = "{{.Scope}} {{.Type}} {{.Action}} {{.Actor.ID}} {{json .Actor.Attributes}}";
    words.addAll(List.of("--format", format));
    return ok(host, words.toArray(String[]::new)).lines().toList();
  }

  private static String changed(String what, String before, String now) {
    return "\"" + what + ".new\":\"" + now + "\",\"" + what + ".old\":\"" + before + "\"";
  }

  @Test
  @Order(1)
  void every_manager_tells_what_happens_in_the_cluster() throws Exception {
    // a manager that joins tells of what comes after it has caught up: all three have by then
    long next = Instant.now().getEpochSecond() + 1;
    Wait.until("another second", LIMIT, () -> Instant.now().getEpochSecond() >= next);
    since = Long.toString(next);
    String worker = CLUSTER.nodeId(1, WORKER);
    String name = CLUSTER.cluster().hostname(WORKER);
    ok(1, "node", "update", "--availability", "drain", worker);
    ok(1, "node", "update", "--availability", "active", worker);
    String web = CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 1));
    CLUSTER.swarm(1).scale("web", 2);
    CLUSTER.swarm(1).remove(web);
    CLUSTER.cluster().stop(WORKER);
    CLUSTER.cluster().start(WORKER);
    Wait.until(
        "the worker is back, as manager 2 tells",
        LIMIT,
        () ->
            events(2, "type=node").stream()
                .anyMatch(e -> e.contains(changed("state", "disconnected", "ready"))));

    List<String> nodes = events(2, "type=node", "scope=swarm");
    String update = "swarm node update " + worker + " {";
    assertThat(nodes)
        .containsOnlyOnce(
            update + changed("availability", "active", "drain") + ",\"name\":\"" + name + "\"}",
            update + changed("availability", "drain", "active") + ",\"name\":\"" + name + "\"}",
            update + "\"name\":\"" + name + "\"," + changed("state", "ready", "disconnected") + "}",
            update + "\"name\":\"" + name + "\"," + changed("state", "disconnected", "ready") + "}")
        .allMatch(e -> e.startsWith("swarm node "));
    assertThat(events(2, "node=" + name)).isEqualTo(nodes);
    assertThat(events(2, "node=nobody")).isEmpty();
    List<String> services = events(2, "service=web");
    assertThat(services.getFirst())
        .isEqualTo("swarm service create " + web + " {\"name\":\"web\"}");
    assertThat(services)
        .containsOnlyOnce(
            "swarm service update "
                + web
                + " {\"name\":\"web\","
                + changed("replicas", "1", "2")
                + "}");
    assertThat(services.getLast()).isEqualTo("swarm service remove " + web + " {\"name\":\"web\"}");
    assertThat(events(1, "scope=swarm"))
        .as("the manager that served the calls tells the same, in the same order")
        .isEqualTo(events(2, "scope=swarm"));
    assertThat(events(WORKER, "scope=swarm")).as("a worker knows nothing").isEmpty();
  }

  @Test
  @Order(2)
  void a_manager_that_starts_again_tells_only_what_is_new() throws Exception {
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    CLUSTER.awaitReady(3, 4);
    String late = CLUSTER.swarm(1).create(Swarm.service("late", IMAGE, 0));
    long[] turn = new long[1];
    Wait.until(
        "manager 3 tells what happens now",
        LIMIT,
        () -> {
          CLUSTER.swarm(1).scale("late", (int) (turn[0]++ % 2));
          return events(3, "scope=swarm").stream().anyMatch(e -> e.contains(late));
        });
    assertThat(events(3, "scope=swarm"))
        .noneMatch(e -> e.contains("\"web\"") || e.contains("drain"));
    CLUSTER.swarm(1).remove(late);
  }

  @Test
  @Order(3)
  void metrics_are_those_that_the_documentation_promises() throws Exception {
    for (int host : new int[] {1, WORKER}) {
      Map<String, Exposition.Family> shown =
          Exposition.parse(CLUSTER.cluster().api(host).text("/metrics"));
      var promised = new TreeSet<String>();
      for (String line : Files.readAllLines(Path.of("..", "docs", "MONITORING.md"))) {
        var row = DOCUMENTED.matcher(line);
        if (row.find() && (host != WORKER || !row.group(4).equals("managers"))) {
          promised.add(row.group(1) + " " + row.group(3));
        }
      }
      var names = new TreeSet<String>();
      shown.forEach((name, family) -> names.add(name + " " + family.type()));
      assertThat(names).as("host %s", host).isEqualTo(promised).hasSizeGreaterThan(5);
    }
    var manager = Exposition.parse(CLUSTER.cluster().api(1).text("/metrics"));
    assertThat(Exposition.family(manager, "swarm_queue_length").samples())
        .extracting(Exposition.Sample::label)
        .contains("proposals", "services_to_plan", "task_observations", "sessions_behind");
    assertThat(Exposition.family(manager, "swarm_objects").samples())
        .contains(
            new Exposition.Sample("swarm_objects", "node", 4),
            new Exposition.Sample("swarm_objects", "cluster", 1),
            new Exposition.Sample("swarm_objects", "network", 1));
    double last = Exposition.family(manager, "swarm_raft_last_index").samples().getFirst().value();
    double committed =
        Exposition.family(manager, "swarm_raft_commit_index").samples().getFirst().value();
    assertThat(committed).isPositive().isLessThanOrEqualTo(last);
  }

  @Test
  @Order(4)
  void info_names_managers_and_versions_and_nodes_their_drivers() throws Exception {
    JsonNode info = CLUSTER.cluster().api(WORKER).get("/info");
    var managers = new TreeSet<String>();
    info.at("/Swarm/RemoteManagers").forEach(m -> managers.add(m.path("NodeID").asText()));
    assertThat(managers)
        .containsExactlyInAnyOrder(
            CLUSTER.nodeId(1, 1), CLUSTER.nodeId(1, 2), CLUSTER.nodeId(1, 3));
    assertThat(info.at("/RuncCommit/ID").asText()).matches("\\d+\\.\\d+.*");
    assertThat(info.at("/Swarm/Error").asText()).isEmpty();
    assertThat(ok(1, "node", "inspect", "--pretty", CLUSTER.nodeId(1, WORKER)))
        .containsPattern("Network:\\s+bridge, host, null, overlay");
  }

  @Test
  @Order(5)
  void a_manager_that_was_removed_while_it_was_off_says_so() throws Exception {
    String third = CLUSTER.nodeId(1, 3);
    CLUSTER.cluster().kill(3);
    ok(1, "node", "demote", third);
    Wait.until(
        "the third is removed",
        LIMIT,
        () -> {
          CLUSTER.cluster().api(1).delete("/nodes/" + third + "?force=true");
          return true;
        });
    CLUSTER.cluster().start(3);
    Wait.until(
        "info says why",
        LIMIT,
        () ->
            CLUSTER
                .cluster()
                .api(3)
                .get("/info")
                .at("/Swarm/Error")
                .asText()
                .contains("has left this swarm or was removed"));
    Wait.until(
        "node ls says it, too",
        LIMIT,
        () ->
            Client.SWARM
                .run(CLUSTER.cluster(), 3, new byte[0], List.of("node", "ls"))
                .err()
                .contains("has left this swarm or was removed"));
  }

  @Test
  @Order(6)
  void info_says_that_there_is_no_leader() throws Exception {
    CLUSTER.cluster().kill(2);
    Wait.until(
        "the leader has noticed",
        LIMIT,
        () ->
            CLUSTER
                .cluster()
                .api(1)
                .get("/info")
                .at("/Swarm/Error")
                .asText()
                .startsWith(
                    "rpc error: code = Unknown desc = The swarm does not have a leader. It's"
                        + " possible that too few managers are online."));
    assertThat(ok(1, "info")).contains(" Swarm: active").contains("does not have a leader");
    assertThat(run(1, "node", "ls").err()).contains("does not have a leader");
    assertThat(Exposition.parse(CLUSTER.cluster().api(1).text("/metrics")))
        .containsKey("swarm_raft_has_leader");
  }
}
