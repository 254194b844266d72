package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import swarm.chaos.bench.NetworkRows.Row;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;

/// What TCP carries between containers of two hosts on a network, beside what it carries between
/// the hosts themselves, with us and with Docker Swarm, in turns. Names lead to tasks one by one:
/// Docker has no virtual addresses on a kernel without IPVS.
final class OverlayThroughput {
  private static final String NETWORK = "wide";
  private static final int FROM = 1;
  private static final int TO = 2;

  private final NetworkSide side;
  private final Iperf.Place server;
  private final Iperf.Place client;
  private final String address;

  private OverlayThroughput(
      NetworkSide side, Iperf.Place server, Iperf.Place client, String address) {
    this.side = side;
    this.server = server;
    this.client = client;
    this.address = address;
  }

  /// One container on each of two hosts.
  static OverlayThroughput prepare(NetworkSide side) throws IOException, InterruptedException {
    side.network(NETWORK, "");
    return new OverlayThroughput(side, at(side, "server", TO), at(side, "client", FROM), own(side));
  }

  private static Iperf.Place at(NetworkSide side, String name, int host)
      throws IOException, InterruptedException {
    var spec = side.at(NetworkSide.on(NetworkSide.idle(name, 1), NETWORK), host);
    spec.putObject("EndpointSpec").put("Mode", "dnsrr");
    Swarm.TaskView task = side.run(spec, 1).getFirst();
    Path netns = NetworkSide.netns(task);
    return Iperf.in(netns);
  }

  private static String own(NetworkSide side) throws IOException {
    return side.address(side.taskOn("server", TO).id(), NETWORK);
  }

  /// Billions of bits a second.
  private record Pair(double overlay, double raw) {
    double ratio() {
      return overlay / raw;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.2f of %.2f Gbit/s", overlay, raw);
    }
  }

  private Iperf.Flow raw() {
    return new Iperf.Flow(
        words -> side.on().apply(TO, words),
        words -> side.on().apply(FROM, words),
        TestCluster.address(TO));
  }

  private Iperf.Flow overlay() {
    return new Iperf.Flow(server, client, address);
  }

  /// One try of both.
  static void measure(
      OverlayThroughput ours, OverlayThroughput theirs, int seconds, NetworkRows rows)
      throws IOException, InterruptedException {
    double[] all =
        Iperf.inTurns(List.of(ours.overlay(), ours.raw(), theirs.overlay(), theirs.raw()), seconds);
    var own = new Pair(all[0], all[1]);
    var other = new Pair(all[2], all[3]);
    rows.add(Row.OVERLAY, own.ratio() / other.ratio(), "swarm " + own + ", Docker " + other);
  }
}
