package swarm.chaos.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import swarm.chaos.bench.NetworkRows.Row;
import swarm.chaos.client.DnsQuery;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.linux.NetworkNamespaces;

/// What it costs a host with many containers on a network that a task of one of its many services
/// comes or goes: processor time of the daemon, the kernel's work for it included.
final class EndpointCost {
  private static final String NETWORK = "broad";
  private static final int CLIENT_HOST = 2;
  private static final int OTHER_HOST = 3;
  private static final Duration MANY = Duration.ofMinutes(20);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final double TICKS_A_SECOND = 100; // USER_HZ
  private static final int USER_TIME = 11; // behind the name, proc_pid_stat(5)

  private final TestCluster cluster;
  private final NetworkSide side;
  private final int clients;
  private final Path client;

  private EndpointCost(TestCluster cluster, NetworkSide side, int clients, Path client) {
    this.cluster = cluster;
    this.side = side;
    this.clients = clients;
    this.client = client;
  }

  /// Clients on a host of their own, which is no manager.
  static EndpointCost prepare(TestCluster cluster, NetworkSide side, int services, int clients)
      throws IOException, InterruptedException {
    side.network(NETWORK, "10.60.0.0/16");
    Swarm swarm = side.swarm();
    for (int i = 0; i < services; i++) {
      ObjectNode spec = NetworkSide.on(NetworkSide.idle("s" + i, 1), NETWORK);
      swarm.create(side.notAt(spec, CLIENT_HOST));
    }
    Wait.until("all services run", MANY, () -> running(side) == services);
    ObjectNode spec = NetworkSide.on(NetworkSide.idle("client", clients), NETWORK);
    Path client = NetworkSide.netns(side.run(side.at(spec, CLIENT_HOST), clients).getFirst());
    ObjectNode changing = NetworkSide.on(NetworkSide.idle("changing", 1), NETWORK);
    side.run(side.at(changing, OTHER_HOST), 1);
    return new EndpointCost(cluster, side, clients, client);
  }

  private static int running(NetworkSide side) throws IOException {
    int count = 0;
    for (JsonNode service : side.api().apply(1).get("/services?status=true")) {
      count += service.at("/ServiceStatus/RunningTasks").asInt();
    }
    return count;
  }

  void measure(int changes, NetworkRows rows) throws IOException, InterruptedException {
    change(changes); // what the daemon compiles on the way does not count
    double before = seconds();
    Wait.pause(IDLE);
    double idle = (seconds() - before) / IDLE.toSeconds();
    long start = System.nanoTime();
    double begun = seconds();
    change(changes);
    double spent = seconds() - begun - idle * (System.nanoTime() - start) / 1e9;
    rows.add(
        Row.ENDPOINT_COST,
        1e3 * spent / changes / clients,
        String.format(
            Locale.ROOT, "%d changes, %d clients, idle %.1f ms/s", changes, clients, 1e3 * idle));
  }

  private void change(int changes) throws IOException, InterruptedException {
    for (int i = 0; i < changes; i++) {
      int tasks = i % 2 == 0 ? 2 : 1;
      side.swarm().scale("changing", tasks);
      Wait.until("callers know of " + tasks + " tasks", NetworkSide.LIMIT, () -> known() == tasks);
    }
  }

  private int known() throws IOException {
    InetAddress server = InetAddress.ofLiteral("127.0.0.11");
    return NetworkNamespaces.call(
            client, () -> DnsQuery.addresses(server, "tasks.changing", ANSWER))
        .size();
  }

  /// What the daemon of the clients' host has used of the processors.
  private double seconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + cluster.pid(CLIENT_HOST) + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]))
        / TICKS_A_SECOND;
  }
}
