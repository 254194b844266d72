package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Start;

/// Snapshots, and what is on the disk at all.
class SnapshotsTest {
  private static final String PADDING = "p".repeat(500);
  private static final Limits SMALL =
      new Limits(64 * 1024, 256, 32 * 1024, new SnapshotPolicy(100, 1024 * 1024, 10, 1));

  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() {
    cluster = new Cluster(root, SMALL);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void commit(int from, int to) {
    for (int i = from; i < to; i++) {
      cluster.commit("command-" + i + PADDING);
    }
  }

  /// Files come and go while we look, and then a walk ends early: it is made again.
  private List<Path> files(String id, String pattern) {
    while (true) {
      try (Stream<Path> walk = Files.walk(cluster.directory(id))) {
        return walk.filter(path -> path.getFileName().toString().matches(pattern)).toList();
      } catch (IOException | UncheckedIOException e) {
        if (!(e instanceof NoSuchFileException) && !(e.getCause() instanceof NoSuchFileException)) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private List<Path> snapshots(String id) {
    return files(id, "snapshot\\.\\d+_\\d+");
  }

  private void awaitPurged(String id) {
    Await.until(
        "the log's beginning is gone and a snapshot is there",
        () -> files(id, "log_0-.*").isEmpty() && !snapshots(id).isEmpty());
  }

  @Test
  void aSingleMemberIsRestoredFromItsSnapshotAndTheLogBehindIt() throws Exception {
    cluster.start("a");
    commit(0, 450);
    awaitPurged("a");
    List<String> before = cluster.get("a").machine().commands();
    cluster.stop("a");
    Running again = cluster.open("a", new Start.Restart());
    assertThat(again.machine().restores()).isEqualTo(1);
    Await.until("it leads", again::ready);
    assertThat(again.machine().commands()).isEqualTo(before).hasSize(450);
  }

  @Test
  void onlyAFewSnapshotsAndLittleOfTheLogAreKept() throws Exception {
    cluster.start("a");
    commit(0, 1500);
    Await.until("two snapshots are kept", () -> snapshots("a").size() <= 2);
    awaitPurged("a");
    Await.until("most of the log is gone", () -> files("a", "log_.*").size() < 20);
  }

  @Test
  void whatIsKeptMayChangeWhileTheLogIsOpen() throws Exception {
    Running only = cluster.start("a").get("a");
    only.log().keepSnapshots(new SnapshotPolicy(1_000_000, 64 * 1024 * 1024, 10, 3));
    commit(0, 300);
    assertThat(snapshots("a")).isEmpty();

    only.log().keepSnapshots(new SnapshotPolicy(20, 64 * 1024 * 1024, 10, 3));
    int next = 300;
    for (int number = 1; number <= 4; number++) {
      int count = number;
      for (; snapshots("a").size() < count && next < 2_000; next++) {
        commit(next, next + 1);
      }
    }
    Await.until("the newest and three old ones are there", () -> snapshots("a").size() == 4);

    only.log().keepSnapshots(new SnapshotPolicy(20, 64 * 1024 * 1024, 10, 0));
    commit(next, next + 50);
    Await.until("the newest alone is there", () -> snapshots("a").size() == 1);
  }

  /// The newest may be replaced while it is sent.
  @Test
  void aFollowerGetsASnapshotThoughNewerOnesReplaceIt() throws Exception {
    cluster.close();
    cluster =
        new Cluster(
            root, new Limits(64 * 1024, 256, 32 * 1024, new SnapshotPolicy(5, 1 << 20, 2, 0)));
    cluster.start("a", "b", "c");
    String away = cluster.others(cluster.leader()).getFirst().self().id();
    cluster.stop(away);
    commit(0, 400);
    Running back = cluster.open(away, new Start.Restart());
    commit(400, 800);
    cluster.awaitEqual();
    assertThat(back.machine().size()).isEqualTo(800);
    assertThat(snapshots(cluster.leader().self().id())).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aFollowerThatIsFarBehindGetsTheSnapshot() throws Exception {
    cluster.start("a", "b", "c");
    commit(0, 5);
    String away = cluster.others(cluster.leader()).get(0).self().id();
    cluster.stop(away);
    commit(5, 400);
    awaitPurged(cluster.leader().self().id());
    Running back = cluster.open(away, new Start.Restart());
    cluster.awaitEqual();
    assertThat(back.machine().restores()).isPositive();
    assertThat(back.machine().size()).isEqualTo(400);
    commit(400, 410);
    cluster.awaitEqual();
    // What it was sent is as good as its own: it starts from it.
    cluster.stop(away);
    Running again = cluster.open(away, new Start.Restart());
    cluster.awaitEqual();
    assertThat(again.machine().size()).isEqualTo(410);
  }

  @Test
  void aNewMemberGetsTheSnapshotAndMayLead() throws Exception {
    cluster.start("a");
    commit(0, 400);
    awaitPurged("a");
    Running b = cluster.join("b");
    cluster.join("c");
    cluster.awaitEqual();
    assertThat(b.machine().restores()).isPositive();
    Await.value(cluster.leader().log().transferLeadership("b"));
    Await.until("it leads", b::ready);
    commit(400, 405);
    cluster.awaitEqual();
    assertThat(b.machine().size()).isEqualTo(405);
  }

  @Test
  void nothingOnTheDiskIsReadable() throws Exception {
    cluster.start("a");
    commit(0, 450);
    awaitPurged("a");
    cluster.stop("a");
    byte[] needle = "command-".getBytes(StandardCharsets.UTF_8);
    for (Path path : files("a", ".*")) {
      if (Files.isRegularFile(path)) {
        assertThat(indexOf(Files.readAllBytes(path), needle)).as(path.toString()).isNegative();
      }
    }
  }

  private static int indexOf(byte[] bytes, byte[] needle) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .indexOf(new String(needle, StandardCharsets.ISO_8859_1));
  }

  @Test
  void aDamagedSnapshotIsNotStartedFrom() throws Exception {
    cluster.start("a");
    commit(0, 450);
    awaitPurged("a");
    cluster.stop("a");
    for (Path snapshot : snapshots("a")) {
      byte[] bytes = Files.readAllBytes(snapshot);
      bytes[bytes.length / 2] ^= 1;
      Files.write(snapshot, bytes);
    }
    assertThatThrownBy(() -> cluster.open("a", new Start.Restart()))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("snapshot.1_")
        .hasMessageContaining("is damaged");
  }
}
