package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import swarm.chaos.bench.NetworkRows.Row;
import swarm.chaos.client.HttpCall;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;
import swarm.linux.NetworkNamespaces;

/// How soon after a service's only task runs its virtual address answers a caller on each host.
final class NewTasks {
  private static final String NETWORK = "front";
  private static final int PORT = 80;
  private static final Duration ANSWER = Duration.ofMillis(500);
  private static final long BETWEEN_NANOS = 5_000_000;

  private final NetworkSide side;
  private final InetSocketAddress virtual;
  private final List<Path> callers;

  private NewTasks(NetworkSide side, InetSocketAddress virtual, List<Path> callers) {
    this.side = side;
    this.virtual = virtual;
    this.callers = callers;
  }

  static NewTasks prepare(NetworkSide side) throws IOException, InterruptedException {
    side.network(NETWORK, "");
    ObjectNode caller = NetworkSide.everywhere(NetworkSide.idle("caller", 1));
    var callers = new ArrayList<Path>();
    for (Swarm.TaskView task : side.run(NetworkSide.on(caller, NETWORK), side.hosts())) {
      callers.add(NetworkSide.netns(task));
    }
    side.run(NetworkSide.on(Swarm.service("web", "web:1", 0), NETWORK), 0);
    String address = side.virtual("web", NETWORK);
    return new NewTasks(
        side, new InetSocketAddress(InetAddress.ofLiteral(address), PORT), List.copyOf(callers));
  }

  void measure(NetworkRows rows) throws IOException, InterruptedException {
    Wait.until(
        "nobody answers",
        NetworkSide.LIMIT,
        () -> {
          for (Path each : callers) {
            if (answers(each)) {
              return false;
            }
          }
          return true;
        });
    var answered = new ArrayList<Instant>();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = new ArrayList<Future<Instant>>();
      for (Path each : callers) {
        waiting.add(pool.submit(() -> NetworkNamespaces.call(each, this::firstAnswer)));
      }
      side.swarm().scale("web", 1);
      for (Future<Instant> each : waiting) {
        answered.add(each.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a caller got no answer: " + e.getCause(), e);
    }
    Instant ran = ran(side.await("web", 1).getFirst());
    List<Long> millis =
        answered.stream().map(at -> Math.max(0, Duration.between(ran, at).toMillis())).toList();
    long worst = millis.stream().mapToLong(Long::longValue).max().orElse(0);
    rows.add(
        Row.NEW_TASK,
        (double) worst,
        "worst of " + millis.stream().map(Object::toString).collect(Collectors.joining(" ")));
    side.swarm().scale("web", 0);
    side.await("web", 0);
  }

  private boolean answers(Path netns) throws IOException {
    return NetworkNamespaces.call(netns, this::call);
  }

  private boolean call() {
    try {
      return HttpCall.send(virtual, "GET", "/", "text/plain", new byte[0], ANSWER).status() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /// Calls again and again.
  private Instant firstAnswer() throws IOException {
    long deadline = System.nanoTime() + NetworkSide.LIMIT.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (call()) {
        return Instant.now();
      }
      LockSupport.parkNanos(BETWEEN_NANOS);
    }
    throw new IOException("no answer from " + virtual + " within " + NetworkSide.LIMIT);
  }

  /// When its host saw that it runs.
  private Instant ran(Swarm.TaskView task) throws IOException {
    JsonNode status = side.api().apply(1).get("/tasks/" + task.id()).path("Status");
    return Instant.parse(status.path("Timestamp").asText());
  }
}
