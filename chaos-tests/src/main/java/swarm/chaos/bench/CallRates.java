package swarm.chaos.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import swarm.chaos.bench.NetworkRows.Row;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.linux.NetworkNamespaces;

/// What virtual addresses and published ports cost, on three hosts of which the last has the
/// service's task; and calls from one address through all of them at once.
final class CallRates {
  private static final String NETWORK = "front";
  private static final int CALLER_HOST = 1;
  private static final int TASK_HOST = 2;
  private static final int MEMBERS = 3;
  private static final int GUEST = MEMBERS + 1; // has no task
  private static final int MESH_PORT = 8080;
  private static final int HOST_PORT = 8081;
  private static final int EVERYWHERE_PORT = 8082;
  private static final int PING_PORT = 7000;
  private static final String SOCKSTAT = "/proc/self/net/sockstat";
  private static final int PING_TURNS = 20;
  private static final int PING_PAIRS = 10;

  private final TestCluster cluster;
  private final NetworkSide side;
  private final Path server;
  private final Path caller;
  private final String virtual;
  private final String direct;

  private CallRates(TestCluster cluster, NetworkSide side) throws IOException {
    this.cluster = cluster;
    this.side = side;
    Swarm.TaskView task = side.taskOn("web", TASK_HOST);
    server = NetworkSide.netns(task);
    caller = NetworkSide.netns(side.taskOn("caller", CALLER_HOST));
    virtual = side.virtual("web", NETWORK);
    direct = side.address(task.id(), NETWORK);
  }

  /// One web server that is published both ways, a caller on its network, and one web server on
  /// each host.
  static CallRates prepare(TestCluster cluster, NetworkSide side)
      throws IOException, InterruptedException {
    side.network(NETWORK, "");
    ObjectNode web = side.at(NetworkSide.on(Swarm.service("web", "web:1", 1), NETWORK), TASK_HOST);
    publish(web, MESH_PORT, "ingress");
    publish(web, HOST_PORT, "host");
    side.run(web, 1);
    side.run(side.at(NetworkSide.on(NetworkSide.idle("caller", 1), NETWORK), CALLER_HOST), 1);
    ObjectNode all = NetworkSide.everywhere(Swarm.service("all", "web:1", 1));
    side.run(side.notAt(Swarm.published(all, EVERYWHERE_PORT, 80), GUEST), MEMBERS);
    for (int host = 1; host <= MEMBERS; host++) {
      for (int port : List.of(MESH_PORT, EVERYWHERE_PORT)) {
        int at = host;
        Wait.until(
            "port " + port + " of host " + host + " answers",
            NetworkSide.LIMIT,
            () -> cluster.fetch(at, port, "/").status() == 200);
      }
    }
    return new CallRates(cluster, side);
  }

  private static void publish(ObjectNode spec, int port, String mode) {
    spec.withObject("/EndpointSpec")
        .withArray("Ports")
        .addObject()
        .put("Protocol", "tcp")
        .put("PublishedPort", port)
        .put("TargetPort", 80)
        .put("PublishMode", mode);
  }

  void virtualThroughput(int seconds, NetworkRows rows) throws IOException, InterruptedException {
    double[] both =
        Iperf.inTurns(
            List.of(
                new Iperf.Flow(Iperf.in(server), Iperf.in(caller), direct),
                new Iperf.Flow(Iperf.in(server), Iperf.in(caller), virtual)),
            seconds);
    double straight = both[0];
    double led = both[1];
    rows.add(
        Row.VIRTUAL_THROUGHPUT,
        led / straight,
        String.format(Locale.ROOT, "%.2f to %.2f Gbit/s", led, straight));
  }

  void virtualLatency(NetworkRows rows) throws IOException {
    try (PingPong pong = PingPong.listen(server, PING_PORT)) {
      var pairs = new ArrayList<PingPong.Pair>();
      while (pairs.size() < PING_PAIRS) {
        Socket straight = NetworkNamespaces.call(caller, () -> pong.connect(direct, PING_PORT));
        Socket led = NetworkNamespaces.call(caller, () -> pong.connect(virtual, PING_PORT));
        pairs.add(new PingPong.Pair(straight, led));
      }
      double[] medians = PingPong.medians(pairs, PING_TURNS);
      rows.add(
          Row.VIRTUAL_LATENCY,
          medians[1] - medians[0],
          String.format(Locale.ROOT, "%.1f to %.1f us", medians[1], medians[0]));
    }
  }

