package swarm.chaos.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// How soon a cluster accepts writes again that lost its leader, and whether it keeps what it
/// acknowledged when all of its managers are killed at once.
public final class Failover {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PREFIX = "bef";
  private static final int WRITERS = 4;
  private static final long SLOW_LOSS_MILLIS = 100;
  private static final int WRITING_MILLIS = 1_500;

  /// What happens to the leader.
  public enum Loss {
    KILL,
    CUT,
    PAUSE
  }

  private final TestCluster cluster;
  private final int managers;

  /// @param cluster all of whose hosts are managers of one swarm
  public Failover(TestCluster cluster) {
    this(cluster, cluster.size());
  }

  /// @param managers so many of the first hosts are a swarm of managers, the others in none
  public Failover(TestCluster cluster, int managers) {
    this.cluster = cluster;
    this.managers = managers;
  }

  /// How a cluster went on without its leader.
  ///
  /// @param millis from before the loss to the next write that another manager accepted
  /// @param losing how many of them went by until the leader was lost: what the kernel takes to
  ///   shut a network interface, or to end a process, is none of the cluster's doing
  /// @param note what became of this machine's processors meanwhile; empty where they were ours
  public record Takeover(long millis, long losing, String note) {
    @Override
    public String toString() {
      String slow = losing >= SLOW_LOSS_MILLIS ? " (" + losing + " ms until it was lost)" : "";
      return millis + " ms" + slow + note;
    }
  }

