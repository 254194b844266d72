package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// The unmodified `docker` command and our own `swarm`, about what goes on by itself in a container
/// that is left alone: health checks, logs and restarts, also while the daemon is away.
@Tag("multihost")
final class HealthAndLogsTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void healthIsWhatTheProbesSay() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          ok(
              shell,
              List.of(
                  ("run -d --name box --health-interval 100ms --health-retries 2 --health-timeout 5s"
                          + " --health-start-period 1ms --health-start-interval 1s")
                      .split(" ")),
              "--health-cmd",
              "echo looked; test -e /ok",
              IMAGE,
              "sleep",
              "1000");
          awaitHealth(shell, "box", "unhealthy");
          assertThat(shell.ok("ps", "--filter", "health=unhealthy")).contains("(unhealthy)");
          JsonNode first = health(shell, "box").path("Log").path(0);
          assertThat(first.path("ExitCode").asInt()).isEqualTo(1);
          assertThat(first.path("Output").asText()).isEqualTo("looked\n");
          shell.ok("exec", "box", "sh", "-c", "echo >/ok");
          awaitHealth(shell, "box", "healthy");
          assertThat(shell.ok("ps")).contains("(healthy)");
          shell.ok("run", "-d", "--name", "bare", "--no-healthcheck", IMAGE, "sleep", "1000");
          assertThat(health(shell, "bare").isMissingNode()).isTrue();
        });
  }

  @Test
  void logsAreKeptAsTheirDriverSays() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.ok("run", "--name", "no", "--log-driver", "none", IMAGE, "echo", "x");
          shell.fails("logs", "no").contains("does not support reading");
          String count = "for i in 1 2 3 4 5; do busybox seq 1000; sleep 0.05; done";
          ok(
              shell,
              List.of(
                  ("run -d --name much --log-opt max-size=10k --log-opt max-file=1000"
                          + " --log-opt compress=true --log-opt labels=a -l a=1 web:1 sh -c")
                      .split(" ")),
              count);
          String all =
              IntStream.range(0, 5)
                  .mapToObj(_ -> IntStream.rangeClosed(1, 1000).mapToObj(i -> i + "\n"))
                  .map(lines -> lines.collect(Collectors.joining()))
                  .collect(Collectors.joining());
          assertThat(shell.ok("logs", "-f", "much")).isEqualTo(all);
          assertThat(shell.ok("logs", "much")).isEqualTo(all);
          assertThat(shell.ok("logs", "--details", "--tail", "1", "much")).isEqualTo("a=1 1000\n");
          assertThat(shell.ok("logs", "--tail", "1500", "much").lines().count()).isEqualTo(1500);
        });
  }

  /// Health checks, rotation and restarts go on where the last daemon was killed.
  @Test
  void theNextDaemonGoesOn() throws Exception {
    Shell shell = Shell.of(CLUSTER, Client.SWARM);
    ok(
        shell,
        List.of("run -d --name box --health-interval 100ms --health-cmd true".split(" ")),
        IMAGE,
        "sleep",
        "1000");
    ok(
        shell,
        List.of(
            "run -d --name talks --log-opt max-size=10k --log-opt max-file=1000 web:1 sh -c"
                .split(" ")),
        "i=0; while [ ! -e /end ]; do busybox seq 300; sleep 0.05; done");
    shell.ok("run", "-d", "--name", "again", "--restart", "always", IMAGE, "sleep", "1000");
    shell.ok("run", "-d", "--name", "stopped", "--restart", "unless-stopped", IMAGE, "sleep", "9");
    shell.ok("stop", "-t", "0", "stopped");
    awaitHealth(shell, "box", "healthy");
    long process = inspect(shell, "again").at("/State/Pid").asLong();
    String before = health(shell, "box").path("Log").toString();

    CLUSTER.cluster().kill(shell.host());
    assertThat(ProcessHandle.of(process).map(ProcessHandle::destroyForcibly)).contains(true);
    CLUSTER.cluster().start(shell.host());

    await(
        "again runs", () -> inspect(shell, "again").at("/State/Status").asText().equals("running"));
    assertThat(inspect(shell, "again").at("/State/Pid").asLong()).isNotEqualTo(process);
    assertThat(inspect(shell, "stopped").at("/State/Status").asText()).isEqualTo("exited");
    assertThat(health(shell, "box").path("Status").asText()).isEqualTo("healthy");
    await("probed again", () -> !health(shell, "box").path("Log").toString().equals(before));
    var _ =
        shell.run("exec", "talks", "sh", "-c", "echo >/end"); // which may end with the container
    shell.ok("wait", "talks");
    List<String> lines = shell.ok("logs", "talks").lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo(Integer.toString(i % 300 + 1));
    }
    shell.clear();
  }

  /// A task runs when it is healthy, and is replaced when it is not.
  @Test
  void anUnhealthyTaskIsReplaced() throws Exception {
    Shell shell = Shell.of(CLUSTER, Client.SWARM);
    ok(
        shell,
        List.of(
            ("service create --detach --name web --restart-delay 0s --stop-signal SIGKILL"
                    + " --health-interval 100ms --health-retries 1 --health-cmd")
                .split(" ")),
        "test ! -e /sick",
        IMAGE,
        "sleep",
        "1000");
    shell.awaitRunning("web", 1);
    String sick = shell.ok("ps", "-q").strip();
    shell.ok("exec", sick, "sh", "-c", "echo >/sick");
    await(
        "the sick one is given up",
        () -> shell.api().get("/tasks").toString().contains("unhealthy container"));
    assertThat(shell.ok("service", "ps", "--no-trunc", "web")).contains("unhealthy container");
    shell.awaitRunning("web", 1);
    assertThat(shell.ok("ps", "-q").strip()).isNotEqualTo(sick);
    shell.clear();
  }

  private static void ok(Shell shell, List<String> words, String... more) throws Exception {
    var all = new ArrayList<>(words);
    all.addAll(List.of(more));
    shell.ok(all);
  }

  private static void await(String what, Wait.Condition condition) throws Exception {
    var _ = Wait.until(what, LIMIT, condition);
  }

  private static JsonNode inspect(Shell shell, String container) throws IOException {
    return shell.api().get("/containers/" + container + "/json");
  }

  private static JsonNode health(Shell shell, String container) throws IOException {
    return inspect(shell, container).at("/State/Health");
  }

  private static void awaitHealth(Shell shell, String container, String status) throws Exception {
    var _ =
        Wait.until(
            container + " is " + status,
            LIMIT,
            () -> health(shell, container).path("Status").asText().equals(status));
  }
}
