package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;
import swarm.chaos.fault.SkewedClock;

/// Hosts whose clocks are wrong by most of an hour: certificates are good from an hour back.
@Tag("chaos")
final class SkewedClockTest {
  private static final Duration SKEW = Duration.ofMinutes(50);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(4);

  @Test
  void they_join_serve_and_come_back(@TempDir Path folder) throws Exception {
    Optional<SkewedClock> clock = SkewedClock.build(folder);
    assumeTrue(clock.isPresent(), "no gcc on this machine: wrong clocks are not tested");
    Map<String, String> behind = clock.get().environment(SKEW.negated());
    Map<String, String> ahead = clock.get().environment(SKEW);
    restart(2, behind);
    restart(4, ahead);
    assertThat(clockOf(2)).isBefore(Instant.now().minus(SKEW).plusSeconds(60));
    assertThat(clockOf(4)).isAfter(Instant.now().plus(SKEW).minusSeconds(60));

    CLUSTER.cluster().form(3);
    CLUSTER.awaitReady(1, 4);
    CLUSTER.swarm(2).create(Swarm.service("skewed", IMAGE, 8));
    CLUSTER.awaitRunning(1, "skewed", 8, 0);

    restart(2, behind);
    restart(4, ahead);
    CLUSTER.awaitReady(2, 4);

    int lost = CLUSTER.leaderHost(1);
    int witness = lost == 2 ? 3 : 2;
    CLUSTER.cluster().kill(lost);
    Wait.until("another leads", LIMIT, () -> CLUSTER.leaderHost(witness) != lost);
    Wait.until(
        "nothing is placed on it any more",
        LIMIT,
        () -> CLUSTER.swarm(witness).nodes().stream().filter(Swarm.NodeView::ready).count() == 3);
    CLUSTER.swarm(witness).scale("skewed", 9);
    CLUSTER.awaitRunning(witness, "skewed", 9, 0);
  }

  private static void restart(int host, Map<String, String> environment) throws Exception {
    CLUSTER.cluster().stop(host);
    CLUSTER.cluster().launch(host, environment);
    CLUSTER.cluster().awaitDaemon(host);
  }

  private static Instant clockOf(int host) throws IOException {
    return Instant.parse(CLUSTER.cluster().api(host).get("/info").path("SystemTime").asText());
  }
}
