package swarm.raft.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.BarrierResult;
import swarm.raft.log.Leadership;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;

/// Agreement between three members, also when wires are cut and members come and go.
class ThreeMembersTest {
  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() throws Exception {
    cluster = new Cluster(root).start("a", "b", "c");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void allApplyTheSameInTheSameOrder() throws Exception {
    Running leader = cluster.leader();
    List<CompletableFuture<ProposeResult>> results = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      results.add(leader.log().propose(("c" + i).getBytes(UTF_8)));
    }
    for (CompletableFuture<ProposeResult> result : results) {
      assertThat(Await.value(result)).isInstanceOf(ProposeResult.Committed.class);
    }
    cluster.awaitEqual();
    assertThat(leader.machine().size()).isEqualTo(500);
  }

  @Test
  void aFollowerNamesTheLeader() throws Exception {
    Running leader = cluster.leader();
    for (Running follower : cluster.others(leader)) {
      Await.until(
          "the follower knows the leader",
          () -> follower.log().leadership().leader().equals(Optional.of(leader.self())));
      assertThat(follower.propose("x"))
          .isEqualTo(new ProposeResult.NotLeader(Optional.of(leader.self())));
    }
  }

  @Test
  void barriersOnAllMembersSeeWhatWasAcknowledged() throws Exception {
    for (int i = 0; i < 20; i++) {
      int written = i + 1;
      cluster.commit("c" + i);
      for (Running member : cluster.all()) {
        assertThat(member.barrier()).isInstanceOf(BarrierResult.Fresh.class);
        assertThat(member.machine().size()).isGreaterThanOrEqualTo(written);
      }
    }
  }

  /// Without being told by the reader's question it would hear of the last write only later.
  @Test
  void readersOnFollowersGoOnWhileEntriesFollowOneAnother() throws Exception {
    Running leader = cluster.leader();
    Running follower = cluster.others(leader).getFirst();
    for (int i = 0; i < 200; i++) {
      assertThat(leader.propose("c" + i)).isInstanceOf(ProposeResult.Committed.class);
      assertThat(follower.barrier()).isInstanceOf(BarrierResult.Fresh.class);
      assertThat(follower.machine().commands()).endsWith("c" + i);
    }
  }

