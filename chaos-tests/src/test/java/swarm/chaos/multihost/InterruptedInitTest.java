package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.cluster.Wait;

/// A daemon that dies while it forms a swarm. Nobody was told that there is one: started again, it
/// is in none, or in one that works.
@Tag("multihost")
final class InterruptedInitTest {
  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.apart(1, "--rehearse");

  /// @param file the daemon dies as soon as this is on its disk
  @ParameterizedTest
  @ValueSource(
      strings = {"certificates/swarm-node.pem", "member.json", "seal.key", "raft", "raft/member"})
  void the_daemon_starts_again_and_forms_a_swarm(String file) throws Exception {
    Path awaited = CLUSTER.cluster().folder(1).resolve("data/swarm").resolve(file);
    var init =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                CLUSTER.cluster().init(1);
                return true;
              } catch (IOException _) {
                return false; // the daemon is gone
              }
            });
    while (!Files.exists(awaited) && !init.isDone()) {
      Thread.onSpinWait(); // the moment is what is tested
    }
    CLUSTER.cluster().kill(1);
    boolean told = init.get(LIMIT.toSeconds(), TimeUnit.SECONDS);

    CLUSTER.cluster().start(1);

    if (told) {
      assertThat(active()).as("in the swarm, as its caller was told").isTrue();
    }
    if (!active()) {
      CLUSTER.cluster().init(1);
    }
    Wait.until("the swarm works", LIMIT, () -> CLUSTER.swarm(1).nodes().getFirst().ready());
    CLUSTER.cluster().api(1).post("/swarm/leave?force=true");
  }

  private static boolean active() throws IOException {
    return CLUSTER
        .cluster()
        .api(1)
        .get("/info")
        .path("Swarm")
        .path("LocalNodeState")
        .asText()
        .equals("active");
  }
}
