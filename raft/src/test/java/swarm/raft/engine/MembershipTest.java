package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;

/// Members come, go and die.
class MembershipTest {
  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() {
    cluster = new Cluster(root);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void growsFromOneToFiveAndShrinksAgain() throws Exception {
    cluster.start("a");
    cluster.commit("x");
    for (String id : List.of("b", "c", "d", "e")) {
      cluster.join(id);
      cluster.commit("joined " + id);
    }
    cluster.awaitEqual();
    for (String id : List.of("e", "d", "c", "b")) {
      Running leader = cluster.leader();
      assertThat(leader.self().id()).isEqualTo("a");
      MembershipResult result = Await.value(leader.log().removeMember(id));
      assertThat(result)
          .isInstanceOfSatisfying(
              MembershipResult.Changed.class,
              changed -> assertThat(changed.members()).doesNotContain(Cluster.member(id)));
      cluster.commit("left " + id);
      cluster.stop(id);
    }
    assertThat(cluster.leader().log().members()).containsExactly(Cluster.member("a"));
    assertThat(cluster.leader().machine().size()).isEqualTo(9);
  }

  /// The leader needs a member from the moment that it wrote it down; the member that does not know
  /// yet must vote all the same, or nobody ever leads again. While the step from one member to two
  /// is not complete, Ratis lets the one elect itself; it is when it has done so once.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMemberThatDoesNotKnowItselfYetVotes(boolean restarts) throws Exception {
    cluster.start("a");
    cluster.commit("x");
    Running leader = cluster.leader();
    Running b = cluster.open("b", new Start.Join());
    cluster.wires().isolateAtTheNewMembers(b.self().address());
    CompletableFuture<MembershipResult> added = leader.log().addMember(b.self());
    Await.until("the leader misses it, once", () -> !leader.ready());
    Await.until("and again", () -> elected(leader) && leader.log().leadership().leader().isEmpty());
    if (restarts) {
      cluster.stop("b");
      cluster.open("b", new Start.Restart());
    }
    cluster.wires().isolateAtTheNewMembers("");
    cluster.wires().heal();

    Await.until("somebody leads", () -> leader.ready() || cluster.get("b").ready());
    assertThat(Await.value(added)).isNotNull();
    cluster.commit("y");
    cluster.awaitEqual();
    assertThat(cluster.leader().log().members()).containsExactly(leader.self(), b.self());
  }

  private static boolean elected(Running member) {
    return member.log().leadership().term() > 1;
  }

  @Test
  void twoMayBeAddedAtOnce() throws Exception {
    cluster.start("a");
    Running leader = cluster.leader();
    Running b = cluster.open("b", new Start.Join());
    Running c = cluster.open("c", new Start.Join());
    CompletableFuture<MembershipResult> first = leader.log().addMember(b.self());
    CompletableFuture<MembershipResult> second = leader.log().addMember(c.self());
    assertThat(Await.value(first)).isInstanceOf(MembershipResult.Changed.class);
    assertThat(Await.value(second)).isInstanceOf(MembershipResult.Changed.class);
    assertThat(leader.log().members()).containsExactly(leader.self(), b.self(), c.self());
    Await.until("all know all", () -> c.log().members().equals(leader.log().members()));
  }

