package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;
import swarm.chaos.fault.FailingFlush;

/// Three managers, the disk of one of which fails in some way.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BrokenDiskTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);
  @TempDir static Path folder;

  private static Client.Done run(int host, String... words) throws Exception {
    return Client.SWARM.run(CLUSTER.cluster(), host, new byte[0], List.of(words));
  }

  private static void shell(int host, String script) throws Exception {
    Process process =
        CLUSTER.cluster().on(host, "sh", "-ec", script).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", script, said).isZero();
  }

  private static Path data(int host) {
    return CLUSTER.cluster().folder(host).resolve("data");
  }

  private static String errorOf(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/info").at("/Swarm/Error").asText();
  }

  private static String nodeOf(int seenBy, int host) throws IOException {
    return CLUSTER.nodeId(seenBy, host);
  }

  /// What a manager says of a node.
  private static String messageOf(int seenBy, int host) throws IOException {
    return CLUSTER
        .cluster()
        .api(seenBy)
        .get("/nodes/" + nodeOf(seenBy, host))
        .at("/Status/Message")
        .asText("");
  }

  @Test
  @Order(1)
  void a_flush_that_fails_ends_the_manager_and_loses_nothing() throws Exception {
    Optional<FailingFlush> fault = FailingFlush.build(folder);
    assumeTrue(fault.isPresent(), "no gcc on this machine: failing flushes are not tested");
    int victim = CLUSTER.leaderHost(1);
    int witness = victim % 3 + 1;
    CLUSTER.swarm(witness).create(Swarm.service("before", IMAGE, 1));
    CLUSTER.cluster().stop(victim);
    CLUSTER.cluster().launch(victim, fault.get().environment());
    CLUSTER.cluster().awaitDaemon(victim);
    CLUSTER.awaitReady(witness, 3);

    fault.get().begin();
    Wait.until(
        "a write that the failing disk is not needed for",
        LIMIT,
        () -> !CLUSTER.swarm(witness).create(Swarm.service("during", IMAGE, 1)).isEmpty());
    Wait.until("its daemon has ended", LIMIT, () -> CLUSTER.cluster().pid(victim) == 0);
    assertThat(Files.readString(CLUSTER.cluster().folder(victim).resolve("log")))
        .contains("it can go on no longer");
    assertThat(CLUSTER.swarm(witness).leader()).isPresent();

    fault.get().end();
    CLUSTER.cluster().start(victim);
    CLUSTER.awaitReady(victim, 3);
    assertThat(CLUSTER.cluster().api(victim).get("/services")).hasSize(2);
  }

  @Test
  @Order(2)
  void a_flipped_bit_keeps_a_manager_from_starting_and_it_joins_again() throws Exception {
    int victim = 3;
    CLUSTER.cluster().kill(victim);
    Path log;
    try (Stream<Path> files = Files.walk(data(victim).resolve("swarm"))) {
      log =
          files
              .filter(f -> f.getFileName().toString().startsWith("log_"))
              .filter(f -> f.toFile().length() > 300)
              .findFirst()
              .orElseThrow();
    }
    FileTime time = Files.getLastModifiedTime(log);
    try (RandomAccessFile raw = new RandomAccessFile(log.toFile(), "rw")) {
      raw.seek(200);
      int was = raw.read();
      raw.seek(200);
      raw.write(was ^ 8);
    }
    Files.setLastModifiedTime(log, time);
    CLUSTER.cluster().start(victim); // the daemon does, its manager does not
    assertThat(CLUSTER.cluster().api(victim).get("/info").at("/Swarm/LocalNodeState").asText())
        .isEqualTo("error");
    assertThat(errorOf(victim))
        .contains(log + " is damaged")
        .contains("swarm leave --force")
        .contains("join again");
    assertThat(run(victim, "node", "ls").err()).contains("is damaged");
    assertThat(CLUSTER.swarm(1).leader()).isPresent();

    // the remedy, as it is told
    String old = CLUSTER.nodeId(1, victim);
    assertThat(run(victim, "leave", "--force").status()).isZero();
    String token =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    CLUSTER.cluster().join(victim, token);
    Wait.until(
        "it is a manager again, under another name",
        LIMIT,
        () ->
            CLUSTER.swarm(victim).nodes().stream()
                .anyMatch(
                    n ->
                        n.hostname().equals(CLUSTER.cluster().hostname(victim))
                            && !n.id().equals(old)
                            && n.reachability().equals("reachable")));
    assertThat(CLUSTER.cluster().api(victim).get("/services")).hasSize(2);
    assertThat(CLUSTER.swarm(1).nodes().stream().filter(n -> !n.reachability().isEmpty()))
        .as("managers, without the one that it was")
        .hasSize(3);
  }

  @Test
  @Order(3)
  void a_full_disk_costs_leadership_and_comes_back() throws Exception {
    int full = CLUSTER.leaderHost(1);
    int witness = full % 3 + 1;
    CLUSTER.cluster().stop(full);
    shell(
        full,
        "cd '%s'; cp -a data copy; mount -t tmpfs -o size=96m tmpfs data; cp -a copy/. data/; rm -rf copy"
            .formatted(CLUSTER.cluster().folder(full)));
    CLUSTER.cluster().start(full);
    CLUSTER.awaitReady(witness, 3);
    // until it leads: the others die, one after the other. Who stops in peace names his successor.
    for (int tries = 1; CLUSTER.leaderHost(full) != full; tries++) {
      assertThat(tries).as("elections that host " + full + " did not win").isLessThan(20);
      int other = CLUSTER.leaderHost(full);
      CLUSTER.cluster().kill(other);
      Wait.until("another leads", LIMIT, () -> CLUSTER.leaderHost(full) != other);
      CLUSTER.cluster().start(other);
      CLUSTER.awaitReady(full, 3);
    }
    shell(
        full,
        "cd '%s'; a=$(df --output=avail -k data | tail -1); fallocate -l $(( (a - 4096) * 1024 )) data/fill"
            .formatted(CLUSTER.cluster().folder(full)));
    Wait.until("another leads", LIMIT, () -> CLUSTER.leaderHost(witness) != full);
    Wait.until(
        "it says why", LIMIT, () -> errorOf(full).contains("the disk of this manager is full"));
    Wait.until("the others say so", LIMIT, () -> messageOf(witness, full).contains("is full"));
    assertThat(messageOf(full, full)).contains("is full");
    Client.Done list = run(witness, "node", "ls");
    assertThat(list.out()).as("it is in the log, and follows").doesNotContain("Unreachable");
    assertThat(list.err())
        .contains("WARNING: node " + CLUSTER.cluster().hostname(full))
        .contains("is full");
    assertThat(run(witness, "node", "inspect", "--pretty", nodeOf(witness, full)).out())
        .contains("The disk of this manager is full");
    // through it, too: it asks the leader
    CLUSTER.swarm(full).create(Swarm.service("while-full", IMAGE, 1));
    CLUSTER.swarm(witness).create(Swarm.service("while-full-2", IMAGE, 1));

    shell(full, "rm '%s'".formatted(data(full).resolve("fill")));
    Wait.until("it takes writes again", LIMIT, () -> errorOf(full).isEmpty());
    Wait.until("the others know", LIMIT, () -> messageOf(witness, full).isEmpty());
    assertThat(run(witness, "node", "ls").err()).isEmpty();
    Wait.until(
        "it has caught up", LIMIT, () -> CLUSTER.cluster().api(full).get("/services").size() == 4);
    CLUSTER.cluster().kill(full);
    CLUSTER.cluster().start(full);
    CLUSTER.awaitReady(full, 3);
  }
}
