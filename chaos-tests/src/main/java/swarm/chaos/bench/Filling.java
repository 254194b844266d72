package swarm.chaos.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Makes a cluster's state large: services whose tasks no node can take, so that it is the managers
/// alone that are loaded.
final class Filling {
  private static final int WRITERS = 32;
  private static final int TASKS_EACH = 10;
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Pattern TASKS =
      Pattern.compile("^swarm_objects\\{kind=\"task\"} (\\d+)", Pattern.MULTILINE);

  private Filling() {}

  /// Returns once every manager has so many tasks in its state; at once where it has.
  ///
  /// @param tasks a multiple of [#TASKS_EACH]
  static void fill(TestCluster cluster, int tasks) throws IOException, InterruptedException {
    int services = (tasks - count(cluster, 1)) / TASKS_EACH;
    var next = new AtomicInteger();
    var failed = new ConcurrentLinkedQueue<IOException>();
    var writers = new ArrayList<Thread>();
    for (int writer = 0; writer < WRITERS; writer++) {
      var swarm = new Swarm(cluster.api(writer % cluster.size() + 1).within(LIMIT));
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = next.incrementAndGet();
                        n <= services && failed.isEmpty();
                        n = next.incrementAndGet()) {
                      create(swarm, n).ifPresent(failed::add);
                    }
                  }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    if (!failed.isEmpty()) {
      throw failed.peek();
    }
    for (int host = 1; host <= cluster.size(); host++) {
      int manager = host;
      Wait.until(
          "manager " + host + " has " + tasks + " tasks",
          LIMIT,
          () -> count(cluster, manager) >= tasks);
    }
  }

  /// A cluster that is being filled may refuse for a while.
  private static Optional<IOException> create(Swarm swarm, int number) {
    ObjectNode spec = Swarm.service("fill-" + number, "web:1", TASKS_EACH);
    spec.withObject("/TaskTemplate/Placement")
        .putArray("Constraints")
        .add("node.labels.none == such");
    IOException last = null;
    for (int attempt = 0; attempt < 10; attempt++) {
      try {
        String _ = swarm.create(spec);
        return Optional.empty();
      } catch (IOException e) {
        if (String.valueOf(e.getMessage()).contains("conflicts with an existing object")) {
          return Optional.empty();
        }
        last = e;
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      }
    }
    return Optional.ofNullable(last);
  }

  private static int count(TestCluster cluster, int manager) throws IOException {
    Matcher line = TASKS.matcher(cluster.api(manager).text("/metrics"));
    if (!line.find()) {
      throw new IOException("manager " + manager + " does not tell how many tasks it has");
    }
    return Integer.parseInt(line.group(1));
  }
}
