package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// How long a write waits while the leader writes a snapshot. A snapshot is due when as much was
/// written as the state is large, so one service is updated with large labels until it begins.
final class SnapshotPause {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final int LABEL_CHARACTERS = 256 * 1024;
  private static final String BALLAST = "ballast";

  private final TestCluster cluster;
  private final int leader;
  private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable IOException failure;

  /// @param from as the process's nanosecond clock has it
  private record Write(long from, long to) {
    boolean during(long begin, long end) {
      return from < end && to > begin;
    }
  }

  /// What one snapshot did.
  ///
  /// @param millis it took
  /// @param worst the longest write that it fell into, in milliseconds
  /// @param usual the longest of those in as much time after it
  record Result(long millis, long worst, long usual) {
    @Override
    public String toString() {
      return worst
          + " ms at most for a write while a snapshot took "
          + millis
          + " ms, "
          + usual
          + " ms in as much time after it";
    }
  }

  /// @param leader the host whose manager leads
  SnapshotPause(TestCluster cluster, int leader) {
    this.cluster = cluster;
    this.leader = leader;
  }

  Result measure() throws IOException, InterruptedException {
    String run = "pause-" + System.nanoTime() + "-";
    Thread writer = Thread.ofPlatform().start(() -> write(run));
    Result result;
    try {
      result = watched(snapshots());
    } finally {
      over.set(true);
      writer.join();
    }
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
    return result;
  }

  private Result watched(Path folder) throws IOException, InterruptedException {
    long begin = untilItBegins(folder);
    Wait.until("the snapshot is written", LIMIT, () -> !isWriting(folder));
    long end = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(end - begin);
    return new Result(
        TimeUnit.NANOSECONDS.toMillis(end - begin),
        longest(begin, end),
        longest(end, System.nanoTime()));
  }

  /// The folder of the log's state machine.
  private Path snapshots() throws IOException {
    try (Stream<Path> all = Files.walk(cluster.folder(leader).resolve("data/swarm"))) {
      return all.filter(path -> path.getFileName().toString().equals("sm"))
          .findFirst()
          .orElseThrow(() -> new IOException("host " + leader + " has no folder of snapshots"));
    }
  }

  private static boolean isWriting(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("writing."));
    }
  }

  private long untilItBegins(Path folder) throws IOException {
    var swarm = new Swarm(cluster.api(leader));
    String id = swarm.create(Swarm.service(BALLAST + System.nanoTime(), "web:1", 0));
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int number = 0; !isWriting(folder); number++) {
      if (System.nanoTime() > end) {
        throw new IOException("no snapshot within " + LIMIT);
      }
      JsonNode now = swarm.api().get("/services/" + id);
      ObjectNode spec = now.path("Spec").deepCopy();
      String text = Integer.toString(number % 10).repeat(LABEL_CHARACTERS);
      spec.withObject("/Labels").put(BALLAST, text);
      long version = now.at("/Version/Index").asLong();
      JsonNode _ = swarm.api().post("/services/" + id + "/update?version=" + version, spec);
    }
    return System.nanoTime();
  }

  private void write(String run) {
    var swarm = new Swarm(cluster.api(leader));
    for (int number = 0; !over.get(); number++) {
      long from = System.nanoTime();
      try {
        String _ = swarm.create(Swarm.service(run + number, "web:1", 0));
      } catch (IOException e) {
        failure = e;
        return;
      }
      writes.add(new Write(from, System.nanoTime()));
    }
  }

  private long longest(long begin, long end) {
    return writes.stream()
        .filter(write -> write.during(begin, end))
        .mapToLong(write -> TimeUnit.NANOSECONDS.toMillis(write.to() - write.from()))
        .max()
        .orElse(0);
  }
}
