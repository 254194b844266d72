package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.BarrierResult;

/// A leader behind a pulled cable, to which a follower's question has just gone.
final class SilentLeaderTest {
  /// Unanswered messages are given up only long after every test's bound.
  private static final Timing NEVER_GIVES_UP =
      new Timing(
          Duration.ofMillis(300),
          Duration.ofMillis(600),
          Duration.ofMinutes(3),
          Duration.ofMinutes(2));

  @TempDir Path root;

  @Test
  void aReadGoesOnWithTheNextLeader() throws Exception {
    try (var cluster = new Cluster(root, Limits.defaults(), NEVER_GIVES_UP).start("a", "b", "c")) {
      Running old = cluster.leader();
      cluster.commit("before");
      cluster.wires().isolate(old.self().address());
      CompletableFuture<BarrierResult> asked = cluster.others(old).getFirst().log().readBarrier();
      assertThat(Await.value(asked)).isInstanceOf(BarrierResult.Fresh.class);
      cluster.wires().heal();
    }
  }
}
