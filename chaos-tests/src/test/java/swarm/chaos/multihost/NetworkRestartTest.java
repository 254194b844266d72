package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// A daemon that is killed and started again finds its networks, and nothing of them is left where
/// they are removed.
@Tag("multihost")
final class NetworkRestartTest {
  private static final long SECONDS = 30;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(1);

  private static String on(String... command) throws Exception {
    Process process = CLUSTER.cluster().on(1, command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  @Test
  void aKilledDaemonFindsItsNetworksAgain() throws Exception {
    var shell = new Shell(CLUSTER, Client.SWARM, 1);
    String before = on("ip", "-o", "link");
    String rules = on("nft", "list", "tables");
    var _ = shell.ok("network", "create", "--subnet", "10.92.8.0/24", "front");
    var _ = shell.ok("network", "create", "other");
    var _ =
        shell.ok("network", "create", "-o", "com.docker.network.bridge.enable_icc=false", "apart");
    var _ = shell.ok("run", "-d", "--name", "web", "--network", "front", "-p", "8088:80", IMAGE);
    for (String[] one :
        new String[][] {
          {"near", "front"}, {"far", "other"}, {"lone", "apart"}, {"alone", "apart"}
        }) {
      var _ = shell.ok("run", "-d", "--name", one[0], "--network", one[1], IMAGE, "sleep", "1000");
    }
    reachable(shell);

    CLUSTER.cluster().kill(1);
    CLUSTER.cluster().start(1);

    reachable(shell);
    var _ = shell.ok("network", "connect", "other", "near");
    var _ = shell.ok("exec", "near", "busybox", "nslookup", "far");

    var _ = shell.ok("rm", "-f", "web", "near", "far", "lone", "alone");
    var _ = shell.ok("network", "rm", "front", "other", "apart");
    assertThat(on("ip", "-o", "link").lines()).hasSameSizeAs(before.lines().toList());
    assertThat(on("nft", "list", "tables")).isEqualTo(rules);
    assertThat(on("nft", "list", "map", "ip", "swarm", "published")).doesNotContain("8088");
  }

  private static void reachable(Shell shell) throws Exception {
    Wait.until(
        "the container answers by its name",
        LIMIT,
        () -> shell.run("exec", "near", "wget", "-q", "-O-", "http://web/").status() == 0);
    assertThat(CLUSTER.cluster().fetch(1, 8088, "/").status()).isEqualTo(200);
    String address =
        shell.ok("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "web").strip();
    for (List<String> parted :
        List.of(
            List.of("far", "busybox", "ping", "-c", "1", "-W", "1", address),
            List.of("lone", "busybox", "ping", "-c", "1", "-W", "1", "alone"))) {
      Client.Done done =
          shell.run(Stream.concat(Stream.of("exec"), parted.stream()).toArray(String[]::new));
      assertThat(done.status()).as(done.toString()).isNotZero();
    }
  }
}
