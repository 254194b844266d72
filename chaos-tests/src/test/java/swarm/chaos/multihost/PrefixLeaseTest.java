package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a broken run left is cleared away, and what a live one uses is not.
@Tag("multihost")
final class PrefixLeaseTest {
  /// A run of its own: takes a lease, says which, and keeps it until it is killed.
  static final class Run {
    private Run() {}

    public static void main(String[] args) throws IOException {
      PrefixLease lease = PrefixLease.take(Path.of(args[0]));
      System.out.println(lease.prefix());
      int _ = System.in.read();
    }
  }

  @Test
  void hosts_are_cleared_away_when_their_process_is_gone_and_not_before(@TempDir Path parent)
      throws Exception {
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Run.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = run.inputReader()) {
      String prefix = said.readLine();
      assertThat(prefix).startsWith("m" + run.pid());
      assertThat(new ProcessBuilder("ip", "netns", "add", prefix + "sw").start().waitFor())
          .isZero();
      Path file = Files.createDirectories(parent.resolve(prefix)).resolve("log");
      Files.writeString(file, "in use");

      PrefixLease.clearLeftovers();
      assertThat(file).exists();
      assertThat(Traces.of(prefix))
          .contains("/run/netns/" + prefix + "sw", "/run/testhosts/" + prefix + ".lease");

      assertThat(run.destroyForcibly().waitFor()).isPositive();
      PrefixLease.clearLeftovers();
      assertThat(parent).isEmptyDirectory();
      assertThat(Traces.of(prefix)).isEmpty();
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void leases_of_one_process_differ_and_are_given_back(@TempDir Path parent) throws Exception {
    String first;
    try (PrefixLease one = PrefixLease.take(parent);
        PrefixLease other = PrefixLease.take(parent)) {
      PrefixLease.clearLeftovers();
      first = one.prefix();
      assertThat(other.prefix()).isNotEqualTo(first);
      assertThat(Traces.of(first)).hasSize(1);
      assertThat(Traces.of(other.prefix())).hasSize(1);
    }
    assertThat(Traces.of(first)).isEmpty();
    try (PrefixLease later = PrefixLease.take(parent)) {
      assertThat(later.prefix()).isNotEqualTo(first);
    }
  }
}
