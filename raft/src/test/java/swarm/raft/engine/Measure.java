package swarm.raft.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.Start;

/// The figures in `DESIGN.md`: no test, run by hand. Arguments: election timeouts in ms, threads
/// that burn CPU meanwhile, rounds.
public final class Measure {
  private Measure() {}

  public static void main(String[] args) throws Exception {
    int min = Integer.parseInt(args[0]);
    int max = Integer.parseInt(args[1]);
    int burners = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    Timing timing =
        new Timing(
            Duration.ofMillis(min),
            Duration.ofMillis(max),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1));
    System.out.printf(Locale.ROOT, "election %d-%d ms, %d burning threads%n", min, max, burners);
    AtomicBoolean burning = burn(burners);
    start(timing);
    steady(timing, rounds);
    failover(timing, rounds);
    burning.set(false);
  }

  private static AtomicBoolean burn(int threads) {
    AtomicBoolean burning = new AtomicBoolean(true);
    for (int i = 0; i < threads; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                while (burning.get()) {
                  Thread.onSpinWait();
                }
              });
    }
    return burning;
  }

  private static void start(Timing timing) throws Exception {
    List<Double> ready = new ArrayList<>();
    List<Double> joined = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path root = Files.createTempDirectory("raft-measure");
      try (Cluster cluster = new Cluster(root, Limits.defaults(), timing)) {
        long begin = System.nanoTime();
        Running first = cluster.open("a", new Start.Bootstrap());
        Await.until("ready", first::ready);
        ready.add(ms(begin));
        for (String id : List.of("b", "c")) {
          begin = System.nanoTime();
          cluster.join(id);
          joined.add(ms(begin));
        }
      }
      delete(root);
    }
    print("bootstrap to ready", ready);
    print("join to voter", joined);
  }

  private static void steady(Timing timing, int rounds) throws Exception {
    Path root = Files.createTempDirectory("raft-measure");
    try (Cluster cluster = new Cluster(root, Limits.defaults(), timing).start("a", "b", "c")) {
      Running leader = cluster.leader();
      long term = leader.log().leadership().term();
      for (int outstanding : new int[] {1, 32, 256}) {
        load(leader, outstanding, Duration.ofSeconds(rounds / 3 + 1));
      }
      barriers(leader, "leader");
      barriers(cluster.others(leader).get(0), "follower");
      long now = cluster.leader().log().leadership().term();
      System.out.printf(Locale.ROOT, "elections during the load: %d%n", now - term);
    }
    delete(root);
  }

  private static void load(Running leader, int outstanding, Duration time) throws Exception {
    Semaphore permits = new Semaphore(outstanding);
    List<Double> latencies = Collections.synchronizedList(new ArrayList<>());
    long begin = System.nanoTime();
    byte[] command = "v".repeat(256).getBytes(StandardCharsets.UTF_8);
    int failed = 0;
    while (System.nanoTime() - begin < time.toNanos()) {
      permits.acquire();
      long sent = System.nanoTime();
      CompletableFuture<ProposeResult> result = leader.log().propose(command);
      var _ =
          result.whenComplete(
              (r, _) -> {
                if (r instanceof ProposeResult.Committed) {
                  latencies.add(ms(sent));
                }
                permits.release();
              });
      if (result.isDone() && !(result.get() instanceof ProposeResult.Committed)) {
        failed++;
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
    permits.acquire(outstanding);
    System.out.printf(
        Locale.ROOT,
        "%d outstanding: %.0f/s, %d refused%n",
        outstanding,
        latencies.size() * 1000 / ms(begin),
        failed);
    print("  latency", latencies);
  }

  private static void barriers(Running member, String role) throws Exception {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long begin = System.nanoTime();
      member.barrier();
      times.add(ms(begin));
    }
    print("barrier on the " + role, times);
  }

  /// From cutting off the leader until the others have committed a write.
  private static void failover(Timing timing, int rounds) throws Exception {
    Path root = Files.createTempDirectory("raft-measure");
    List<Double> times = new ArrayList<>();
    try (Cluster cluster = new Cluster(root, Limits.defaults(), timing).start("a", "b", "c")) {
      for (int i = 0; i < rounds; i++) {
        cluster.commit("before " + i);
        Running old = cluster.leader();
        long begin = System.nanoTime();
        cluster.wires().isolate(old.self().address());
        @Nullable ProposeResult result = null;
        while (!(result instanceof ProposeResult.Committed)) {
          result = cluster.leaderAmong(cluster.others(old)).propose("after " + i);
        }
        times.add(ms(begin));
        cluster.wires().heal();
        cluster.awaitEqual();
      }
    }
    print("leader lost to write accepted", times);
    delete(root);
  }

  private static double ms(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  private static void print(String what, List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    if (sorted.isEmpty()) {
      System.out.println(what + ": none");
      return;
    }
    int n = sorted.size();
    System.out.printf(
        Locale.ROOT,
        "%s: median %.1f, p99 %.1f, worst %.1f ms (%d)%n",
        what,
        sorted.get(n / 2),
        sorted.get(n * 99 / 100),
        sorted.get(n - 1),
        n);
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
