package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// How soon a lost host is noticed, and whether a healthy one is ever taken for lost.
public final class Liveness {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Longer than the longest that a node which comes and goes is held back.
  private static final Duration BACK = Duration.ofSeconds(200);

  private static final String PREFIX = "bel";
  private static final int PAUSE_MILLIS = 300;
  private static final int BETWEEN_PAUSES_MILLIS = 500;
  private static final int LOSS_PERCENT = 10;

  private final TestCluster cluster;
  private final int managers;
  private final SplittableRandom random;

  /// @param managers hosts 1 to this are managers, the others workers
  /// @param seed of which hosts are hit
  public Liveness(TestCluster cluster, int managers, long seed) {
    this.cluster = cluster;
    this.managers = managers;
    random = new SplittableRandom(seed);
  }

  /// Pulls the cable of one host after the other, chosen at random.
  public List<Cut> cuts(int tries) throws IOException, InterruptedException {
    var all = new ArrayList<Cut>();
    for (int i = 0; i < tries; i++) {
      all.add(cut());
    }
    return all;
  }

  /// @param millis from the cut to the first answer of another manager that has the node down
  /// @param leader whether it led
  public record Cut(long millis, boolean leader) {}

  private Cut cut() throws IOException, InterruptedException {
    int lost = 1 + random.nextInt(cluster.size());
    int witness = lost % managers + 1;
    var swarm = new Swarm(cluster.api(witness));
    awaitAllReady(swarm);
    boolean leads =
        swarm.leader().map(l -> l.hostname().equals(cluster.hostname(lost))).orElse(false);
    // at any moment between two probes
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
    long start = System.nanoTime();
    cluster.cut(lost);
    Wait.until("host " + lost + " is down", LIMIT, () -> down(swarm, cluster.hostname(lost)));
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    cluster.mend(lost);
    awaitAllReady(swarm);
    return new Cut(took, leads);
  }

  private void awaitAllReady(Swarm swarm) throws IOException, InterruptedException {
    Wait.until(
        "all nodes are ready",
        BACK,
        () ->
            swarm.nodes().stream().filter(Swarm.NodeView::ready).count() == cluster.size()
                && swarm.leader().isPresent());
  }

  private static boolean down(Swarm swarm, String hostname) throws IOException {
    return swarm.nodes().stream()
        .anyMatch(node -> node.hostname().equals(hostname) && node.state().equals("down"));
  }

  /// Pauses random daemons for 300 ms each, while every host loses a packet in ten.
  ///
  /// @return what was seen of nodes that were not ready all the time, which should be nothing
  public List<String> storm(Duration time) throws IOException, InterruptedException {
    awaitAllReady(new Swarm(cluster.api(1)));
    var seen = new ConcurrentLinkedQueue<String>();
    var watchers = new ArrayList<Thread>();
    long end = System.nanoTime() + time.toNanos();
    try {
      for (int host = 1; host <= cluster.size(); host++) {
        Weather.lose(cluster, host, LOSS_PERCENT);
      }
      for (int host = 1; host <= managers; host++) {
        int watched = host;
        watchers.add(Thread.ofVirtual().start(() -> watch(watched, end, seen)));
      }
      while (System.nanoTime() < end) {
        Weather.pause(cluster, 1 + random.nextInt(cluster.size()), PAUSE_MILLIS);
        TimeUnit.MILLISECONDS.sleep(BETWEEN_PAUSES_MILLIS);
      }
    } finally {
      for (int host = 1; host <= cluster.size(); host++) {
        Weather.lose(cluster, host, 0);
      }
      for (Thread watcher : watchers) {
        watcher.join();
      }
    }
    return List.copyOf(seen);
  }

  private void watch(int host, long end, ConcurrentLinkedQueue<String> seen) {
    var swarm = new Swarm(cluster.api(host));
    while (System.nanoTime() < end) {
      try {
        for (Swarm.NodeView node : swarm.nodes()) {
          if (!node.ready()) {
            seen.add(node.hostname() + " is " + node.state() + " as host " + host + " sees it");
          }
        }
      } catch (IOException _) {
        // an election is under way: this run is about what is said of nodes
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /// `./dev bench liveness`. What a broken run has measured already is in the file of results: the
  /// next one goes on after it.
  ///
  /// @param args a folder for the cluster, which is emptied; the `swarm` program; a file that
  ///   results are appended to; the number of hosts, all managers; tries; minutes of bad weather
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    int hosts = Integer.parseInt(args[3]);
    int tries = Integer.parseInt(args[4]);
    long minutes = Long.parseLong(args[5]);
    TestCluster.clear(dir, PREFIX);
    TestCluster cluster = TestCluster.up(dir, PREFIX, hosts, Path.of(args[1]), List.of());
    try {
      cluster.form(hosts);
      var file = new Results(Path.of(args[2]), hosts);
      for (int done = file.cuts().size(); done < tries; done++) {
        Cut cut = new Liveness(cluster, hosts, System.nanoTime()).cuts(1).getFirst();
        file.append(
            "cut " + hosts + " hosts: " + cut.millis() + (cut.leader() ? " ms, leader" : " ms"));
      }
      System.out.println(file.summary());
      for (long done = file.minutes(); done < minutes; done++) {
        List<String> seen =
            new Liveness(cluster, hosts, System.nanoTime()).storm(Duration.ofMinutes(1));
        file.append("storm " + hosts + " hosts: 1 min, " + seen.size() + " wrong " + seen);
      }
      System.out.println(file.summary());
    } finally {
      cluster.down();
    }
  }

  /// The file of results.
  private record Results(Path file, int hosts) {
    void append(String line) throws IOException {
      System.err.println(line);
      Files.writeString(
          file,
          line + "\n",
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
    }

    private List<String> lines(String kind) throws IOException {
      if (!Files.exists(file)) {
        return List.of();
      }
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(kind + " " + hosts + " hosts: "))
          .map(line -> line.substring(line.indexOf(": ") + 2))
          .toList();
    }

    List<Long> cuts() throws IOException {
      return lines("cut").stream()
          .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
          .sorted()
          .toList();
    }

    long minutes() throws IOException {
      return lines("storm").size();
    }

    String summary() throws IOException {
      List<Long> cuts = cuts();
      String text =
          cuts.isEmpty()
              ? "no cuts yet"
              : "host cut -> node down: median "
                  + cuts.get(cuts.size() / 2)
                  + " ms, worst "
                  + cuts.getLast()
                  + " ms of "
                  + cuts.size();
      long wrong = lines("storm").stream().filter(l -> !l.contains(", 0 wrong")).count();
      return text
          + "\npauses of 300 ms and 10 % loss: nodes wrongly seen as not ready in "
          + wrong
          + " of "
          + minutes()
          + " minutes";
    }
  }
}
