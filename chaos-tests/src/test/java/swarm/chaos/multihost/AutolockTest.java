package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Managers whose keys are locked while their daemons are down.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AutolockTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(3);

  private static final String LOCKED =
      "Swarm is encrypted and needs to be unlocked before it can be used.";
  private static String first = "";
  private static String second = "";

  private static Client.Done run(int host, String input, String... words)
      throws IOException, InterruptedException {
    return Client.SWARM.run(
        CLUSTER.cluster(), host, input.getBytes(StandardCharsets.UTF_8), List.of(words));
  }

  private static String key() throws Exception {
    Client.Done done = run(1, "", "unlock-key", "-q");
    assertThat(done.status()).as("%s", done).isZero();
    return done.out().strip();
  }

  private static String stateOf(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/info").at("/Swarm/LocalNodeState").asText();
  }

  @Test
  @Order(1)
  void init_tells_the_key_and_a_restarted_manager_is_locked() throws Exception {
    Client.Done init =
        run(
            1,
            "",
            "init",
            "--autolock",
            "--advertise-addr",
            swarm.chaos.cluster.TestCluster.address(1));
    assertThat(init.status()).as("%s", init).isZero();
    first = key();
    assertThat(first).matches("SWMKEY-1-[A-Za-z0-9+/]{43}");
    assertThat(init.out()).contains("run the `swarm unlock`").contains(first);
    String manager =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    CLUSTER.cluster().join(2, manager);
    CLUSTER.cluster().join(3, manager);
    CLUSTER.awaitReady(1, 3);
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 6));
    CLUSTER.awaitRunning(1, "web", 6, 0);
    long pid =
        CLUSTER.swarm(1).running("web").stream()
            .filter(t -> t.nodeId().equals(nodeIdOf(3)))
            .findFirst()
            .orElseThrow()
            .pid();

    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    assertThat(stateOf(3)).isEqualTo("locked");
    assertThat(ProcessHandle.of(pid)).as("its containers run on").isPresent();
    Client.Done list = run(3, "", "node", "ls");
    assertThat(list.status()).isEqualTo(1);
    assertThat(list.err()).contains(LOCKED);
    assertThat(run(3, "", "leave").err()).contains(LOCKED);
  }

  private static String nodeIdOf(int host) {
    try {
      return CLUSTER.nodeId(1, host);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(2)
  void only_the_key_unlocks_it() throws Exception {
    assertThat(run(3, "SWMKEY-1-" + "A".repeat(43) + "\n", "unlock").err())
        .contains("swarm could not be unlocked: invalid key provided");
    assertThat(run(3, "rubbish\n", "unlock").status()).isEqualTo(1);
    assertThat(stateOf(3)).isEqualTo("locked");
    Client.Done unlock = run(3, first + "\n", "unlock");
    assertThat(unlock.status()).as("%s", unlock).isZero();
    Wait.until("it is a manager again", LIMIT, () -> stateOf(3).equals("active"));
    CLUSTER.awaitReady(3, 3);
    CLUSTER.awaitRunning(3, "web", 6, 0);
    assertThat(run(3, first + "\n", "unlock").err()).contains("swarm is not locked");
  }

  @Test
  @Order(3)
  void a_manager_that_was_off_during_a_rotation_opens_with_the_old_key_then_takes_the_new()
      throws Exception {
    CLUSTER.cluster().kill(3);
    Client.Done rotated = run(1, "", "unlock-key", "--rotate");
    assertThat(rotated.out()).contains("Successfully rotated manager unlock key.");
    second = key();
    assertThat(second).isNotEqualTo(first);
    CLUSTER.cluster().kill(2);
    CLUSTER.cluster().start(2);
    assertThat(run(2, first + "\n", "unlock").status()).as("the old key is over").isEqualTo(1);
    assertThat(run(2, second + "\n", "unlock").status()).isZero();
    CLUSTER.cluster().start(3);
    assertThat(run(3, first + "\n", "unlock").status()).isZero();
    CLUSTER.awaitReady(3, 3);
    byte[] before = Files.readAllBytes(lockFile(3));
    assertThat(before).isNotEmpty();
    Wait.until(
        "host 3 is locked with the new key",
        LIMIT,
        () -> {
          CLUSTER.cluster().kill(3);
          CLUSTER.cluster().start(3);
          return run(3, second + "\n", "unlock").status() == 0;
        });
    CLUSTER.awaitReady(3, 3);
  }

  private static Path lockFile(int host) {
    return CLUSTER.cluster().folder(host).resolve("data/swarm/keys.lock");
  }

  /// What a thief of the disk finds.
  @Test
  @Order(4)
  void no_key_lies_readable_on_a_locked_disk() throws Exception {
    try (Stream<Path> files = Files.walk(CLUSTER.cluster().folder(3).resolve("data/swarm"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text).as("%s", file).doesNotContain("PRIVATE KEY").doesNotContain("SWMKEY");
      }
    }
    assertThat(Files.readString(lockFile(3), StandardCharsets.ISO_8859_1)).startsWith("SWARMKEY1");
    assertThat(CLUSTER.cluster().folder(3).resolve("data/swarm/seal.key"))
        .content(StandardCharsets.ISO_8859_1)
        .startsWith("SWARMKEY1");
  }

  @Test
  @Order(5)
  void without_autolock_managers_start_by_themselves_again() throws Exception {
    Client.Done update = run(1, "", "update", "--autolock=false");
    assertThat(update.status()).as("%s", update).isZero();
    assertThat(run(1, "", "unlock-key").err()).contains("no unlock key is set");
    assertThat(run(1, "", "unlock-key", "--rotate").err())
        .contains("cannot rotate because autolock is not turned on");
    for (int host = 1; host <= 3; host++) {
      int at = host;
      Wait.until(
          "host " + host + " is not locked",
          LIMIT,
          () ->
              !Files.readString(lockFile(at), StandardCharsets.ISO_8859_1).startsWith("SWARMKEY1"));
    }
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    Wait.until("it is a manager again", LIMIT, () -> stateOf(3).equals("active"));
    CLUSTER.awaitReady(3, 3);
  }

  @Test
  @Order(6)
  void a_locked_node_can_be_made_to_leave() throws Exception {
    Client.Done update = run(1, "", "update", "--autolock");
    assertThat(update.out()).contains("Swarm updated.").contains("SWMKEY-1-");
    Wait.until(
        "host 3 is locked",
        LIMIT,
        () -> Files.readString(lockFile(3), StandardCharsets.ISO_8859_1).startsWith("SWARMKEY1"));
    CLUSTER.cluster().kill(3);
    CLUSTER.cluster().start(3);
    assertThat(stateOf(3)).isEqualTo("locked");
    String name = CLUSTER.cluster().hostname(3);
    assertThat(run(3, "", "leave").err()).contains("swarm node demote");
    Client.Done left = run(3, "", "leave", "--force");
    assertThat(left.status()).as("%s", left).isZero();
    assertThat(left.err()).contains("its key is locked", "'swarm node demote " + name + "'");
    assertThat(stateOf(3)).isEqualTo("inactive");
    assertThat(CLUSTER.cluster().api(3).get("/containers/json?all=1")).isEmpty();
    // what it was told to do
    for (String[] words : List.of(demote(name), remove(name))) {
      Client.Done done = run(1, "", words);
      assertThat(done.status()).as("%s", done).isZero();
    }
    assertThat(CLUSTER.swarm(1).nodes()).hasSize(2);
  }

  private static String[] demote(String name) {
    return new String[] {"node", "demote", name};
  }

  private static String[] remove(String name) {
    return new String[] {"node", "rm", "--force", name};
  }
}
