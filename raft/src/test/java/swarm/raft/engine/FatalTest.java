package swarm.raft.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.ProposeResult;

/// What ends a member, and what is refused before it can.
class FatalTest {
  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() throws Exception {
    cluster =
        new Cluster(
            root, new Limits(1000, 4, 32 * 1024, new SnapshotPolicy(100, 1024 * 1024, 10, 1)));
    cluster.start("a");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aStateMachineThatThrowsStopsTheMemberLoudly() throws Exception {
    Running one = cluster.get("a");
    CompletableFuture<ProposeResult> result = one.log().propose("throw".getBytes(UTF_8));
    assertThat(Await.value(one.fatal())).hasRootCauseMessage("a broken invariant");
    assertThat(Await.value(result)).isInstanceOf(ProposeResult.Unknown.class);
    assertThat(one.ready()).isFalse();
    assertThat(one.propose("x")).isInstanceOf(ProposeResult.NotLeader.class);
    assertThat(one.barrier()).isInstanceOf(BarrierResult.NoQuorum.class);
    assertThat(one.machine().commands()).isEmpty();
  }

  /// Ratis handles what was thrown by closing itself, later than we hear of it.
  @Test
  void aStateMachineThatThrowsStopsTheMemberAlsoWhenRatisIsSlowToSee() throws Exception {
    Running one = cluster.get("a");
    CompletableFuture<ProposeResult> result = one.log().propose("throw slowly".getBytes(UTF_8));
    assertThat(Await.value(one.fatal())).hasRootCauseMessage("a broken invariant");
    assertThat(Await.value(result)).isInstanceOf(ProposeResult.Unknown.class);
    one.log().close();
    Await.until(
        "no thread of Ratis' is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().endsWith("-StateMachineUpdater")));
  }

  @Test
  void aCommandThatIsTooLargeIsRefusedBeforeTheLogSeesIt() throws Exception {
    Running one = cluster.get("a");
    assertThatThrownBy(() -> one.log().propose(new byte[1001]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1001 bytes")
        .hasMessageContaining("1000");
    assertThat(Await.value(one.log().propose(new byte[1000])))
        .isInstanceOf(ProposeResult.Committed.class);
  }

  @Test
  void noMoreThanTheLimitIsUnderWay() throws Exception {
    cluster.join("b");
    Running leader = cluster.leader();
    cluster.others(leader).forEach(other -> cluster.wires().isolate(other.self().address()));
    for (int i = 0; i < 4; i++) {
      assertThat(leader.log().propose(new byte[1])).isNotDone();
    }
    CompletableFuture<ProposeResult> fifth = leader.log().propose(new byte[1]);
    assertThat(Await.value(fifth))
        .isInstanceOfSatisfying(
            ProposeResult.Busy.class, busy -> assertThat(busy.why()).startsWith("4 proposals"));
  }
}
