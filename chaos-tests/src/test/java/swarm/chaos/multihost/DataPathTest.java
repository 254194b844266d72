package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// Hosts whose containers talk by other addresses than the daemons.
@Tag("multihost")
final class DataPathTest {
  private static final int HOSTS = 3;
  private static final int PORT = 8080;
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(HOSTS);

  private final TestCluster cluster = CLUSTER.cluster();

  private void on(int host, String... command) throws IOException, InterruptedException {
    Process process = cluster.on(host, command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  private static String path(int host) {
    return "10.78.0." + host;
  }

  private static ObjectNode where(int host, String path) {
    return JSON.createObjectNode()
        .put("ListenAddr", "0.0.0.0:2377")
        .put("AdvertiseAddr", TestCluster.address(host))
        .put("DataPathAddr", path);
  }

  @Test
  void containersTalkByTheAddressOfTheirOwn() throws Exception {
    assertThatThrownBy(() -> cluster.api(1).post("/swarm/init", where(1, "10.99.0.1")))
        .hasMessageContaining("data path address must be an IPv4 address of this host")
        .hasMessageContaining("not '10.99.0.1'");
    for (int host = 1; host <= HOSTS; host++) {
      on(host, "ip", "address", "add", path(host) + "/24", "dev", "eth0");
      // nothing of containers comes by the daemons' addresses
      on(
          host,
          "nft",
          "table ip path { chain in { type filter hook prerouting priority -350;"
              + " ip saddr 10.77.0.0/24 udp dport 4789 drop; }; }");
    }
    JsonNode _ = cluster.api(1).post("/swarm/init", where(1, path(1)));
    String token = cluster.api(1).get("/swarm").at("/JoinTokens/Worker").asText();
    for (int host = 2; host <= HOSTS; host++) {
      ObjectNode join = where(host, path(host)).put("JoinToken", token);
      join.putArray("RemoteAddrs").add(TestCluster.address(1) + ":2377");
      JsonNode _ = cluster.api(host).post("/swarm/join", join);
    }
    CLUSTER.awaitReady(1, HOSTS);
    ObjectNode spec = Swarm.published(Swarm.service("web", IMAGE, HOSTS), PORT, 80);
    spec.withObject("/TaskTemplate/Placement").put("MaxReplicas", 1);
    CLUSTER.swarm(1).create(spec);
    CLUSTER.awaitRunning(1, "web", HOSTS, 0);
    allAnswer();
    cluster.stop(2);
    cluster.start(2);
    CLUSTER.awaitReady(1, HOSTS);
    allAnswer();
  }

  /// Each host leads to the tasks of all.
  private void allAnswer() throws IOException, InterruptedException {
    for (int host = 1; host <= HOSTS; host++) {
      int through = host;
      Set<String> met = new HashSet<>();
      Wait.until(
          "host " + host + " leads to all tasks",
          LIMIT,
          () -> {
            met.add(cluster.fetch(through, PORT, "/").text());
            return met.size() == HOSTS;
          });
    }
  }
}
