package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import swarm.chaos.bench.NetworkRows.Row;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.DockerCluster;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.workload.HttpLoad;

/// `./dev bench network`: the rows of the network's goals that `./dev bench backends` has not. What
/// a broken run has measured already is in the file of results: the next one goes on after it.
public final class NetworkBench {
  private static final String OURS = "bno";
  private static final String THEIRS = "bnd";
  private static final int PAIR = 2;
  private static final int MEMBERS = 3;
  private static final int GUEST = MEMBERS + 1;
  private static final int MANY = 10;
  private static final int VISITS = 3;
  private static final int PORT = 8082;
  private static final int PER_SECOND = 100;
  private static final int CHANGES = 40;

  private final Path dir;
  private final Path program;
  private final NetworkRows rows;
  private final Extent extent;

  /// How much is measured.
  ///
  /// @param tries of each row
  /// @param seconds of one throughput or rate; calls through all hosts take six times as long
  /// @param idleMinutes that a connection says nothing; 0 leaves the row out
  /// @param services in the network where a change is weighed
  /// @param clients on one host there
  private record Extent(int tries, int seconds, int idleMinutes, int services, int clients) {}

  private NetworkBench(Path dir, Path program, NetworkRows rows, Extent extent) {
    this.dir = dir;
    this.program = program;
    this.rows = rows;
    this.extent = extent;
  }

  private interface Measuring {
    void on(TestCluster cluster, NetworkSide side) throws IOException, InterruptedException;
  }

  private interface Try {
    void measure() throws IOException, InterruptedException;
  }

  private boolean lacks(Row... some) throws IOException {
    for (Row row : some) {
      if (rows.tries(row) < extent.tries()) {
        return true;
      }
    }
    return false;
  }

  private void repeat(Row row, Try measuring) throws IOException, InterruptedException {
    for (int done = rows.tries(row); done < extent.tries(); done++) {
      measuring.measure();
    }
  }

  private void on(int hosts, int members, Measuring measuring)
      throws IOException, InterruptedException {
    TestCluster.clear(dir.resolve("swarm"), OURS);
    TestCluster cluster = TestCluster.up(dir.resolve("swarm"), OURS, hosts, program, List.of());
    try {
      NetworkSide side = NetworkSide.of(cluster);
      side.form(members);
      measuring.on(cluster, side);
    } finally {
      cluster.down();
    }
  }

  private void overlay() throws IOException, InterruptedException {
    if (!lacks(Row.OVERLAY)) {
      return;
    }
    on(
        PAIR,
        PAIR,
        (_, ours) -> {
          Path folder = Files.createDirectories(dir.resolve("docker"));
          DockerCluster cluster = DockerCluster.up(folder, THEIRS, PAIR);
          try {
            NetworkSide theirs = NetworkSide.of(cluster, THEIRS, PAIR);
            theirs.form(PAIR);
            var own = OverlayThroughput.prepare(ours);
            var other = OverlayThroughput.prepare(theirs);
            repeat(
                Row.OVERLAY, () -> OverlayThroughput.measure(own, other, extent.seconds(), rows));
          } finally {
            cluster.down();
          }
        });
  }

  private void newTasks() throws IOException, InterruptedException {
    if (lacks(Row.NEW_TASK)) {
      on(
          MANY,
          MANY,
          (_, side) -> {
            NewTasks tasks = NewTasks.prepare(side);
            repeat(Row.NEW_TASK, () -> tasks.measure(rows));
          });
    }
  }

  private void endpointCost() throws IOException, InterruptedException {
    if (lacks(Row.ENDPOINT_COST)) {
      on(
          MEMBERS,
          MEMBERS,
          (cluster, side) -> {
            var cost = EndpointCost.prepare(cluster, side, extent.services(), extent.clients());
            repeat(Row.ENDPOINT_COST, () -> cost.measure(CHANGES, rows));
          });
    }
  }

  private void calls() throws IOException, InterruptedException {
    boolean idle = extent.idleMinutes() > 0 && rows.tries(Row.IDLE) == 0;
    if (!idle
        && !lacks(
            Row.VIRTUAL_THROUGHPUT,
            Row.VIRTUAL_LATENCY,
            Row.PORT_ELSEWHERE,
            Row.ALL_HOSTS,
            Row.COME_AND_GO)) {
      return;
    }
    on(
        GUEST,
        MEMBERS,
        (cluster, side) -> {
          CallRates calls = CallRates.prepare(cluster, side);
          int seconds = extent.seconds();
          repeat(Row.VIRTUAL_THROUGHPUT, () -> calls.virtualThroughput(seconds, rows));
          repeat(Row.VIRTUAL_LATENCY, () -> calls.virtualLatency(rows));
          repeat(Row.PORT_ELSEWHERE, () -> calls.ports(seconds, rows));
          repeat(Row.ALL_HOSTS, () -> calls.allHosts(6 * seconds, rows));
          repeat(Row.COME_AND_GO, () -> comeAndGo(cluster, side));
          if (idle) {
            calls.idle(Duration.ofMinutes(extent.idleMinutes()), rows);
          }
        });
  }

  /// A host that no task is placed on joins and leaves again while callers come in at the others.
  private void comeAndGo(TestCluster cluster, NetworkSide side)
      throws IOException, InterruptedException {
    var doors = new ArrayList<HttpLoad.Door>();
    for (int host = 1; host <= MEMBERS; host++) {
      int at = host;
      doors.add(() -> cluster.fetch(at, PORT, "/"));
    }
    Swarm swarm = side.swarm();
    HttpLoad.Result result =
        HttpLoad.during(
            doors,
            PER_SECOND,
            () -> {
              for (int visit = 0; visit < VISITS; visit++) {
                side.join(GUEST);
                Wait.until("the host is a node", NetworkSide.LIMIT, () -> ready(swarm) == GUEST);
                JsonNode _ = cluster.api(GUEST).post("/swarm/leave");
                Wait.until("the host has left", NetworkSide.LIMIT, () -> ready(swarm) == MEMBERS);
                for (Swarm.NodeView node : swarm.nodes()) {
                  if (!node.ready()) {
                    JsonNode _ = swarm.api().delete("/nodes/" + node.id() + "?force=true");
                  }
                }
              }
            });
    rows.add(
        Row.COME_AND_GO,
        result.lost().size(),
        result.sent()
            + " requests, "
            + VISITS
            + " visits"
            + (result.lost().isEmpty() ? "" : "; the first: " + result.lost().getFirst()));
  }

  private static long ready(Swarm swarm) throws IOException {
    return swarm.nodes().stream().filter(Swarm.NodeView::ready).count();
  }

  /// @param args a folder for the clusters, which is emptied; the `swarm` program; a file that
  ///   results are appended to; tries of each row; seconds of one throughput; minutes that a
  ///   connection is idle, 0 for none; services and clients where a change is weighed
  public static void main(String[] args) throws IOException, InterruptedException {
    var extent =
        new Extent(
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]),
            Integer.parseInt(args[6]),
            Integer.parseInt(args[7]));
    var rows = new NetworkRows(new ResultFile(Path.of(args[2]), 0));
    var bench = new NetworkBench(Path.of(args[0]).toAbsolutePath(), Path.of(args[1]), rows, extent);
    bench.overlay();
    bench.newTasks();
    bench.endpointCost();
    bench.calls();
    System.out.print(rows.table());
  }
}