  @Test
  void aDeadMemberIsRemovedAndReplaced() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("x");
    Running leader = cluster.leader();
    String dead = cluster.others(leader).get(0).self().id();
    cluster.stop(dead);
    assertThat(Await.value(leader.log().removeMember(dead)))
        .isInstanceOf(MembershipResult.Changed.class);
    cluster.join("d");
    cluster.commit("y");
    cluster.awaitEqual();
    assertThat(cluster.leader().log().members()).hasSize(3).contains(Cluster.member("d"));
  }

  @Test
  void aMemberRemovedWhileAwayFindsOut() throws Exception {
    cluster.start("a", "b", "c");
    Running leader = cluster.leader();
    String away = cluster.others(leader).get(0).self().id();
    cluster.stop(away);
    assertThat(Await.value(leader.log().removeMember(away)))
        .isInstanceOf(MembershipResult.Changed.class);
    Running back = cluster.open(away, new Start.Restart());
    assertThat(Await.value(back.removed())).isNull();
    assertThat(back.propose("x")).isInstanceOf(ProposeResult.NotLeader.class);
    assertThat(cluster.leader().propose("x")).isInstanceOf(ProposeResult.Committed.class);
  }

  @Test
  void aLeaderThatIsToGoHandsOverFirst() throws Exception {
    cluster.start("a", "b", "c");
    Running leader = cluster.leader();
    MembershipResult result = Await.value(leader.log().removeMember(leader.self().id()));
    assertThat(result).isInstanceOf(MembershipResult.NotLeader.class);
    Running next = cluster.leaderAmong(cluster.others(leader));
    assertThat(Await.value(next.log().removeMember(leader.self().id())))
        .isInstanceOf(MembershipResult.Changed.class);
    assertThat(next.log().members()).hasSize(2).doesNotContain(leader.self());
  }

  /// Else the change itself could not be committed, and nothing after it, for as long as the member
  /// that is down stays so.
  @Test
  void whoIsNeededForAMajorityStays() throws Exception {
    cluster.start("a", "b", "c", "d");
    Running leader = cluster.leader();
    List<String> others =
        cluster.others(leader).stream().map(Running::self).map(Member::id).toList();
    cluster.stop(others.get(2));
    assertThat(Await.value(leader.log().removeMember(others.get(0))))
        .isInstanceOf(MembershipResult.Changed.class);
    cluster.stop(others.get(0));
    assertThat(Await.value(leader.log().removeMember(others.get(1))))
        .isInstanceOfSatisfying(
            MembershipResult.Unchanged.class,
            kept -> assertThat(kept.why()).contains("Only 1 of 2 members answer"));
    cluster.commit("two of three go on");
    assertThat(Await.value(leader.log().removeMember(others.get(2))))
        .isInstanceOf(MembershipResult.Changed.class);
    assertThat(Await.value(leader.log().removeMember(others.get(1))))
        .isInstanceOf(MembershipResult.Changed.class);
  }

  @Test
  void aFollowerChangesNobody() throws Exception {
    cluster.start("a", "b", "c");
    Running leader = cluster.leader();
    Running follower = cluster.others(leader).get(0);
    assertThat(Await.value(follower.log().addMember(Cluster.member("d"))))
        .isInstanceOf(MembershipResult.NotLeader.class);
    assertThat(Await.value(follower.log().removeMember(leader.self().id())))
        .isInstanceOf(MembershipResult.NotLeader.class);
    assertThat(leader.log().members()).hasSize(3);
  }

  @Test
  void aMemberMovesOnlyUnderANewId() throws Exception {
    cluster.start("a", "b");
    assertThat(Await.value(cluster.leader().log().addMember(new Member("b", "elsewhere:1"))))
        .isInstanceOfSatisfying(
            MembershipResult.Refused.class,
            failed -> assertThat(failed.why()).contains("elsewhere:1", "new id"));
  }

  /// The emptied disk: the old member's address answers, but as somebody who remembers no votes and
  /// no entries. It must not be counted as the old one.
  @Test
  void whoComesBackEmptyAtAnOldAddressIsNotTakenForTheOldMember() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("x");
    Running leader = cluster.leader();
    List<Running> others = cluster.others(leader);
    Member wiped = others.get(0).self();
    Member other = others.get(1).self();
    cluster.stop(wiped.id());
    cluster.stop(other.id());
    Running impostor =
        cluster.open(
            new Member("new", wiped.address()), new Start.Join(), AesGcmSeal.of(new byte[32]));
    assertThat(leader.propose("unsafe")).isNotInstanceOf(ProposeResult.Committed.class);
    assertThat(impostor.log().leadership().term()).isZero();
    assertThat(impostor.log().appliedIndex()).isEqualTo(-1);
  }

  @Test
  void aJoiningMemberWithAnotherKeyStops() throws Exception {
    cluster.start("a");
    cluster.commit("x");
    byte[] key = new byte[32];
    key[0] = 1;
    Running stranger = cluster.open(Cluster.member("b"), new Start.Join(), AesGcmSeal.of(key));
    Await.value(cluster.get("a").log().addMember(stranger.self()));
    assertThat(Await.value(stranger.fatal())).hasStackTraceContaining("cluster's key");
    assertThat(stranger.ready()).isFalse();
  }
}
