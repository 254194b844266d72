package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;

/// Members whose disks are small file systems in memory, filled to some point.
class FullDiskTest {
  private static final int MIB = 1024 * 1024;

  @TempDir Path root;
  private final List<Path> mounts = new ArrayList<>();
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() throws Exception {
    cluster =
        new Cluster(
            root, new Limits(100_000, 64, 256 * 1024, new SnapshotPolicy(5_000, 64 * MIB, 100, 0)));
    for (String id : List.of("a", "b", "c")) {
      mount(id);
    }
  }

  private void mount(String id) throws Exception {
    Path disk = Files.createDirectories(root.resolve(id));
    run("mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "raft-test-disk", disk.toString());
    mounts.add(disk);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), said).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    for (Path disk : mounts) {
      run("umount", "--lazy", disk.toString());
    }
  }

  /// 50 kB that compression makes little smaller.
  private static String noise(int seed) {
    return new Random(seed)
        .ints(50_000, '!', '~')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// Leaves so many bytes free.
  private void fill(String id, long left) throws IOException, InterruptedException {
    Path disk = root.resolve(id);
    long bytes = disk.toFile().getUsableSpace() - left;
    run("fallocate", "-l", Long.toString(bytes), disk.resolve("fill").toString());
  }

  private void empty(String id) throws IOException {
    Files.delete(root.resolve(id).resolve("fill"));
  }

  @Test
  void aFullLeaderHandsOverAndTakesPartAgainOnceThereIsRoom() throws Exception {
    cluster.start("a", "b", "c");
    cluster.commit("before");
    Running full = cluster.leader();
    String id = full.self().id();
    fill(id, MIB / 2); // less than a quarter of what must be left
    Await.until("it says that it is full", () -> full.log().impaired().isPresent());
    assertThat(full.log().impaired().orElseThrow()).contains("the disk of this manager is full");
    Await.until(
        "another leads",
        () -> !full.ready() && cluster.others(full).stream().anyMatch(Running::ready));
    Running next = cluster.leaderAmong(cluster.others(full));
    for (int i = 0; i < 20; i++) {
      assertThat(next.propose("during " + i)).isInstanceOf(ProposeResult.Committed.class);
    }
    assertThat(next.ready()).as("nobody disturbs the leader").isTrue();
    assertThat(full.machine().commands()).doesNotContain("during 19");
    empty(id);
    Await.until("it takes commands again", () -> full.log().impaired().isEmpty());
    cluster.awaitEqual();
    assertThat(full.machine().commands()).contains("before", "during 19");
  }

  /// Its users go on reading and writing through it.
  @Test
  void aFullFollowerTakesWhatOthersAgreeUponWhileItCan() throws Exception {
    cluster.start("a", "b", "c");
    Running leader = cluster.leader();
    Running full = cluster.others(leader).getFirst();
    fill(full.self().id(), 2 * MIB);
    Await.until("it says that it is full", () -> full.log().impaired().isPresent());
    assertThat(leader.propose("during")).isInstanceOf(ProposeResult.Committed.class);
    cluster.awaitEqual();
    assertThat(full.machine().commands()).contains("during");
    empty(full.self().id());
  }

  @Test
  void theOnlyMemberRefusesAndGoesOnOnceThereIsRoom() throws Exception {
    cluster.start("a");
    Running one = cluster.get("a");
    fill("a", MIB);
    Await.until("it says that it is full", () -> one.log().impaired().isPresent());
    assertThat(one.propose("refused")).isInstanceOf(ProposeResult.NotLeader.class);
    empty("a");
    Await.until("it takes commands again", () -> one.log().impaired().isEmpty());
    assertThat(one.propose("taken")).isInstanceOf(ProposeResult.Committed.class);
    assertThat(one.machine().commands()).containsExactly("taken");
  }

  /// Somebody else takes the last byte between two looks: the log meets the end of the disk in the
  /// middle of a write.
  @Test
  void theEndOfTheDiskInTheMiddleOfAWriteLosesNothing() throws Exception {
    cluster.start("a");
    Running one = cluster.get("a");
    List<String> acknowledged = new ArrayList<>();
    boolean ended = false;
    for (int i = 0; i < 200 && !ended; i++) {
      if (i == 20) {
        fill("a", 300_000); // it is looked at ten times a second, six writes take less
      }
      String command = i + noise(i);
      CompletableFuture<ProposeResult> result =
          one.log().propose(command.getBytes(StandardCharsets.UTF_8));
      if (result.get(30, TimeUnit.SECONDS) instanceof ProposeResult.Committed) {
        acknowledged.add(command);
      } else {
        ended = true;
      }
    }
    assertThat(ended).isTrue();
    cluster.stop("a");
    empty("a");
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    Await.until("it has seen the room", () -> again.log().impaired().isEmpty());
    assertThat(again.machine().commands()).containsAll(acknowledged);
    assertThat(again.propose("after")).isInstanceOf(ProposeResult.Committed.class);
  }
}