  /// Takes the leader away, and brings it back.
  public Takeover lose(Loss how) throws IOException, InterruptedException {
    int leader = awaitLeader();
    int witness = leader % managers + 1;
    var swarm = new Swarm(cluster.api(witness));
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(System.nanoTime() % 200));
    ProcessorTime before = ProcessorTime.now();
    long start = System.nanoTime();
    List<Long> pid = List.of(cluster.pid(leader));
    switch (how) {
      case KILL -> cluster.kill(leader);
      case CUT -> cluster.cut(leader);
      case PAUSE -> Weather.signal("STOP", pid);
    }
    long losing = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    String name = "after-" + start;
    Wait.until("a write is accepted", LIMIT, () -> accepted(swarm, name));
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    String note = ProcessorTime.now().note(before);
    switch (how) {
      case KILL -> cluster.start(leader);
      case CUT -> cluster.mend(leader);
      case PAUSE -> Weather.signal("CONT", pid);
    }
    swarm.remove(name);
    return new Takeover(took, losing, note);
  }

  /// A write may have been kept although its answer was lost with the leader.
  private static boolean accepted(Swarm swarm, String name) {
    try {
      return !swarm.create(Swarm.service(name, "web:1", 0)).isEmpty();
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("conflicts with an existing object");
    }
  }

  private int awaitLeader() throws IOException, InterruptedException {
    Wait.until(
        "every manager follows one leader",
        LIMIT,
        () -> {
          int leader = 0;
          for (int host = 1; host <= managers; host++) {
            int seen = leaderSeenBy(host);
            if (seen == 0 || (leader != 0 && seen != leader)) {
              return false;
            }
            leader = seen;
          }
          return true;
        });
    return leaderSeenBy(1);
  }

  /// 0 where there is none. A manager that answers follows the leader, whatever is thought of its
  /// node: one that was cut off again and again is held back for a while.
  private int leaderSeenBy(int host) {
    try {
      int leader = 0;
      String name = new Swarm(cluster.api(host)).leader().map(Swarm.NodeView::hostname).orElse("");
      for (int other = 1; other <= managers; other++) {
        if (cluster.hostname(other).equals(name)) {
          leader = other;
        }
      }
      return leader;
    } catch (IOException _) {
      return 0;
    }
  }

  /// What became of the writes around a moment at which every manager was killed.
  ///
  /// @param lost acknowledged, and not there afterwards
  /// @param diverging managers whose services are others than the first one's
  public record Crash(int acknowledged, List<String> lost, List<Integer> diverging) {}

  /// Kills all managers in the middle of writing, starts them, and looks.
  public Crash killAll() throws IOException, InterruptedException {
    int _ = awaitLeader();
    Set<String> acknowledged = new ConcurrentSkipListSet<>();
    var writing = new AtomicBoolean(true);
    var number = new AtomicLong();
    String run = "crash-" + System.nanoTime() + "-";
    var writers = new ArrayList<Thread>();
    for (int writer = 0; writer < WRITERS; writer++) {
      var swarm = new Swarm(cluster.api(writer % managers + 1));
      writers.add(Thread.ofVirtual().start(() -> write(swarm, run, number, writing, acknowledged)));
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WRITING_MILLIS));
    var pids = new ArrayList<Long>();
    for (int host = 1; host <= managers; host++) {
      pids.add(cluster.pid(host));
    }
    Weather.signal("KILL", pids);
    writing.set(false);
    for (Thread writer : writers) {
      writer.join();
    }
    for (int host = 1; host <= managers; host++) {
      int gone = host;
      Wait.until("the daemon of host " + gone + " has ended", LIMIT, () -> cluster.pid(gone) == 0);
      cluster.start(host);
    }
    int _ = awaitLeader();
    Map<String, String> first = services(1);
    var diverging = new ArrayList<Integer>();
    for (int host = 2; host <= managers; host++) {
      if (!services(host).equals(first)) {
        diverging.add(host);
      }
    }
    List<String> lost = acknowledged.stream().filter(name -> !first.containsKey(name)).toList();
    var swarm = new Swarm(cluster.api(1));
    for (String name : first.keySet()) {
      if (name.startsWith(run)) {
        swarm.remove(name);
      }
    }
    return new Crash(acknowledged.size(), lost, diverging);
  }

  private static void write(
      Swarm swarm, String run, AtomicLong number, AtomicBoolean writing, Set<String> acknowledged) {
    while (writing.get()) {
      String name = run + number.incrementAndGet();
      try {
        String _ = swarm.create(Swarm.service(name, "web:1", 0));
        acknowledged.add(name);
      } catch (IOException _) {
        // not acknowledged: whether it was kept is nobody's to say
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  /// Every service that a run of crashes left, as a manager has it, by name.
  private Map<String, String> services(int host) throws IOException {
    var all = new TreeMap<String, String>();
    String filter = URLEncoder.encode("{\"name\":{\"crash-\":true}}", StandardCharsets.UTF_8);
    cluster
        .api(host)
        .get("/services?filters=" + filter)
        .forEach(service -> all.put(service.at("/Spec/Name").asText(), service.toString()));
    return all;
  }

  /// `./dev bench failover`. What a broken run has measured already is in the file of results: the
  /// next one goes on after it.
  ///
  /// @param args a folder for the cluster, which is emptied; the `swarm` program; a file that
  ///   results are appended to; the number of managers; tries of each loss; crashes of all; how
  ///   many tasks the state has meanwhile, and then what as many snapshots cost a writer
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    int hosts = Integer.parseInt(args[3]);
    int tries = Integer.parseInt(args[4]);
    int crashes = Integer.parseInt(args[5]);
    int tasks = Integer.parseInt(args[6]);
    TestCluster.clear(dir, PREFIX);
    TestCluster cluster = TestCluster.up(dir, PREFIX, hosts, Path.of(args[1]), List.of());
    try {
      cluster.form(hosts);
      Filling.fill(cluster, tasks);
      var results = new ResultFile(Path.of(args[2]), hosts);
      var failover = new Failover(cluster);
      String with = tasks == 0 ? "" : " with " + tasks + " tasks";
      for (Loss loss : Loss.values()) {
        String kind = "leader " + loss.name().toLowerCase(Locale.ROOT) + with;
        for (int done = results.lines(kind).size(); done < tries; done++) {
          Takeover took = failover.lose(loss);
          results.append(kind, took.toString());
        }
        System.out.println(results.worst(kind));
      }
      for (int done = results.lines("crash" + with).size(); done < crashes; done++) {
        Crash crash = failover.killAll();
        results.append(
            "crash" + with,
            crash.acknowledged()
                + " writes acknowledged, "
                + crash.lost().size()
                + " lost "
                + crash.lost()
                + ", diverging "
                + crash.diverging());
      }
      results.lines("crash" + with).forEach(System.out::println);
      if (tasks > 0) { // a small state is written in a few milliseconds
        for (int done = results.lines("snapshot" + with).size(); done < tries; done++) {
          var pause = new SnapshotPause(cluster, failover.awaitLeader());
          results.append("snapshot" + with, pause.measure().toString());
        }
        results.lines("snapshot" + with).forEach(System.out::println);
      }
    } finally {
      cluster.down();
    }
  }
}
