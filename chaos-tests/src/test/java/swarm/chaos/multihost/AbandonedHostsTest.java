package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.cluster.TestCluster;

/// Somebody removed the hosts' namespaces by hand; their daemons live on inside.
@Tag("multihost")
final class AbandonedHostsTest {
  @TempDir Path parent;

  @Test
  void a_cluster_without_its_namespaces_is_taken_down_whole() throws Exception {
    Path program =
        Path.of(Objects.requireNonNull(System.getProperty("swarm.dist")), "bin", "swarm");
    try (PrefixLease lease = PrefixLease.take(parent)) {
      String prefix = lease.prefix();
      Path dir = parent.resolve("abandoned");
      TestCluster cluster = TestCluster.up(dir, prefix, 1, program, List.of());
      run("ip", "netns", "del", prefix + "1");
      for (String kind : List.of("mnt", "uts")) {
        Path kept = Path.of("/run/testhosts", prefix + "1." + kind);
        run("umount", kept.toString());
        Files.delete(kept);
      }
      run("ip", "netns", "del", prefix + "sw");

      cluster.down();

      assertThat(Traces.of(prefix)).allMatch(trace -> trace.endsWith(".lease"));
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
