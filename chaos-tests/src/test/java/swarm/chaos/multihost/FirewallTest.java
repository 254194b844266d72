package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// A host whose own firewall drops what it does not know: that is told with the rule's name, and
/// with `--manage-firewall` ports answer all the same.
@Tag("multihost")
final class FirewallTest {
  private static final int PORT = 8080;
  private static final String STRICT =
      "table inet strict { chain pass { type filter hook forward priority 0; policy drop;"
          + " ct state established,related accept; }; }";
  private static final String NAMED = "policy drop in chain pass of table inet strict";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(2, 1);

  private final TestCluster cluster = CLUSTER.cluster();
  private final Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);
  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  private String on(int host, String... command) throws IOException, InterruptedException {
    Process process = cluster.on(host, command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private boolean answers(int host) {
    try {
      return cluster.fetch(host, PORT, "/").status() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  private void awaitAnswer(int host) throws IOException, InterruptedException {
    Wait.until("port " + PORT + " of host " + host + " answers", LIMIT, () -> answers(host));
  }

  private String info(int host) throws IOException {
    return cluster.api(host).get("/info").path("Warnings").toString();
  }

  /// The daemon with one more option.
  private Path managing() throws IOException {
    Path program = Path.of(Objects.requireNonNull(System.getProperty("swarm.dist")), "bin/swarm");
    Path wrapper = cluster.folder(2).resolve("managing");
    Files.writeString(wrapper, "#!/bin/sh\nexec " + program + " \"$@\" --manage-firewall\n");
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    return wrapper;
  }

  @Test
  void whatDropsIsNamedAndLetsPassWhenThatIsWanted() throws Exception {
    own.ok(
        ("service create -d --no-resolve-image --name web --mode global -p 8080:80 " + IMAGE)
            .split(" "));
    CLUSTER.awaitRunning(1, "web", 2, 0);
    awaitAnswer(1);
    awaitAnswer(2);
    assertThat(info(2)).doesNotContain("firewall");

    on(2, "nft", STRICT);
    Wait.until("the drop is told", LIMIT, () -> info(2).contains(NAMED));
    assertThat(info(2)).contains("--manage-firewall").contains("to swingress");
    assertThat(docker.on(2).run("info").err()).contains("WARNING: ", NAMED);
    assertThat(answers(2)).isFalse();
    assertThat(own.run("network", "diagnose").out()).contains(NAMED);

    cluster.stop(2);
    cluster.start(2, managing());
    awaitAnswer(2);
    assertThat(info(2)).doesNotContain("strict");
    assertThat(on(2, "nft", "list", "table", "inet", "strict"))
        .contains("comment \"swarm firewall: to swingress\"");

    on(2, "nft", "delete table inet strict; " + STRICT);
    awaitAnswer(2);
    cluster.stop(2);
    assertThat(answers(2)).isTrue();

    cluster.start(2);
    Wait.until("the drop is told again", LIMIT, () -> info(2).contains(NAMED));
    assertThat(on(2, "nft", "list", "table", "inet", "strict")).doesNotContain("swarm firewall");

    cluster.stop(2);
    cluster.start(2, managing());
    awaitAnswer(2);
    Shell leaving = Shell.of(CLUSTER, Client.SWARM).on(2);
    leaving.ok("leave");
    Wait.until(
        "what was opened for the swarm is gone",
        LIMIT,
        () -> !on(2, "nft", "list", "table", "inet", "strict").contains("swingress"));
    assertThat(on(2, "nft", "list", "table", "inet", "strict"))
        .contains("comment \"swarm firewall: to swarm0\"");

    on(2, "nft", "delete", "table", "inet", "strict");
    Wait.until("nothing is told any more", LIMIT, () -> !info(2).contains("strict"));
  }
}
