package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.Shell.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The unmodified `docker` command and our own `swarm`, about the networks of one host.
@Tag("multihost")
final class NetworkCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void networks() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          String id =
              shell
                  .ok("network", "create", "--subnet", "10.91.8.0/24", "--label", "a=1", "front")
                  .strip();
          assertThat(id).matches("[0-9a-f]{64}");
          String back = shell.ok("network", "create", "--internal", "back").strip();
          assertThat(table(shell.ok("network", "ls", "-f", "type=custom", "-f", "driver=bridge")))
              .extracting(List::getLast)
              .containsExactlyInAnyOrder("SCOPE", "local", "local");
          JsonNode shown = JSON.readTree(shell.ok("network", "inspect", "front")).path(0);
          assertThat(shown.at("/IPAM/Config/0/Subnet").asText()).isEqualTo("10.91.8.0/24");
          assertThat(shown.at("/Labels/a").asText()).isEqualTo("1");

          String one =
              shell
                  .ok(
                      "run",
                      "-d",
                      "--name",
                      "one",
                      "--network",
                      "front",
                      "--ip",
                      "10.91.8.77",
                      "--network-alias",
                      "first",
                      IMAGE,
                      "sleep",
                      "1000")
                  .strip();
          var _ = shell.ok("run", "-d", "--name", "two", IMAGE, "sleep", "1000");
          parted(shell);
          assertThat(shell.ok("network", "connect", "--alias", "second", "front", "two")).isEmpty();
          assertThat(shell.ok("network", "connect", "back", "one")).isEmpty();
          for (String name : List.of("one", "first", "first.front", one.substring(0, 12))) {
            assertThat(shell.ok("exec", "two", "busybox", "nslookup", name)).contains("10.91.8.77");
          }
          assertThat(shell.ok("exec", "two", "busybox", "nslookup", "10.91.8.77"))
              .contains("one.front");
          var _ = shell.ok("exec", "one", "busybox", "ping", "-c", "1", "-W", "5", "second");
          JsonNode containers =
              JSON.readTree(shell.ok("network", "inspect", "front")).at("/0/Containers");
          assertThat(containers.path(one).path("IPv4Address").asText()).isEqualTo("10.91.8.77/24");
          shell.fails("network", "rm", "front").contains("has active endpoints");
          shell.fails("network", "connect", "front", "one").contains("already exists in network");

          var _ = shell.ok("create", "--name", "later", IMAGE, "true");
          shell
              .fails("network", "connect", "--ip", "10.92.8.1", "front", "later")
              .contains("It does not belong to any of this network's subnets");
          shell
              .fails("network", "connect", "--ip", "10.92.8.1", "back", "later")
              .contains("supported only when connecting to networks with user configured subnets");
          assertThat(shell.ok("network", "connect", "--ip", "10.91.8.9", "front", "later"))
              .isEmpty();
          var _ = shell.ok("rm", "later");

          assertThat(shell.ok("network", "disconnect", "front", "two")).isEmpty();
          parted(shell);
          shell.fails("network", "disconnect", "front", "two").contains("is not connected");
          var _ = shell.ok("rm", "-f", "one", "two");
          assertThat(shell.ok("network", "rm", "front")).isEqualTo("front\n");
          assertThat(shell.ok("network", "prune", "-f")).isEqualTo("Deleted Networks:\nback\n\n");
          shell.fails("network", "inspect", back).contains("not found");
        });
  }

  private static void parted(Shell shell) throws Exception {
    Client.Done done =
        shell.run("exec", "two", "busybox", "ping", "-c", "1", "-W", "1", "10.91.8.77");
    assertThat(done.status()).as(done.toString()).isNotZero();
  }
}
