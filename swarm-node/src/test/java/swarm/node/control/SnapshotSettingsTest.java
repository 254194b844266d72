package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Formed;
import swarm.raft.engine.SnapshotPolicy;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.CommandApplier;

class SnapshotSettingsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final List<SnapshotPolicy> told = new ArrayList<>();
  private final SnapshotSettings settings = new SnapshotSettings(told::add);

  private static ClusterState state(String spec) throws Exception {
    var formed = Formed.at(NOW, Wire.JSON.readTree(spec.replace('\'', '"')));
    return CommandApplier.apply(ClusterState.EMPTY, 1, formed).state();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{}                                                 | 10000 | 5000 | 0",
        "{'Raft':{'SnapshotInterval':0}}                    | 10000 | 5000 | 0",
        "{'Raft':{'SnapshotInterval':20}}                   | 20    | 5000 | 0",
        "{'Raft':{'KeepOldSnapshots':3}}                    | 10000 | 5000 | 3",
        "{'Raft':{'LogEntriesForSlowFollowers':500}}        | 10000 | 500  | 0",
        // no check was passed by these; the log must open all the same
        "{'Raft':{'SnapshotInterval':-7,'KeepOldSnapshots':-7,'LogEntriesForSlowFollowers':-7}} | 10000 | 5000 | 0",
        "{'Raft':{'SnapshotInterval':'often','KeepOldSnapshots':'all'}} | 10000 | 5000 | 0",
        "{'Raft':'none'}                                    | 10000 | 5000 | 0",
      })
  void theLogDoesWhatTheSpecSays(String spec, long interval, long entries, int old)
      throws Exception {
    settings.changed(state(spec), List.of());
    assertThat(told)
        .containsExactly(
            new SnapshotPolicy(interval, SnapshotPolicy.defaults().bytes(), entries, old));
  }

  @Test
  void onlyTheClusterIsLookedAt() throws Exception {
    settings.changed(ClusterState.EMPTY, List.of());
    settings.changed(state("{}"), List.of(new Change.OfNode(null, null)));
    assertThat(told).isEmpty();
  }
}
