package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Who follows a service's logs gets all of them, whatever happens to managers and tasks.
@Tag("multihost")
final class FollowedLogsTest {
  private static final String COUNT =
      "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.1; done";
  private static final String FLOOD =
      "while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  @TempDir Path folder;

  private static ObjectNode saying(String name, String script, int replicas) {
    ObjectNode spec = Swarm.service(name, IMAGE, replicas);
    ArrayNode command = spec.withObject("/TaskTemplate/ContainerSpec").putArray("Command");
    command.add("sh").add("-c").add(script);
    return spec;
  }

  private static Process follow(int host, String service, Path out) throws IOException {
    return new ProcessBuilder(
            "docker",
            "-H",
            "unix://" + CLUSTER.cluster().folder(host).resolve("docker.sock"),
            "service",
            "logs",
            "--raw",
            "--follow",
            service)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  private static List<String> lines(Path out) throws IOException {
    String text = Files.readString(out);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  @Test
  void over_the_loss_of_the_leader_and_of_a_task() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    int asked = leader % 3 + 1;
    int there = asked % 3 + 1;
    Swarm swarm = CLUSTER.swarm(asked);
    ObjectNode spec = saying("counts", COUNT, 1);
    spec.withObject("/TaskTemplate/Placement")
        .putArray("Constraints")
        .add("node.hostname==" + CLUSTER.cluster().hostname(there));
    String id = swarm.create(spec);
    CLUSTER.awaitRunning(asked, "counts", 1, 0);
    Path out = folder.resolve("out");
    Process follower = follow(asked, "counts", out);
    try {
      awaitLines(out, 5);
      CLUSTER.cluster().kill(leader); // the task's own node may have its session there
      int before = lines(out).size();
      awaitLines(out, before + 20);
      assertThat(lines(out)).isEqualTo(counted(lines(out).size()));
      Swarm.TaskView first = swarm.running("counts").getFirst();
      assertThat(ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly()).isTrue();
      Wait.until(
          "the next task's first line",
          LIMIT,
          () -> lines(out).stream().filter("line 1"::equals).count() == 2);
    } finally {
      follower.destroy();
      follower.waitFor();
      CLUSTER.cluster().start(leader);
      CLUSTER.awaitReady(asked, 3);
      swarm.remove(id);
    }
  }

  private static void awaitLines(Path out, int count) throws Exception {
    Wait.until(count + " lines", LIMIT, () -> lines(out).size() >= count);
  }

  private static List<String> counted(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "line " + i).toList();
  }

  /// Agents say everything in one session: a log that nobody takes must not hold the rest back.
  @Test
  void a_reader_who_does_not_read_holds_nobody_back() throws Exception {
    Swarm swarm = CLUSTER.swarm(1);
    swarm.create(saying("floods", FLOOD, 3));
    CLUSTER.awaitRunning(1, "floods", 3, 0);
    Process reader =
        new ProcessBuilder(
                "docker",
                "-H",
                "unix://" + CLUSTER.cluster().folder(1).resolve("docker.sock"),
                "service",
                "logs",
                "--follow",
                "floods")
            .start(); // its output is a pipe that nobody empties
    try {
      assertThat(reader.getInputStream().read()).isNotNegative();
      swarm.create(Swarm.service("others", IMAGE, 6));
      CLUSTER.awaitRunning(1, "others", 6, 0);
      assertThat(CLUSTER.swarm(1).nodes()).allMatch(Swarm.NodeView::ready);
    } finally {
      reader.destroy();
      reader.waitFor();
      swarm.remove("floods");
      swarm.remove("others");
    }
  }
}