  @Test
  void anIsolatedLeaderAcknowledgesNothingAndTheOthersGoOn() throws Exception {
    Running old = cluster.leader();
    cluster.commit("before");
    assertThat(old.barrier()).isInstanceOf(BarrierResult.Fresh.class);
    long oldTerm = old.log().leadership().term();

    cluster.wires().isolate(old.self().address());
    // At once, before the old leader has noticed: nothing was committed since its last barrier, so
    // remembering that one would be the mistake.
    CompletableFuture<BarrierResult> stale = old.log().readBarrier();
    CompletableFuture<ProposeResult> lost = old.log().propose("lost".getBytes(UTF_8));
    Running next = cluster.leaderAmong(cluster.others(old));
    assertThat(next.log().leadership().term()).isGreaterThan(oldTerm);
    assertThat(next.propose("after")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(Await.value(stale)).isInstanceOf(BarrierResult.NoQuorum.class);
    assertThat(Await.value(lost)).isInstanceOf(ProposeResult.Unknown.class);
    Await.until("the old leader stepped down", () -> !old.ready());
    assertThat(old.propose("refused")).isInstanceOf(ProposeResult.NotLeader.class);

    cluster.wires().heal();
    cluster.awaitEqual();
    Await.until("the old leader follows", () -> old.machine().size() == 2);
    assertThat(old.machine().commands()).containsExactly("before", "after");
    assertThat(Await.value(old.log().proposeInTerm("late".getBytes(UTF_8), oldTerm)))
        .isInstanceOf(ProposeResult.NotLeader.class);
  }

  @Test
  void withoutAMajorityNothingIsAcknowledged() throws Exception {
    Running leader = cluster.leader();
    cluster.others(leader).forEach(other -> cluster.wires().isolate(other.self().address()));
    assertThat(leader.propose("x")).isNotInstanceOf(ProposeResult.Committed.class);
    for (Running member : cluster.all()) {
      assertThat(member.barrier()).isInstanceOf(BarrierResult.NoQuorum.class);
    }
    cluster.wires().heal();
    cluster.commit("y");
    cluster.awaitEqual();
  }

  /// Both followers take longer for the batch than a leader may go unheard: heartbeats beside it
  /// keep the leader in office.
  @Test
  void slowDisksDoNotCostTheLeaderItsOffice() throws Exception {
    Running leader = cluster.leader();
    long term = leader.log().leadership().term();
    cluster.wires().slowLargeMessages(Duration.ofMillis(800));
    assertThat(Await.value(leader.log().propose(new byte[20_000])))
        .isInstanceOf(ProposeResult.Committed.class);
    assertThat(leader.ready()).isTrue();
    assertThat(leader.log().leadership().term()).isEqualTo(term);
  }

  @Test
  void leadershipIsHandedOver() throws Exception {
    Running old = cluster.leader();
    Running next = cluster.others(old).get(0);
    assertThat(Await.value(old.log().transferLeadership(next.self().id())))
        .isInstanceOf(MembershipResult.Changed.class);
    Await.until("the chosen one leads", next::ready);
    assertThat(next.propose("x")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(Await.value(old.log().transferLeadership(old.self().id())))
        .isInstanceOf(MembershipResult.NotLeader.class);
  }

  @Test
  void aDeposedLeadersFencedProposalHasNoEffect() throws Exception {
    Running leader = cluster.leader();
    long term = leader.log().leadership().term();
    Running other = cluster.others(leader).get(0);
    Await.value(leader.log().transferLeadership(other.self().id()));
    Await.until("the other leads", other::ready);
    Await.value(other.log().transferLeadership(leader.self().id()));
    Await.until("it leads again, in a later term", leader::ready);
    assertThat(Await.value(leader.log().proposeInTerm("late".getBytes(UTF_8), term)))
        .isInstanceOf(ProposeResult.NotLeader.class);
    long now = leader.log().leadership().term();
    assertThat(Await.value(leader.log().proposeInTerm("x".getBytes(UTF_8), now)))
        .isInstanceOf(ProposeResult.Committed.class);
    cluster.awaitEqual();
    assertThat(other.machine().commands()).containsExactly("x");
  }

  @Test
  void readyIsToldOncePerTermAndOnlyByTheLeader() throws Exception {
    Running old = cluster.leader();
    cluster.wires().isolate(old.self().address());
    Running next = cluster.leaderAmong(cluster.others(old));
    Await.until("the old leader's listener heard", () -> !last(old).ready());
    Await.until("the new leader's listener heard", () -> last(next).ready());
    cluster.wires().heal();
    Await.until(
        "all agree",
        () ->
            cluster.all().stream()
                .map(m -> last(m).leader())
                .allMatch(leader -> leader.equals(last(cluster.leader()).leader())));
    List<Long> readyTerms =
        cluster.all().stream()
            .flatMap(m -> m.heard().stream().filter(Leadership::ready))
            .map(Leadership::term)
            .toList();
    assertThat(readyTerms).doesNotHaveDuplicates();
  }

  private static Leadership last(Running member) {
    return member.heard().get(member.heard().size() - 1);
  }

  @Test
  void everythingIsFoundAgainAfterAllRestarted() throws Exception {
    for (int i = 0; i < 50; i++) {
      cluster.commit("c" + i);
    }
    List<String> before = cluster.leader().machine().commands();
    for (int round = 0; round < 2; round++) {
      for (String id : List.of("a", "b", "c")) {
        cluster.stop(id);
      }
      for (String id : List.of("a", "b", "c")) {
        cluster.open(id, new Start.Restart());
      }
      assertThat(cluster.leader().barrier()).isInstanceOf(BarrierResult.Fresh.class);
      assertThat(cluster.leader().machine().commands()).isEqualTo(before);
      assertThat(cluster.leader().log().members())
          .containsExactly(Cluster.member("a"), Cluster.member("b"), Cluster.member("c"));
      cluster.awaitEqual();
    }
  }

  @Test
  void aMemberThatWasAwayCatchesUp() throws Exception {
    Running leader = cluster.leader();
    Running away = cluster.others(leader).get(0);
    cluster.stop(away.self().id());
    for (int i = 0; i < 50; i++) {
      cluster.commit("c" + i);
    }
    cluster.open(away.self().id(), new Start.Restart());
    cluster.awaitEqual();
    assertThat(cluster.get(away.self().id()).machine().size()).isEqualTo(50);
  }

  @Test
  void closingLeavesNoThreads() throws Exception {
    cluster.commit("x");
    cluster.close();
    Await.until(
        () -> "no thread of a member is left, but there are\n" + threads(),
        () -> threads().isEmpty());
  }

  /// With what they are doing.
  private static String threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            each ->
                each.getKey().getName().matches("[abc](@|-).*")
                    || each.getKey().getName().contains("swarm-raft"))
        .map(each -> each.getKey() + "\n  " + Arrays.toString(each.getValue()))
        .collect(joining("\n"));
  }
}