  /// New connections a second: to the host's own port, through the mesh there, and elsewhere.
  void ports(int seconds, NetworkRows rows) throws IOException, InterruptedException {
    Wrk host = wrk(TASK_HOST, HOST_PORT, seconds);
    for (Row row : List.of(Row.PORT_AT_TASK, Row.PORT_ELSEWHERE)) {
      Wrk mesh = wrk(row == Row.PORT_AT_TASK ? TASK_HOST : CALLER_HOST, MESH_PORT, seconds);
      rows.add(
          row,
          mesh.perSecond() / host.perSecond(),
          String.format(
              Locale.ROOT,
              "%.0f to %.0f /s%s",
              mesh.perSecond(),
              host.perSecond(),
              mesh.note() + host.note()));
    }
  }

  private Wrk wrk(int host, int port, int seconds) throws IOException, InterruptedException {
    return Wrk.run(cluster.neighbour(Wrk.command(TestCluster.address(host), port, seconds)));
  }

  /// Calls through all hosts at once; each second's connections are counted where they are
  /// accepted.
  void allHosts(int seconds, NetworkRows rows) throws IOException, InterruptedException {
    var tasks = new ArrayList<Long>();
    for (Swarm.TaskView task : side.swarm().running("all")) {
      tasks.add(task.pid());
    }
    var callers = new ArrayList<Process>();
    for (int host = 1; host <= MEMBERS; host++) {
      callers.add(
          cluster
              .neighbour(Wrk.command(TestCluster.address(host), EVERYWHERE_PORT, seconds))
              .redirectErrorStream(true)
              .start());
    }
    List<Long> counts = ConnectionCounts.everySecond(tasks, seconds);
    double rate = 0;
    long failed = 0;
    for (Process each : callers) {
      Wrk result = Wrk.end(each);
      rate += result.perSecond();
      failed += result.failed();
    }
    rows.add(
        Row.ALL_HOSTS,
        ConnectionCounts.farthestPercent(counts),
        String.format(
            Locale.ROOT,
            "%.0f /s, %d went wrong; seconds %s; %s",
            rate,
            failed,
            counts,
            tables(tasks)));
  }

  /// How full the tables are that each connection leaves an entry in.
  private String tables(List<Long> tasks) throws IOException, InterruptedException {
    var text = new StringBuilder("caller's TIME_WAIT ");
    text.append(ConnectionCounts.timeWait(said(cluster.neighbour(List.of("cat", SOCKSTAT)))));
    text.append(", tasks' ");
    for (long pid : tasks) {
      text.append(
              ConnectionCounts.timeWait(
                  Files.readString(Path.of("/proc/" + pid + "/net/sockstat"))))
          .append(' ');
    }
    text.append("and rejected by TIME_WAIT ");
    for (long pid : tasks) {
      text.append(
              ConnectionCounts.counter(
                  Files.readString(Path.of("/proc/" + pid + "/net/netstat")),
                  "TcpExt",
                  "PAWSActive",
                  "PAWSEstab",
                  "PAWSTimewait",
                  "TSEcrRejected"))
          .append(' ');
    }
    text.append("tracked ");
    for (int host = 1; host <= MEMBERS; host++) {
      String folder = "/proc/sys/net/netfilter/nf_conntrack_";
      var read = cluster.on(host, "cat", folder + "count", folder + "max");
      text.append(said(read).strip().replaceAll("\\s+", " of ")).append(' ');
    }
    return text.toString().strip();
  }

  private static String said(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command.command()) + ": " + text);
    }
    return text;
  }

  /// One connection by the virtual address and one by a published port that say nothing for a long
  /// time.
  void idle(Duration silence, NetworkRows rows) throws IOException, InterruptedException {
    // the port leads to the web server's own port: a server of the same task answers in its place
    int port = EVERYWHERE_PORT + 1;
    ObjectNode spec = side.at(NetworkSide.on(NetworkSide.idle("quiet", 1), NETWORK), TASK_HOST);
    Swarm.TaskView task = side.run(Swarm.published(spec, port, PING_PORT), 1).getFirst();
    try (PingPong pong = PingPong.listen(NetworkSide.netns(task), PING_PORT)) {
      String address = side.virtual("quiet", NETWORK);
      Socket led = NetworkNamespaces.call(caller, () -> pong.connect(address, PING_PORT));
      Socket published =
          cluster.asNeighbour(() -> pong.connect(TestCluster.address(CALLER_HOST), port));
      for (Socket each : List.of(led, published)) {
        PingPong.ping(each);
      }
      Wait.pause(silence);
      int died = 0;
      for (Socket each : List.of(led, published)) {
        try {
          PingPong.ping(each);
        } catch (IOException _) {
          died++;
        }
      }
      rows.add(Row.IDLE, died, "after " + silence.toMinutes() + " min");
    }
    side.swarm().remove("quiet");
  }
}
