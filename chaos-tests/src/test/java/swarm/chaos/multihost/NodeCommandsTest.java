package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.client.Swarm;
import swarm.chaos.client.Swarm.TaskView;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// What an operator does to nodes and to the swarm, by the unmodified `docker` command: three
/// managers and two workers.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NodeCommandsTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(5, 3);

  private static final int MANAGERS = 3;
  private static final int FOURTH = 4;
  private static final int FIFTH = 5;

  private static Shell docker(int host) {
    return new Shell(CLUSTER, Client.DOCKER, host);
  }

  // ---- nodes

  @Test
  @Order(1)
  void labels_come_and_go_and_services_are_placed_by_them() throws Exception {
    String node = CLUSTER.cluster().hostname(FOURTH);
    var _ = docker(1).ok("node", "update", "--label-add", "zone=a", "--label-add", "ssd", node);
    assertThat(docker(2).ok("node", "inspect", node, "--format", "{{json .Spec.Labels}}"))
        .isEqualTo("{\"ssd\":\"\",\"zone\":\"a\"}\n");
    ObjectNode spec = Swarm.service("labelled", IMAGE, 3);
    spec.withObject("/TaskTemplate")
        .withObject("/Placement")
        .putArray("Constraints")
        .add("node.labels.zone==a");
    String id = CLUSTER.swarm(1).create(spec);
    CLUSTER.awaitRunning(1, "labelled", 3, 0);
    assertThat(hostsOf("labelled")).containsExactly(FOURTH);
    CLUSTER.swarm(1).remove(id);
    var _ = docker(3).ok("node", "update", "--label-rm", "zone", "--label-rm", "ssd", node);
    assertThat(docker(1).ok("node", "inspect", node, "--format", "{{json .Spec.Labels}}"))
        .isEqualTo("{}\n");
  }

  @Test
  @Order(2)
  void tasks_leave_a_drained_node_and_none_come_to_a_paused_one() throws Exception {
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 5));
    CLUSTER.awaitRunning(1, "web", 5, 0);
    Wait.until("every host has one", LIMIT, () -> hostsOf("web").size() == 5);

    availability(FIFTH, "drain");
    CLUSTER.awaitRunning(2, "web", 5, FIFTH);
    assertThat(hostsOf("web")).doesNotContain(FIFTH).contains(FOURTH);

    List<String> stay = tasksOn(FOURTH);
    availability(FOURTH, "pause");
    CLUSTER.swarm(1).scale("web", 11);
    CLUSTER.awaitRunning(3, "web", 11, FIFTH);
    assertThat(tasksOn(FOURTH)).as("tasks of the paused node").isEqualTo(stay).isNotEmpty();

    availability(FOURTH, "active");
    availability(FIFTH, "active");
    CLUSTER.swarm(1).scale("web", 15);
    CLUSTER.awaitRunning(1, "web", 15, 0);
    assertThat(hostsOf("web")).as("hosts with tasks").contains(FOURTH, FIFTH);
    docker(1)
        .fails("node", "update", "--availability", "lazy", CLUSTER.cluster().hostname(FIFTH))
        .contains("lazy");
  }

  @Test
  @Order(3)
  void a_worker_is_promoted_and_demoted() throws Exception {
    String node = CLUSTER.cluster().hostname(FOURTH);
    assertThat(docker(2).ok("node", "promote", node))
        .isEqualTo("Node " + node + " promoted to a manager in the swarm.\n");
    Roles.awaitManagers(CLUSTER.cluster().api(1), MANAGERS + 1);
    Wait.until(
        "it answers as a manager",
        LIMIT,
        () -> CLUSTER.cluster().api(FOURTH).get("/info").at("/Swarm/ControlAvailable").asBoolean());
    assertThat(docker(FOURTH).ok("node", "ls", "--filter", "role=worker", "-q").lines()).hasSize(1);
    assertThat(docker(FOURTH).ok("node", "demote", node))
        .isEqualTo("Manager " + node + " demoted in the swarm.\n");
    Roles.awaitManagers(CLUSTER.cluster().api(1), MANAGERS);
    Wait.until(
        "it is a worker",
        LIMIT,
        () ->
            !CLUSTER.cluster().api(FOURTH).get("/info").at("/Swarm/ControlAvailable").asBoolean());
    CLUSTER.awaitReady(1, 5);
  }

  // ---- the swarm's settings

  @Test
  @Order(4)
  void every_flag_of_update_is_seen_again() throws Exception {
    assertThat(docker(2).ok("info"))
        .contains("  Task History Retention Limit: 5\n", "   Snapshot Interval: 10000\n")
        .contains("   Number of Old Snapshots to Retain: 0\n", "   Heartbeat Period: 5 seconds\n")
        .contains("   Expiry Duration: 3 months\n", "  Autolock Managers: false\n");

    update("--task-history-limit", "3");
    update("--dispatcher-heartbeat", "7s");
    update("--cert-expiry", "48h");
    update("--snapshot-interval", "20");
    update("--max-snapshots", "2");
    update("--autolock=true");
    for (int host = 1; host <= MANAGERS; host++) {
      assertThat(docker(host).ok("info"))
          .contains("  Task History Retention Limit: 3\n", "   Snapshot Interval: 20\n")
          .contains("   Number of Old Snapshots to Retain: 2\n", "   Heartbeat Period: 7 seconds\n")
          .contains("   Expiry Duration: 2 days\n", "  Autolock Managers: true\n");
    }
    update("--autolock=false");
    JsonNode spec = CLUSTER.cluster().api(3).get("/swarm").path("Spec");
    assertThat(spec.at("/Raft/ElectionTick").asInt()).isEqualTo(4);
    assertThat(spec.at("/Raft/LogEntriesForSlowFollowers").asInt()).isEqualTo(5_000);
    assertThat(spec.at("/EncryptionConfig/AutoLockManagers").asBoolean()).isFalse();

    refusedUpdate("from 1s to 24h", "--dispatcher-heartbeat", "999ms");
    refusedUpdate("from 0 to 100, not 101", "--max-snapshots", "101");
    refusedUpdate("from 1 to 1000000", "--snapshot-interval", "1000001");
    refusedUpdate("from 0 to 1000, or negative", "--task-history-limit", "1001");
    refusedUpdate("minimum certificate expiry time", "--cert-expiry", "59m");
    refusedUpdate("https://", "--external-ca", "protocol=cfssl,url=http://192.0.2.1/sign");
    // zero is no value: the default
    update("--dispatcher-heartbeat", "0s", "--snapshot-interval", "0");
    assertThat(docker(1).ok("info"))
        .contains("   Heartbeat Period: 5 seconds\n", "   Snapshot Interval: 10000\n");
  }

  @Test
  @Order(5)
  void every_manager_writes_snapshots_as_it_is_told() throws Exception {
    update("--snapshot-interval", "20", "--max-snapshots", "2");
    Wait.until("each has the newest and two more", LIMIT, () -> writeAndCount(s -> s.size() == 3));
    update("--max-snapshots", "0");
    Wait.until("each has the newest alone", LIMIT, () -> writeAndCount(s -> s.size() == 1));
    update("--snapshot-interval", "10000");
    List<Set<Path>> before = snapshotsOfAll();
    for (int i = 0; i < 50; i++) {
      write();
    }
    assertThat(snapshotsOfAll()).isEqualTo(before);
  }

  @Test
  @Order(6)
  void our_own_settings_are_kept_by_dockers_updates() throws Exception {
    var swarm = new Shell(CLUSTER, Client.SWARM, 2);
    var _ = swarm.ok("update", "--election-timeout", "1s", "--lease", "20s");
    update("--task-history-limit", "4");
    JsonNode labels = CLUSTER.cluster().api(1).get("/swarm").at("/Spec/Labels");
    assertThat(labels.path("swarm.election-timeout").asText()).isEqualTo("1s");
    assertThat(labels.path("swarm.lease").asText()).isEqualTo("20s");
    for (int host = 1; host <= MANAGERS; host++) {
      int at = host;
      Wait.until(
          "host " + host + " will start with it",
          LIMIT,
          () -> electionTimeout(at).equals("1000ms"));
    }
    int follower = CLUSTER.leaderHost(1) % MANAGERS + 1;
    CLUSTER.cluster().kill(follower);
    CLUSTER.cluster().start(follower);
    CLUSTER.awaitReady(follower, 5);
    swarm.fails("update", "--lease", "1ms").contains("0s, or a duration from 1s to 24h");
    swarm.fails("update", "--election-timeout", "100ms").contains("from 200ms to 20s");
    var _ = swarm.ok("update", "--election-timeout", "400ms", "--lease", "30s");
  }

  // ---- reads

  @Test
  @Order(7)
  void a_manager_that_is_cut_off_answers_stale_reads_alone(@TempDir Path config) throws Exception {
    int follower = CLUSTER.leaderHost(1) % MANAGERS + 1;
    String stale = consistency(config, "STALE");
    docker(follower)
        .fails("--config", consistency(config, "fresh"), "node", "ls")
        .contains("must be stale or linearizable, not 'fresh'");
    CLUSTER.cluster().cut(follower);
    try {
      assertThat(docker(follower).ok("--config", stale, "node", "ls", "-q").lines()).hasSize(5);
      docker(follower).fails("node", "ls").contains("The swarm does not have a leader");
      assertThat(docker(follower).ok("--config", stale, "service", "ls")).contains("web");
    } finally {
      CLUSTER.cluster().mend(follower);
    }
    CLUSTER.awaitReady(follower, 5);
  }

  // ---- availability from the beginning

  @Test
  @Order(8)
  void a_node_joins_with_the_availability_it_is_given_and_keeps_what_it_is_set_to()
      throws Exception {
    String old = CLUSTER.nodeId(1, FIFTH);
    var _ = docker(FIFTH).ok("swarm", "leave");
    Wait.until(
        "it is down",
        LIMIT,
        () ->
            !CLUSTER.swarm(1).nodes().stream()
                .filter(n -> n.id().equals(old))
                .findFirst()
                .orElseThrow()
                .ready());
    var _ = docker(1).ok("node", "rm", old);
    JsonNode swarm = CLUSTER.cluster().api(1).get("/swarm");
    String token = swarm.at("/JoinTokens/Worker").asText();
    String manager = TestCluster.address(2) + ":2377";
    ObjectNode body = lazy().put("JoinToken", token);
    body.putArray("RemoteAddrs").add(manager);
    refused(
        400,
        "availability must be active, pause or drain, not 'lazy'",
        () -> CLUSTER.cluster().api(FIFTH).post("/swarm/join", body));

    var _ =
        docker(FIFTH)
            .ok(
                "swarm",
                "join",
                "--availability",
                "drain",
                "--advertise-addr",
                TestCluster.address(FIFTH),
                "--token",
                token,
                manager);
    CLUSTER.awaitReady(1, 5);
    assertThat(availabilityOf(1, FIFTH)).isEqualTo("drain");
    CLUSTER.swarm(1).scale("web", 20);
    CLUSTER.awaitRunning(1, "web", 20, 0);
    assertThat(hostsOf("web")).doesNotContain(FIFTH);

    availability(FIFTH, "pause");
    CLUSTER.cluster().kill(FIFTH);
    CLUSTER.cluster().start(FIFTH);
    CLUSTER.awaitReady(1, 5);
    assertThat(availabilityOf(2, FIFTH)).isEqualTo("pause");
  }

  @Test
  @Order(9)
  void a_swarm_begins_with_the_availability_that_init_is_given() throws Exception {
    var _ = docker(FIFTH).ok("swarm", "leave");
    String address = TestCluster.address(FIFTH);
    refused(
        400,
        "availability must be active, pause or drain, not 'lazy'",
        () -> CLUSTER.cluster().api(FIFTH).post("/swarm/init", lazy()));
    var _ =
        docker(FIFTH)
            .ok(
                "swarm",
                "init",
                "--advertise-addr",
                address,
                "--availability",
                "drain",
                "--snapshot-interval",
                "500",
                "--max-snapshots",
                "1",
                "--dispatcher-heartbeat",
                "10s");
    CLUSTER.awaitReady(FIFTH, 1);
    assertThat(availabilityOf(FIFTH, FIFTH)).isEqualTo("drain");
    assertThat(docker(FIFTH).ok("info"))
        .contains("   Snapshot Interval: 500\n", "   Number of Old Snapshots to Retain: 1\n")
        .contains("   Heartbeat Period: 10 seconds\n");
    docker(FIFTH)
        .fails("swarm", "init", "--force-new-cluster", "--availability", "active")
        .contains("leave --availability out");
    var _ = docker(FIFTH).ok("swarm", "leave", "--force");
  }

  // ---- helpers

  private static ObjectNode lazy() {
    return JsonNodeFactory.instance.objectNode().put("Availability", "lazy");
  }

  private static void update(String... flags) throws Exception {
    assertThat(docker(1).ok(words(flags))).startsWith("Swarm updated.\n");
  }

  private static void refusedUpdate(String why, String... flags) throws Exception {
    docker(2).fails(words(flags)).contains(why);
  }

  private static List<String> words(String... flags) {
    return Stream.concat(Stream.of("swarm", "update"), Arrays.stream(flags)).toList();
  }

  private static void availability(int host, String availability) throws Exception {
    String node = CLUSTER.cluster().hostname(host);
    assertThat(docker(1).ok("node", "update", "--availability", availability, node))
        .isEqualTo(node + "\n");
  }

  private static String availabilityOf(int seenBy, int host) throws IOException {
    return CLUSTER
        .cluster()
        .api(seenBy)
        .get("/nodes/" + CLUSTER.nodeId(seenBy, host))
        .at("/Spec/Availability")
        .asText();
  }

  private static Set<Integer> hostsOf(String service) throws IOException {
    var hosts = new TreeSet<Integer>();
    for (int host = 1; host <= 5; host++) {
      String node = CLUSTER.nodeId(1, host);
      if (CLUSTER.swarm(1).running(service).stream().anyMatch(t -> t.nodeId().equals(node))) {
        hosts.add(host);
      }
    }
    return hosts;
  }

  private static List<String> tasksOn(int host) throws IOException {
    String node = CLUSTER.nodeId(1, host);
    return CLUSTER.swarm(1).running("web").stream()
        .filter(t -> t.nodeId().equals(node))
        .map(TaskView::id)
        .sorted()
        .toList();
  }

  /// One entry of the log.
  private static void write() throws IOException {
    String id = CLUSTER.swarm(1).create(Swarm.service("entry", IMAGE, 0));
    CLUSTER.swarm(1).remove(id);
  }

  private static boolean writeAndCount(Predicate<Set<Path>> enough) throws IOException {
    for (int i = 0; i < 10; i++) {
      write();
    }
    return snapshotsOfAll().stream().allMatch(enough);
  }

  private static List<Set<Path>> snapshotsOfAll() throws IOException {
    return Stream.of(snapshots(1), snapshots(2), snapshots(3)).toList();
  }

  private static Set<Path> snapshots(int host) throws IOException {
    return files(host, "snapshot\\.\\d+_\\d+");
  }

  /// Files come and go while we look.
  private static Set<Path> files(int host, String pattern) throws IOException {
    while (true) {
      try (Stream<Path> all = Files.walk(CLUSTER.cluster().folder(host).resolve("data/swarm"))) {
        return all.filter(path -> path.getFileName().toString().matches(pattern))
            .collect(Collectors.toCollection(TreeSet::new));
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e.getCause();
        }
      }
    }
  }

  private static String electionTimeout(int host) throws IOException {
    Set<Path> kept = files(host, "raft.*-election-timeout");
    return kept.isEmpty() ? "" : Files.readString(kept.iterator().next());
  }

  /// A folder of settings with which docker's client sends our header.
  private static String consistency(Path root, String value) throws IOException {
    Path folder = Files.createDirectories(root.resolve(value));
    Files.writeString(
        folder.resolve("config.json"),
        "{\"HttpHeaders\":{\"X-Swarm-Consistency\":\"" + value + "\"}}");
    return folder.toString();
  }
}
