package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// `swarm network diagnose` finds what is wrong between hosts, and nothing where nothing is.
@Tag("multihost")
final class DiagnoseTest {
  private static final String SHUT =
      "table ip shut { chain in { type filter hook prerouting priority -350; %s drop; }; }";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 1);

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  private void on(int host, String... command) throws IOException, InterruptedException {
    Process process = cluster.on(host, command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  private String healthy() throws Exception {
    Client.Done done = own.run("network", "diagnose");
    if (done.status() != 0) {
      throw new IOException(done.toString());
    }
    return done.out();
  }

  @Test
  void whatIsWrongIsFoundAndNothingElse() throws Exception {
    docker.ok("network", "create", "-d", "overlay", "front");
    docker.ok(
        "service create -d --no-resolve-image --name web --mode global --network front "
            .concat(IMAGE)
            .split(" "));
    CLUSTER.awaitRunning(1, "web", 3, 0);
    Wait.until(
        "all is well",
        LIMIT,
        () -> {
          try {
            return healthy().contains("nothing wrong was found: what 3 nodes tried to reach");
          } catch (IOException | InterruptedException e) {
            throw e;
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    assertThat(own.ok("network", "diagnose", "--from", cluster.hostname(2))).contains("1 node");

    String two = cluster.hostname(2);
    String three = cluster.hostname(3);
    on(3, "nft", SHUT.formatted("ip saddr 10.77.0.2 udp dport 4789"));
    Client.Done shut = own.run("network", "diagnose");
    on(3, "nft", "delete", "table", "ip", "shut");
    assertThat(shut.status()).isEqualTo(1);
    assertThat(shut.out())
        .contains("WRONG: nothing comes through the tunnel from " + two + " to " + three)
        .contains("UDP port 4789")
        .doesNotContain("from " + cluster.hostname(1));

    on(3, "nft", SHUT.formatted("ip saddr 10.77.0.2 udp dport 4789 ip length > 1400"));
    Client.Done small = own.run("network", "diagnose", "--from", two);
    on(3, "nft", "delete", "table", "ip", "shut");
    assertThat(small.out())
        .contains("WRONG: the tunnel from " + two + " to " + three + " loses packets of more than");

    own.fails("network", "diagnose", "--from", "nobody").contains("nobody");
    assertThat(own.ok("network", "diagnose", "--format", "json")).contains("\"TunnelMtu\"");
  }
}
