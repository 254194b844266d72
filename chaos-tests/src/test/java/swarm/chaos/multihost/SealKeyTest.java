package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The key of the log changes when a cluster is locked, while it is written to. Host 4 joins later.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SealKeyTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(4);

  private static String unlockKey = "";

  /// What services a client was told that it made, while the key changed.
  private static final Set<String> MADE = new ConcurrentSkipListSet<>();

  private static Client.Done run(int host, String input, String... words)
      throws IOException, InterruptedException {
    return Client.SWARM.run(
        CLUSTER.cluster(), host, input.getBytes(StandardCharsets.UTF_8), List.of(words));
  }

  private static Path data(int host) {
    return CLUSTER.cluster().folder(host).resolve("data/swarm");
  }

  /// The token that managers join with.
  private static String managers(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/swarm").path("JoinTokens").path("Manager").asText();
  }

  private static boolean sealsWith(int host, int key) throws IOException {
    return CLUSTER.cluster().api(host).text("/metrics").contains("swarm_seal_key_id " + key + "\n");
  }

  private static boolean said(int host, String what) throws IOException {
    return Files.readString(CLUSTER.cluster().folder(host).resolve("log")).contains(what);
  }

  private static int lastKey(int host) throws IOException {
    return SealedEntries.keys(data(host)).lastEntry().getValue();
  }

  @Test
  @Order(1)
  void locking_changes_the_key_once_every_manager_has_it() throws Exception {
    CLUSTER.cluster().init(1);
    String token = managers(1);
    CLUSTER.cluster().join(2, token);
    CLUSTER.cluster().join(3, token);
    CLUSTER.awaitReady(1, 3);
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, 6));
    CLUSTER.awaitRunning(1, "web", 6, 0);
    int away = CLUSTER.leaderHost(1) == 3 ? 2 : 3;
    CLUSTER.cluster().kill(away);
    var over = new AtomicBoolean();
    Thread load = Thread.ofPlatform().start(() -> write(over));
    try {
      Client.Done update = run(1, "", "update", "--autolock");
      assertThat(update.status()).as("%s", update).isZero();
      Client.Done key = run(1, "", "unlock-key", "-q");
      unlockKey = key.out().strip();
      Wait.until(
          "the leader waits for the manager that is away",
          LIMIT,
          () ->
              said(1, "cannot be reached")
                  || said(2, "cannot be reached")
                  || said(3, "cannot be reached"));
      assertThat(sealsWith(1, 0)).isTrue();
      assertThat(lastKey(1)).isZero();
      int before = MADE.size();
      Wait.until("writes go on", LIMIT, () -> MADE.size() > before + 20);

      CLUSTER.cluster().start(away);
      for (int host = 1; host <= 3; host++) {
        int at = host;
        Wait.until("host " + host + " seals with the new key", LIMIT, () -> sealsWith(at, 1));
        Wait.until("it says so", LIMIT, () -> said(at, "sealed with key 1 from now on"));
      }
      int changed = MADE.size();
      Wait.until("writes go on", LIMIT, () -> MADE.size() > changed + 20);
    } finally {
      over.set(true);
      load.join();
    }
  }

  private static void write(AtomicBoolean over) {
    for (int i = 0; !over.get(); i++) {
      try {
        String _ = CLUSTER.swarm(1).create(Swarm.service("made-" + i, IMAGE, 0));
        MADE.add("made-" + i);
      } catch (IOException e) {
        throw new AssertionError("a write failed while the key changed", e);
      }
    }
  }

  @Test
  @Order(2)
  void what_is_written_since_is_sealed_with_it_on_every_disk() throws Exception {
    CLUSTER.swarm(2).create(Swarm.service("after", IMAGE, 1));
    for (int host = 1; host <= 3; host++) {
      int at = host;
      CLUSTER.awaitRunning(host, "after", 1, 0);
      Wait.until("the last entry has the new key", LIMIT, () -> lastKey(at) == 1);
      var keys = SealedEntries.keys(data(host));
      assertThat(new TreeSet<>(keys.values())).containsExactly(0, 1);
      long first =
          keys.entrySet().stream()
              .filter(e -> e.getValue() == 1)
              .findFirst()
              .orElseThrow()
              .getKey();
      assertThat(keys.tailMap(first).values()).as("none goes back").containsOnly(1);
    }
  }

  @Test
  @Order(3)
  void a_manager_that_joins_opens_what_both_keys_sealed() throws Exception {
    CLUSTER.cluster().join(4, managers(1));
    CLUSTER.awaitReady(4, 4);
    assertThat(names(4)).containsAll(MADE).contains("web", "after");
    assertThat(sealsWith(4, 1)).isTrue();
    assertThat(new TreeSet<>(SealedEntries.keys(data(4)).values())).containsExactly(0, 1);
  }

  private static Set<String> names(int host) throws IOException {
    var names = new TreeSet<String>();
    CLUSTER
        .cluster()
        .api(host)
        .get("/services")
        .forEach(s -> names.add(s.path("Spec").path("Name").asText()));
    return names;
  }

  @Test
  @Order(4)
  void restarted_and_unlocked_managers_have_everything() throws Exception {
    for (int host = 1; host <= 4; host++) {
      CLUSTER.cluster().kill(host);
    }
    for (int host = 1; host <= 4; host++) {
      CLUSTER.cluster().start(host);
      assertThat(CLUSTER.cluster().api(host).get("/info").at("/Swarm/LocalNodeState").asText())
          .isEqualTo("locked");
    }
    for (int host = 1; host <= 4; host++) {
      Client.Done unlock = run(host, unlockKey + "\n", "unlock");
      assertThat(unlock.status()).as("host %s: %s", host, unlock).isZero();
    }
    for (int host = 1; host <= 4; host++) {
      CLUSTER.awaitReady(host, 4);
      CLUSTER.awaitRunning(host, "web", 6, 0);
      assertThat(names(host)).containsAll(MADE).contains("web", "after");
      assertThat(sealsWith(host, 1)).isTrue();
    }
    CLUSTER.swarm(3).create(Swarm.service("again", IMAGE, 0));
    for (int host = 1; host <= 4; host++) {
      int at = host;
      Wait.until("the last entry has the new key", LIMIT, () -> lastKey(at) == 1);
    }
  }
}
