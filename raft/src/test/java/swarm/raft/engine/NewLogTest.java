package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.Seal;

/// A new log from what is left of one that lost its majority.
class NewLogTest {
  private static final Seal SEAL = AesGcmSeal.of(new byte[32]);

  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() {
    cluster =
        new Cluster(
            root, new Limits(2000, 64, 32 * 1024, new SnapshotPolicy(40, 1024 * 1024, 5, 1)));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private NewLog.Position recover(String from, String to) throws IOException {
    ListMachine machine = new ListMachine();
    NewLog.Position at = NewLog.replay(cluster.directory(from), "test", machine, SEAL);
    NewLog.write(cluster.directory(to), "test", Cluster.member(to), machine.snapshot(), at, SEAL);
    return at;
  }

  @Test
  void oneOfThreeGoesOnAloneWithEverythingAndOthersJoinIt() throws Exception {
    cluster.start("a", "b", "c");
    for (int i = 0; i < 100; i++) { // over snapshots and several files
      cluster.commit("command " + i + " " + "x".repeat(500));
    }
    cluster.awaitEqual();
    List<String> before = cluster.get("c").machine().commands();
    long term = cluster.leader().log().leadership().term();
    List.of("a", "b", "c").forEach(cluster::stop);

    NewLog.Position at = recover("c", "d");
    assertThat(at.term()).isGreaterThanOrEqualTo(term);
    Running alone = cluster.open("d", new Start.Restart());
    Await.until("the new member leads", alone::ready);
    assertThat(alone.log().leadership().term()).isGreaterThan(at.term());
    assertThat(alone.machine().commands()).isEqualTo(before);
    assertThat(alone.log().members()).containsExactly(Cluster.member("d"));
    assertThat(alone.propose("after"))
        .isInstanceOfSatisfying(
            ProposeResult.Committed.class, c -> assertThat(c.index()).isGreaterThan(at.index()));

    cluster.join("e");
    cluster.join("f");
    cluster.commit("with others");
    cluster.awaitEqual();
    cluster.stop("d");
    cluster.open("d", new Start.Restart());
    cluster.commit("after a restart");
    cluster.awaitEqual();
    assertThat(cluster.get("d").machine().commands()).hasSize(103);
  }

  /// What a leader acknowledged may be unknown to a follower as such: it is told of a commit with
  /// the next message.
  @Test
  void entriesThatAreNotKnownToBeCommittedAreKept() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("first");
    Running leader = cluster.leader();
    cluster.others(leader).forEach(other -> cluster.wires().isolate(other.self().address()));
    var lost =
        leader.log().propose("nobody answered".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(Await.value(lost)).isInstanceOf(ProposeResult.Unknown.class);
    String id = leader.self().id();
    List.of("a", "b", "c").forEach(cluster::stop);

    var _ = recover(id, "d");
    Running alone = cluster.open("d", new Start.Restart());
    Await.until("it leads", alone::ready);
    assertThat(alone.machine().commands()).containsExactly("first", "nobody answered");
  }

  @Test
  void membersOfTheOldLogHaveNoEffectOnTheNewOne() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("first");
    cluster.awaitEqual();
    List.of("a", "b", "c").forEach(cluster::stop);
    var _ = recover("c", "d");
    // at the address that the old ones know of c
    Running alone = cluster.open(new Member("d", "c:2377"), new Start.Restart(), SEAL);
    Await.until("it leads", alone::ready);
    assertThat(alone.propose("new")).isInstanceOf(ProposeResult.Committed.class);
    Running a = cluster.open("a", new Start.Restart());
    Running b = cluster.open("b", new Start.Restart());
    Running old = cluster.leaderAmong(List.of(a, b)); // two of three: Raft cannot know
    assertThat(old.propose("old")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(alone.propose("newer")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(alone.machine().commands()).containsExactly("first", "new", "newer");
    assertThat(alone.ready()).isTrue();
  }

  @Test
  void theOldDirectoryIsLeftAsItWas() throws Exception {
    cluster.start("a");
    cluster.commit("one");
    cluster.stop("a");
    var _ = recover("a", "d");
    Running old = cluster.open("a", new Start.Restart());
    Await.until("the old one leads", old::ready);
    assertThat(old.machine().commands()).containsExactly("one");
  }

  @Test
  void nothingIsWrittenOverOrMadeOfNothing() throws Exception {
    cluster.start("a");
    cluster.commit("one");
    cluster.stop("a");
    assertThatThrownBy(() -> recover("a", "a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exists already");
    assertThatThrownBy(
            () ->
                NewLog.write(
                    cluster.directory("d"),
                    "test",
                    Cluster.member("d"),
                    new ListMachine().snapshot(),
                    new NewLog.Position(0, -1),
                    SEAL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was ever written");
  }

  @Test
  void aStateOfAnotherLogCanBeginOneToo() throws Exception {
    ListMachine machine = new ListMachine();
    machine.apply(7, 1, "from a backup".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    NewLog.write(
        cluster.directory("r"),
        "test",
        Cluster.member("r"),
        machine.snapshot(),
        new NewLog.Position(1, 7),
        SEAL);
    Running alone = cluster.open("r", new Start.Restart());
    Await.until("it leads", alone::ready);
    assertThat(alone.machine().commands()).containsExactly("from a backup");
    MembershipResult joined =
        Await.value(alone.log().addMember(cluster.open("s", new Start.Join()).self()));
    assertThat(joined).isInstanceOf(MembershipResult.Changed.class);
    cluster.commit("more");
    cluster.awaitEqual();
  }
}
