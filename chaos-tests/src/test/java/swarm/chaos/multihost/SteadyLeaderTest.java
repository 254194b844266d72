package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;

/// What must not cost a leader its office: many callers at once, and what another process does to
/// the disk.
@Tag("multihost")
final class SteadyLeaderTest {
  private static final int MANAGERS = 3;
  private static final int AT_ONCE = 32;
  private static final int CALLS = 640;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, MANAGERS);

  /// And group commit: calls that come together share entries of the log, and flushes.
  @Test
  void many_callers_at_once() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    double term = term(leader);
    double entries = entries(leader);
    double flushes = flushes(leader);
    create("burst");
    assertThat(term(leader)).isEqualTo(term);
    assertThat(entries(leader) - entries)
        .as("entries of the log for %s calls", CALLS)
        .isLessThan(CALLS / 2.0);
    assertThat(flushes(leader) - flushes).as("flushes for %s calls", CALLS).isLessThan(CALLS / 2.0);
  }

  @Test
  void a_disk_that_another_process_keeps_busy() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    double term = term(leader);
    Path file = CLUSTER.cluster().folder(leader).resolve("busy");
    Process busy =
        new ProcessBuilder(
                "dd", "if=/dev/zero", "of=" + file, "bs=4M", "count=100000", "oflag=dsync")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      create("busy");
      assertThat(busy.isAlive()).as("it kept the disk busy all the while").isTrue();
    } finally {
      busy.destroyForcibly().waitFor();
      Files.delete(file);
    }
    assertThat(term(leader)).isEqualTo(term);
  }

  private static void create(String name) throws Exception {
    Together.run(
        AT_ONCE,
        IntStream.range(0, CALLS)
            .<Together.Task>mapToObj(
                i ->
                    () ->
                        CLUSTER
                            .swarm(i % MANAGERS + 1)
                            .create(Swarm.service(name + "-" + i, IMAGE, 0)))
            .toList());
  }

  private static double term(int host) throws IOException {
    return metric(host, "swarm_raft_term", "swarm_raft_term");
  }

  private static double entries(int host) throws IOException {
    return metric(host, "swarm_raft_last_index", "swarm_raft_last_index");
  }

  private static double flushes(int host) throws IOException {
    return metric(host, "swarm_raft_fsync_seconds", "swarm_raft_fsync_seconds_count");
  }

  private static double metric(int host, String family, String sample) throws IOException {
    Map<String, Exposition.Family> shown =
        Exposition.parse(CLUSTER.cluster().api(host).text("/metrics"));
    return Exposition.family(shown, family).samples().stream()
        .filter(s -> s.name().equals(sample))
        .findFirst()
        .orElseThrow()
        .value();
  }
}
