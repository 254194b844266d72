package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.Shell.table;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The unmodified `docker` command and our own `swarm`, about what runs in a container: exec, top,
/// stats, and what changes a container that is there.
@Tag("multihost")
final class ExecCommandsTest {
  private static final String ID = "[0-9a-f]{64}\n";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @Test
  void exec() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.container("box", "exec sleep 1000");
          assertThat(shell.ok("exec", "box", "echo", "hello")).isEqualTo("hello\n");
          Client.Done done =
              shell.run(
                  "exec",
                  "--user",
                  "33",
                  "-w",
                  "/tmp",
                  "-e",
                  "A=1",
                  "box",
                  "sh",
                  "-c",
                  "busybox id -u; busybox pwd; echo $A; echo err >&2; exit 5");
          assertThat(done.out()).isEqualTo("33\n/tmp\n1\n");
          assertThat(done.err()).isEqualTo("err\n");
          assertThat(done.status()).isEqualTo(5);
          byte[] typed = "typed".getBytes(UTF_8);
          assertThat(shell.run(typed, List.of("exec", "-i", "box", "cat")).out())
              .isEqualTo("typed");
          assertThat(shell.ok("exec", "-d", "box", "sh", "-c", "echo made >/made")).isEmpty();
          shell.ok("exec", "box", "sh", "-c", "while ! test -s /made; do sleep 0.01; done");
          failed(shell.run("exec", "box", "nosuch"), 127, "executable file not found in $PATH");
          failed(shell.run("exec", "box", "/tmp"), 126, "permission denied");
          failed(shell.run("exec", "-u", "nobody", "box", "true"), 126, "unable to find user");
          assertThat(shell.ok("pause", "box")).isEqualTo("box\n");
          shell.fails("exec", "box", "true").contains("is paused, unpause the container before");
          assertThat(shell.ok("unpause", "box")).isEqualTo("box\n");
          shell.ok("kill", "box");
          shell.fails("exec", "box", "true").contains("is not running");
        });
  }

  /// What could not be started says so where its output would come.
  private static void failed(Client.Done done, int status, String why) {
    assertThat(done.status()).as(done.toString()).isEqualTo(status);
    assertThat(done.out()).as(done.toString()).contains(why);
  }

  @Test
  void whatAContainerRunsAndUses() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          String id = shell.container("busy", "sleep 1000 & exec sleep 2000");
          List<String> shown = shell.ok("top", "busy").lines().toList();
          assertThat(shown.getFirst()).startsWith("UID                 PID                 PPID");
          assertThat(shown).hasSize(3).anyMatch(line -> line.endsWith("sleep 2000"));
          assertThat(shell.ok("top", "busy", "-o", "pid,args")).startsWith("PID     ");
          shell.fails("top", "busy", "-o", "nonsense").contains("format specifier \"nonsense\"");
          List<List<String>> stats = table(shell.ok("stats", "--no-stream", "busy"));
          assertThat(stats.getFirst()).startsWith("CONTAINER ID", "NAME", "CPU %");
          assertThat(stats.get(1)).startsWith(id.substring(0, 12), "busy").endsWith("2");
          assertThat(shell.ok("stats", "--no-stream", "--format", "{{.Name}}: {{.PIDs}}"))
              .isEqualTo("busy: 2\n");
          shell.ok("kill", "busy");
          shell.fails("top", "busy").contains("is not running");
          assertThat(shell.ok("stats", "--no-stream", "--format", "{{.PIDs}}", "busy"))
              .isEqualTo("0\n");
        });
  }

  @Test
  void whatIsThereIsChanged() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.container("box", "exec sleep 1000");
          assertThat(shell.ok(update(shell, "--memory", "64m", "--pids-limit", "50", "box")))
              .isEqualTo("box\n");
          assertThat(shell.ok("inspect", "-f", "{{.HostConfig.Memory}}", "box"))
              .isEqualTo("67108864\n");
          shell.ok(update(shell, "--cpus", "0.5", "--restart", "on-failure:3", "box"));
          shell
              .fails(update(shell, "--cpu-period", "100000", "box"))
              .contains("CPU Period cannot be updated as NanoCPUs has already been set");
          shell
              .fails(update(shell, "--memory", "1m", "box"))
              .contains("Minimum memory limit allowed is 6MB");
          assertThat(shell.ok("rename", "box", "other")).isEmpty();
          shell.fails("rename", "other", "no name").contains("Error when allocating new name");
          assertThat(shell.ok("inspect", "-s", "-f", "{{.SizeRw}}", "other")).isEqualTo("0\n");
          assertThat(table(shell.ok("ps", "-s")).getFirst()).endsWith("SIZE");
          shell.ok("stop", "-t", "0", "other");
          assertThat(shell.ok("wait", "other")).isEqualTo("137\n");
          shell.container("kept", "exec sleep 1000");
          assertThat(shell.ok("container", "prune", "--force", "--filter", "label=no"))
              .isEqualTo("Total reclaimed space: 0B\n");
          assertThat(shell.ok("container", "prune", "--force"))
              .matches("Deleted Containers:\n" + ID + "\nTotal reclaimed space: 0B\n");
          assertThat(shell.ok("ps", "-a", "--format", "{{.Names}}")).isEqualTo("kept\n");
        });
  }

  /// `swarm update` is the cluster's.
  private static List<String> update(Shell shell, String... words) {
    var all = new ArrayList<>(List.of("container", "update"));
    all.addAll(List.of(words));
    return shell.client() == Client.DOCKER ? all.subList(1, all.size()) : all;
  }

  @Test
  void containersShareWhatTheirOptionsSay() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          shell.ok(
              "run",
              "-d",
              "--name",
              "lender",
              "--ipc",
              "shareable",
              "--hostname",
              "lender",
              IMAGE,
              "sh",
              "-c",
              "echo lent >/dev/shm/file; exec sleep 1000");
          shell.ok(
              "exec", "lender", "sh", "-c", "while ! test -s /dev/shm/file; do sleep 0.01; done");
          assertThat(
                  shell.ok(
                      "run",
                      "--rm",
                      "--ipc",
                      "container:lender",
                      "--pid",
                      "container:lender",
                      "--network",
                      "container:lender",
                      IMAGE,
                      "sh",
                      "-c",
                      "cat /dev/shm/file; hostname; busybox ps"))
              .startsWith("lent\nlender\n")
              .contains("sleep 1000");
          shell.ok("kill", "lender");
          for (String option : List.of("--network", "--pid", "--ipc")) {
            Client.Done done = shell.run("run", "--rm", option, "container:lender", IMAGE, "true");
            assertThat(done.status()).as(done.toString()).isEqualTo(125);
            assertThat(done.err()).containsPattern("(not|non) running");
          }
          assertThat(
                  shell.ok(
                      "run",
                      "--rm",
                      "--device",
                      "/dev/null:/dev/mine",
                      "--group-add",
                      "7",
                      "--uts",
                      "host",
                      "--ipc",
                      "none",
                      "--cgroupns",
                      "private",
                      IMAGE,
                      "sh",
                      "-c",
                      "echo >/dev/mine; busybox id -G; ls /dev/shm 2>&1; true"))
              .startsWith("0 7\n");
        });
  }
}
