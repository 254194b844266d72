package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.LiveSeal;

/// The key changes while the log is open: first all members can open what it seals, then they seal
/// with it.
class KeyChangeTest {
  private static final String PADDING = "p".repeat(500);
  private static final Limits SMALL =
      new Limits(64 * 1024, 256, 32 * 1024, new SnapshotPolicy(100, 1024 * 1024, 10, 1));
  private static final byte[] OLD = new byte[32];
  private static final byte[] NEW = filled();

  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));
  private final Map<String, LiveSeal> seals = new TreeMap<>();

  private static byte[] filled() {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 7);
    return key;
  }

  private static AesGcmSeal both(int sealing) {
    return AesGcmSeal.of(sealing, Map.of(0, OLD, 1, NEW));
  }

  @BeforeEach
  void start() throws Exception {
    cluster = new Cluster(root, SMALL);
    open("a", new Start.Bootstrap(), AesGcmSeal.of(OLD));
    Await.until("the first leads", cluster.get("a")::ready);
    join("b", AesGcmSeal.of(OLD));
    join("c", AesGcmSeal.of(OLD));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Running open(String id, Start how, AesGcmSeal keys) throws IOException {
    var seal = new LiveSeal(keys);
    seals.put(id, seal);
    return cluster.open(Cluster.member(id), how, seal);
  }

  private Running join(String id, AesGcmSeal keys) throws Exception {
    Running joining = open(id, new Start.Join(), keys);
    assertThat(Await.value(cluster.leader().log().addMember(joining.self())))
        .isInstanceOf(MembershipResult.Changed.class);
    return joining;
  }

  private void commit(int from, int to) {
    for (int i = from; i < to; i++) {
      cluster.commit("command-" + i + PADDING);
    }
  }

  private void change() {
    seals.values().forEach(seal -> seal.replace(both(0)));
    seals.values().forEach(seal -> seal.replace(both(1)));
  }

  private List<Path> files(String id, String pattern) throws IOException {
    try (Stream<Path> walk = Files.walk(cluster.directory(id))) {
      return walk.filter(path -> path.getFileName().toString().matches(pattern)).toList();
    }
  }

  @Test
  void membersAreRestartedWithEntriesOfBothKeysWhileItChangedUnderWrites() throws Exception {
    var over = new AtomicBoolean();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; !over.get(); i++) {
                    cluster.commit("beside-" + i);
                  }
                });
    commit(0, 20);
    change();
    commit(20, 40);
    over.set(true);
    writer.join();
    cluster.awaitEqual();
    List<String> before = cluster.leader().machine().commands();
    for (String id : List.of("a", "b", "c")) {
      cluster.stop(id);
    }
    for (String id : List.of("a", "b", "c")) {
      open(id, new Start.Restart(), both(1));
    }
    cluster.awaitEqual();
    assertThat(cluster.leader().machine().commands()).isEqualTo(before);
    commit(40, 45);
    cluster.awaitEqual();
  }

  @Test
  void whoIsFarBehindAndWhoIsNewOpenASnapshotOfTheNewKey() throws Exception {
    commit(0, 5);
    cluster.awaitEqual();
    String away = cluster.others(cluster.leader()).getFirst().self().id();
    cluster.stop(away);
    seals.remove(away);
    change();
    commit(5, 400);
    String leader = cluster.leader().self().id();
    Await.until(
        "the log's beginning is gone",
        () -> {
          try {
            return files(leader, "log_0-.*").isEmpty()
                && !files(leader, "snapshot\\.\\d+_\\d+").isEmpty();
          } catch (IOException | java.io.UncheckedIOException _) {
            return false; // files come and go
          }
        });
    Running back = open(away, new Start.Restart(), both(0)); // it was told before it went
    cluster.awaitEqual();
    assertThat(back.machine().restores()).isPositive();
    Running fresh = join("d", both(1));
    cluster.awaitEqual();
    assertThat(fresh.machine().restores()).isPositive();
    assertThat(fresh.machine().size()).isEqualTo(400);
    for (String id : new ArrayList<>(seals.keySet())) {
      assertThat(cluster.get(id).fatal()).as(id).isNotDone();
    }
  }

  /// Why nobody may seal with a key before all have it.
  @Test
  void whoDoesNotHaveTheKeyStopsAndSaysWhichItLacks() throws Exception {
    commit(0, 5);
    cluster.awaitEqual();
    String without = cluster.others(cluster.leader()).getFirst().self().id();
    seals.forEach(
        (id, seal) -> {
          if (!id.equals(without)) {
            seal.replace(both(1));
          }
        });
    commit(5, 6);
    Await.until("it stops", () -> cluster.get(without).fatal().isDone());
    assertThat(cluster.get(without).fatal().get()).hasStackTraceContaining("Sealed with key 1");
    cluster.stop(without);
    assertThatThrownBy(
            () ->
                NewLog.replay(
                    cluster.directory(without), "test", new ListMachine(), AesGcmSeal.of(OLD)))
        .hasMessageContaining("Sealed with key 1");
    var _ = open(without, new Start.Restart(), both(0)); // with the key, it is as the others
    cluster.awaitEqual();
  }
}
