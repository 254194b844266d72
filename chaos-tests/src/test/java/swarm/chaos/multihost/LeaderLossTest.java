package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// A swarm of three managers whose leader goes.
@Tag("multihost")
final class LeaderLossTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  @Test
  void the_others_elect_one_of_them_and_go_on() throws Exception {
    int lost = CLUSTER.leaderHost(1);
    int witness = lost % 3 + 1;
    CLUSTER.swarm(witness).create(Swarm.service("before", IMAGE, 3));
    CLUSTER.awaitRunning(witness, "before", 3, 0);

    CLUSTER.cluster().killHost(lost);
    Wait.until("another host leads", LIMIT, () -> CLUSTER.leaderHost(witness) != lost);
    Wait.until(
        "a write is accepted",
        LIMIT,
        () -> !CLUSTER.swarm(witness).create(Swarm.service("after", IMAGE, 2)).isEmpty());
    CLUSTER.awaitRunning(witness, "after", 2, lost);
    CLUSTER.awaitRunning(witness, "before", 3, lost);

    CLUSTER.cluster().mend(lost);
    CLUSTER.cluster().start(lost);
    CLUSTER.awaitReady(lost, 3);
    assertThat(CLUSTER.swarm(lost).api().get("/services"))
        .as("what was written while it was away")
        .hasSize(2);
    assertThat(CLUSTER.leaderHost(lost)).isEqualTo(CLUSTER.leaderHost(witness));
  }
}
