package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.testing.Formed;
import swarm.raft.engine.Timing;
import swarm.scheduler.model.ReservedLabels;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.CommandApplier;

class ElectionTimingTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;
  private Path log;

  @BeforeEach
  void log() throws Exception {
    log = Files.createDirectory(folder.resolve("raft"));
  }

  /// A cluster whose spec has the label; without it where it is empty.
  private static ClusterState asking(String timeout) {
    var spec = Wire.JSON.createObjectNode();
    if (!timeout.isEmpty()) {
      spec.putObject("Labels").put(ReservedLabels.ELECTION_TIMEOUT, timeout);
    }
    return CommandApplier.apply(ClusterState.EMPTY, 1, Formed.at(NOW, spec)).state();
  }

  @Test
  void withoutAWordTheClocksAreThoseOfALan() throws Exception {
    assertThat(new ElectionTiming(log).read()).isEqualTo(Timing.lan());
    new ElectionTiming(log).changed(asking(""), List.of());
    assertThat(new ElectionTiming(log).read()).isEqualTo(Timing.lan());
  }

  @Test
  void whatTheSpecAsksForHoldsFromTheNextStart() throws Exception {
    new ElectionTiming(log).changed(asking("2s"), List.of());

    assertThat(new ElectionTiming(log).read().electionMax()).isEqualTo(Duration.ofSeconds(2));

    new ElectionTiming(log).changed(asking(""), List.of());
    assertThat(new ElectionTiming(log).read()).isEqualTo(Timing.lan());
  }

  @Test
  void changesOfOtherThingsAreNoneOfTheClocks() throws Exception {
    var other = new Change.OfNode(null, null);

    new ElectionTiming(log).changed(asking("2s"), List.of(other));

    assertThat(new ElectionTiming(log).read()).isEqualTo(Timing.lan());
  }

  @Test
  void aFileThatSaysNothingIsNoReasonNotToStart() throws Exception {
    Files.writeString(log.resolveSibling("raft-election-timeout"), "often");

    assertThat(new ElectionTiming(log).read()).isEqualTo(Timing.lan());
  }

  @ParameterizedTest
  @CsvSource({
    // timeout, electionMin, requestTimeout, rpcTimeout, all in ms
    "  200,  100,  3000, 1000",
    " 1000,  500,  4000, 1000",
    "10000, 5000, 40000, 10000",
  })
  void otherClocksFollowTheTimeout(long timeout, long min, long request, long rpc) {
    assertThat(ElectionTiming.of(Duration.ofMillis(timeout)))
        .isEqualTo(
            new Timing(
                Duration.ofMillis(min),
                Duration.ofMillis(timeout),
                Duration.ofMillis(request),
                Duration.ofMillis(rpc)));
  }
}
