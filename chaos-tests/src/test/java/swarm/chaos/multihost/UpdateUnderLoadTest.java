package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.chaos.bench.UpdateLoss;
import swarm.chaos.client.Swarm;
import swarm.chaos.workload.HttpLoad;

/// Callers notice nothing of an update, whichever host they call. (`./dev bench update` does the
/// same ten times.)
@Tag("multihost")
final class UpdateUnderLoadTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  @ParameterizedTest
  @ValueSource(strings = {"stop-first", "start-first"})
  void no_request_is_lost(String order) throws Exception {
    Swarm swarm = CLUSTER.swarm(1);
    String id = swarm.create(UpdateLoss.spec(order, 8080));
    UpdateLoss.awaitConverged(swarm, order);
    HttpLoad.Result result = UpdateLoss.update(CLUSTER.cluster(), swarm, order, 8080, order, "new");
    assertThat(result.lost()).isEmpty();
    assertThat(result.sent()).isPositive();
    swarm.remove(id);
    CLUSTER.awaitRunning(1, order, 0, 0);
  }
}
