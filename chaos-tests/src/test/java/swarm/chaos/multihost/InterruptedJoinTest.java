package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Wait;

/// A second manager whose cable fails, or whose daemon dies, while it joins. From the moment when
/// the log names two members, the first needs the second for every write: a joiner that gave up
/// then would take the swarm with it.
@Tag("chaos")
final class InterruptedJoinTest {
  private static final Duration CUT = Duration.ofSeconds(3);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(2);

  @BeforeAll
  static void form() throws Exception {
    CLUSTER.cluster().init(1);
    CLUSTER.awaitReady(1, 1);
  }

  /// @param afterMillis from the moment when the joiner's log is on its disk
  @ParameterizedTest
  @ValueSource(ints = {0, 200, 450, 900})
  void the_swarm_goes_on_when_the_joiner_was_cut_off(int afterMillis) throws Exception {
    CompletableFuture<Boolean> join = joinAndWait(afterMillis);
    CLUSTER.cluster().cut(2);
    pass(CUT);
    CLUSTER.cluster().mend(2);
    settle(join.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(ints = {150, 450})
  void the_swarm_goes_on_when_the_joining_daemon_was_killed(int afterMillis) throws Exception {
    CompletableFuture<Boolean> join = joinAndWait(afterMillis);
    CLUSTER.cluster().kill(2);
    join.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    CLUSTER.cluster().start(2);
    settle(active());
  }

  /// @return whether the join was answered with success
  private static CompletableFuture<Boolean> joinAndWait(int afterMillis) throws Exception {
    String token =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    var join =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                CLUSTER.cluster().join(2, token);
                return true;
              } catch (IOException _) {
                return false; // refused, or the daemon is gone
              }
            });
    Wait.until(
        "host 2 has a log",
        LIMIT,
        () -> Files.exists(CLUSTER.cluster().folder(2).resolve("data/swarm/raft")));
    pass(Duration.ofMillis(afterMillis));
    return join;
  }

  /// Either host 2 is in, whatever its caller was told, or it is out and nobody misses it.
  private static void settle(boolean success) throws Exception {
    if (success) {
      assertThat(active()).as("host 2 is in, as its caller was told").isTrue();
    }
    Wait.until("host 1 takes writes", LIMIT, InterruptedJoinTest::write);
    if (active()) {
      String id = CLUSTER.cluster().api(2).get("/info").path("Swarm").path("NodeID").asText();
      Wait.until(
          "host 2 is a ready manager",
          LIMIT,
          () ->
              CLUSTER.swarm(1).nodes().stream()
                  .anyMatch(
                      n -> n.id().equals(id) && n.ready() && n.reachability().equals("reachable")));
      CLUSTER.cluster().api(2).post("/swarm/leave?force=true");
    }
    Wait.until(
        "host 1 is the only manager",
        LIMIT,
        () ->
            write()
                && CLUSTER.swarm(1).nodes().stream()
                        .filter(n -> !n.reachability().isEmpty())
                        .count()
                    == 1);
  }

  private static boolean write() throws IOException {
    DockerApi api = CLUSTER.cluster().api(1);
    var swarm = api.get("/swarm");
    api.post(
        "/swarm/update?version=" + swarm.path("Version").path("Index").asLong(),
        swarm.path("Spec"));
    return true;
  }

  private static boolean active() throws IOException {
    return !CLUSTER
        .cluster()
        .api(2)
        .get("/info")
        .path("Swarm")
        .path("LocalNodeState")
        .asText()
        .equals("inactive");
  }

  /// The faults themselves take time.
  private static void pass(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }
}
