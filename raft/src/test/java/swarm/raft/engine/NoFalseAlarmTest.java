package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;

/// What happens to a sound disk is never taken for damage.
class NoFalseAlarmTest {
  @TempDir Path root;
  @TempDir Path images;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void open() {
    cluster = new Cluster(root);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static void check(Path directory) throws IOException {
    MemberDisk disk = MemberDisk.of(directory, RatisLog.groupId("test").getUuid().toString());
    new Checksums(directory, disk).check();
    disk.check(CommitMark.load(directory));
  }

  /// An old leader's last entries go away again where nobody else had them.
  @Test
  void entriesThatAnotherLeaderReplacedAreNotMissed() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("before");
    Running old = cluster.leader();
    cluster.wires().isolate(old.self().address());
    for (int i = 0; i < 20; i++) {
      CompletableFuture<ProposeResult> _ =
          old.log().propose(("lost " + i).getBytes(StandardCharsets.UTF_8));
    }
    Running next = cluster.leaderAmong(cluster.others(old));
    assertThat(next.propose("after")).isInstanceOf(ProposeResult.Committed.class);
    String id = old.self().id();
    cluster.stop(id); // it notes how far its log is good
    check(root.resolve(id));
    cluster.wires().heal();
    Running back = cluster.open(id, new Start.Restart());
    cluster.awaitEqual();
    assertThat(back.machine().commands()).containsExactly("before", "after");
    cluster.stop(id);
    check(root.resolve(id));
  }

  /// As `kill -9` leaves them: what was kept beside the log is never newer than the log.
  @Test
  void theFilesOfARunningMemberAreSoundAtAnyMoment() throws Exception {
    cluster.start("a", "b", "c");
    for (int i = 0; i < 60; i++) {
      for (int j = 0; j < 10; j++) {
        cluster.commit("command " + i + " " + j);
      }
      if (i % 20 == 10) {
        Running leader = cluster.leader();
        Await.value(leader.log().transferLeadership(cluster.others(leader).getFirst().self().id()));
      }
      for (String id : List.of("a", "b", "c")) {
        check(image(id, i));
      }
    }
    assertThat(CommitMark.load(root.resolve("a")).index()).isPositive();
  }

  /// Files change their names while they are copied.
  private Path image(String id, int number) throws IOException {
    for (int tries = 0; ; tries++) {
      Path image = images.resolve(id + "-" + number + "-" + tries);
      try {
        copy(root.resolve(id), image);
        return image;
      } catch (NoSuchFileException | UncheckedIOException e) {
        assertThat(tries).as("%s", e).isLessThan(20);
      }
    }
  }

  /// First what is kept beside the log: it may be older than that.
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : List.of("member", "committed", "checksums")) {
      if (Files.exists(from.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Path group = Path.of(RatisLog.groupId("test").getUuid().toString());
    try (Stream<Path> all = Files.walk(from.resolve(group))) {
      for (Path each : all.toList()) {
        if (!each.toString().endsWith(".tmp")) {
          Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /// Ratis puts a received snapshot in its place in two steps.
  @Test
  void snapshotsThatWereLaidAsideAreFoundAgain() throws Exception {
    cluster =
        new Cluster(root, new Limits(2000, 64, 4 * 1024, new SnapshotPolicy(40, 1 << 20, 5, 1)));
    cluster.start("a");
    for (int i = 0; i < 150; i++) {
      cluster.commit("command " + i);
    }
    cluster.stop("a");
    MemberDisk disk =
        MemberDisk.of(root.resolve("a"), RatisLog.groupId("test").getUuid().toString());
    assertThat(new SnapshotFiles(disk.snapshots()).all()).isNotEmpty();
    Files.move(disk.snapshots(), disk.snapshots().resolveSibling("sm.tmp20260101"));
    check(root.resolve("a"));
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    assertThat(again.machine().commands()).hasSize(150);
  }
}
