package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Registry;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// One real program: this project, on a Debian of debootstrap, built by `swarm build`, pushed to a
/// real registry, and run as a service on three hosts, where each task asks its host's daemon.
@Tag("chaos")
final class OwnImageTest {
  private static final String REGISTRY = TestCluster.address(1) + ":" + Registry.PORT;
  private static final String BASE = REGISTRY + "/debian:12";
  private static final String OWN = REGISTRY + "/swarm:own";
  private static final Path SOURCES = Path.of("..", "cli", "dist", "image");

  /// Kept from run to run: it takes a minute, and comes over the network.
  private static final Path BASE_FOLDER = Path.of("..", "build", "own-image").toAbsolutePath();

  private static final Path DEBOOTSTRAP = Path.of("/usr/sbin/debootstrap");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int HOSTS = 3;

  /// A place that each host has for itself.
  private static final String SHARED = "/mnt";

  @RegisterExtension
  static final ClusterExtension CLUSTER =
      ClusterExtension.formed(HOSTS, 1, "--insecure-registry", REGISTRY);

  private static String end(ProcessBuilder builder, String what)
      throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(what + said).isTrue();
    assertThat(process.exitValue()).as("%s: %s", what, said).isZero();
    return said;
  }

  private static String swarm(String... words) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Client.SWARM.program());
    command.add("-H");
    command.add("unix://" + CLUSTER.cluster().folder(1).resolve("docker.sock"));
    command.addAll(List.of(words));
    return end(CLUSTER.cluster().on(1, command.toArray(String[]::new)), String.join(" ", words));
  }

  @Test
  void it_builds_ships_and_runs_itself() throws Exception {
    assumeTrue(Registry.installed(), "no docker-registry here to push to");
    assumeTrue(Files.isExecutable(DEBOOTSTRAP), "no debootstrap here to make a base with");
    if (!Files.exists(BASE_FOLDER.resolve("base.tar"))) {
      end(
          new ProcessBuilder(SOURCES.resolve("base").toString(), BASE_FOLDER.toString()),
          "a base of Debian");
    }
    String dist = Objects.requireNonNull(System.getProperty("swarm.dist"), "-Dswarm.dist");
    try (var _ = Registry.open(CLUSTER.cluster(), 1)) {
      assertThat(swarm("build", "-t", BASE, BASE_FOLDER.toString()))
          .contains("Successfully tagged");
      String dockerfile = SOURCES.resolve("Dockerfile").toAbsolutePath().normalize().toString();
      String said =
          swarm("build", "-t", OWN, "-f", dockerfile, "--build-arg", "BASE=" + BASE, dist);
      assertThat(said).contains("Step 4/7", "swarm version", "Successfully tagged " + OWN);
      swarm("push", OWN);
      for (int host = 1; host <= HOSTS; host++) {
        Path own = CLUSTER.cluster().folder(host);
        end(CLUSTER.cluster().on(host, "mount", "--bind", own.toString(), SHARED), "a bind mount");
      }
      swarm(
          "service",
          "create",
          "--detach",
          "--name",
          "own",
          "--mode",
          "global",
          "--mount",
          "type=bind,source=" + SHARED + "/docker.sock,target=/run/swarm/swarm.sock",
          OWN);
      // running is who is healthy: it has asked its host's daemon from inside
      Wait.until(
          "a healthy task on each host",
          LIMIT,
          () ->
              CLUSTER.swarm(1).running("own").stream()
                      .map(Swarm.TaskView::nodeId)
                      .distinct()
                      .count()
                  == HOSTS);
    }
  }
}
