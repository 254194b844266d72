package swarm.chaos.multihost;

import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Services come and go, on a network of the cluster, with published ports and callers, and leave
/// nothing of theirs in any host's kernel.
@Tag("chaos")
final class ServiceLeakTest {
  private static final int HOSTS = 3;
  private static final int SERVICES = 500;
  private static final int AT_ONCE = 50;
  private static final int FIRST_PORT = 20_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, HOSTS);

  private final TestCluster cluster = CLUSTER.cluster();
  private final DockerApi api = cluster.api(1);
  private final Swarm swarm = new Swarm(api);

  @Test
  void fiveHundredServices() throws Exception {
    round(0, AT_ONCE); // what a host makes once and keeps
    var before = new ArrayList<NetworkInventory>();
    for (int host = 1; host <= HOSTS; host++) {
      before.add(NetworkInventory.of(cluster, host));
    }
    for (int made = 0; made < SERVICES; made += AT_ONCE) {
      round(made, AT_ONCE);
    }
    for (int host = 1; host <= HOSTS; host++) {
      int at = host;
      Wait.until(
          "host " + host + " has what it had",
          LIMIT,
          () -> {
            List<String> changes =
                NetworkInventory.of(cluster, at).changesSince(before.get(at - 1));
            if (!changes.isEmpty()) {
              throw new IOException(String.join("\n", changes));
            }
            return true;
          });
    }
  }

  /// A network with services on it, all of them gone in the end.
  private void round(int from, int count) throws Exception {
    String network = "n" + from;
    ObjectNode spec = JSON.createObjectNode().put("Name", network).put("Driver", "overlay");
    JsonNode _ = api.post("/networks/create", spec);
    for (int i = from; i < from + count; i++) {
      ObjectNode service = Swarm.service("s" + i, IMAGE, 1);
      service.withObject("/TaskTemplate").putArray("Networks").addObject().put("Target", network);
      swarm.create(Swarm.published(service, FIRST_PORT + i, 80));
    }
    Wait.until(count + " services run", LIMIT, () -> running() == count);
    for (int host = 1; host <= HOSTS; host++) {
      int through = host;
      int port = FIRST_PORT + from + host;
      Wait.until(
          "port " + port + " answers through host " + host,
          LIMIT,
          () -> cluster.fetch(through, port, "/").status() == 200);
    }
    for (int i = from; i < from + count; i++) {
      swarm.remove("s" + i);
    }
    Wait.until(
        "network " + network + " can go",
        LIMIT,
        () -> {
          JsonNode _ = api.delete("/networks/" + network);
          return true;
        });
  }

  private int running() throws IOException {
    int count = 0;
    for (JsonNode service : api.get("/services?status=true")) {
      count += service.at("/ServiceStatus/RunningTasks").asInt();
    }
    return count;
  }
}
