package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;

/// One cluster for a test class: up before its first test, gone without a trace after its last.
/// What the daemons logged is kept in `target/multihost-logs` where a test failed.
public final class ClusterExtension
    implements BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {
  /// The image that every host has.
  public static final String IMAGE = "web:1";

  /// For what takes a second or two; a loaded machine may need many times as long.
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private final int hosts;
  private final int managers;
  private @Nullable TestCluster cluster;
  private Path dir = TARGET;
  private String prefix = "";

  private ClusterExtension(int hosts, int managers) {
    this.hosts = hosts;
    this.managers = managers;
  }

  /// Daemons that are in no swarm.
  public static ClusterExtension apart(int hosts) {
    return new ClusterExtension(hosts, 0);
  }

  /// A swarm: the first hosts are its managers, the rest its workers.
  public static ClusterExtension formed(int hosts, int managers) {
    return new ClusterExtension(hosts, managers);
  }

  public TestCluster cluster() {
    return Objects.requireNonNull(cluster, "no cluster outside of a test");
  }

  /// The swarm as the manager on a host sees it.
  public Swarm swarm(int host) {
    return new Swarm(cluster().api(host));
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    String name = context.getRequiredTestClass().getSimpleName();
    dir = TARGET.resolve("multihost").resolve(name);
    prefix = prefix(dir);
    String dist = System.getProperty("swarm.dist");
    assertThat(dist).as("-Dswarm.dist=DIR, a distribution made by ./dev build").isNotNull();
    TestCluster.clear(dir, prefix);
    var up =
        TestCluster.up(
            dir, prefix, hosts, Path.of(Objects.requireNonNull(dist), "bin", "swarm"), List.of());
    cluster = up;
    if (managers > 0) {
      up.form(managers);
      awaitReady(1, hosts);
    }
    byte[] image = BusyboxImage.tar();
    for (int host = 1; host <= hosts; host++) {
      up.api(host).importImage(image, "web", "1", BusyboxImage.SERVE);
    }
  }

  /// Its own for each folder, so that runs in two clones do not meet.
  private static String prefix(Path dir) {
    String digits = String.format(Locale.ROOT, "%08x", dir.toString().hashCode());
    var letters = new StringBuilder("m");
    digits.chars().forEach(c -> letters.append((char) ('a' + Character.digit(c, 16))));
    return letters.toString();
  }

  /// Waits until the manager on a host sees so many ready nodes.
  public void awaitReady(int host, int count) throws IOException, InterruptedException {
    Duration _ =
        Wait.until(
            count + " ready nodes, seen by host " + host,
            LIMIT,
            () -> swarm(host).nodes().stream().filter(Swarm.NodeView::ready).count() == count);
  }

  /// Waits until so many tasks of a service run on hosts other than `dead` (0: on any).
  public void awaitRunning(int host, String service, int count, int dead)
      throws IOException, InterruptedException {
    Duration _ =
        Wait.until(
            count + " running tasks of " + service + ", seen by host " + host,
            LIMIT,
            () -> {
              String deadNode = dead == 0 ? "" : nodeId(host, dead);
              return swarm(host).running(service).stream()
                      .filter(t -> !t.nodeId().equals(deadNode))
                      .count()
                  == count;
            });
  }

  /// The node on a host, as another sees it.
  public String nodeId(int seenBy, int host) throws IOException {
    return swarm(seenBy).nodes().stream()
        .filter(n -> n.hostname().equals(cluster().hostname(host)))
        .findFirst()
        .orElseThrow(() -> new IOException("host " + host + " is no node"))
        .id();
  }

  /// The host that leads.
  public int leaderHost(int seenBy) throws IOException {
    String name = swarm(seenBy).leader().orElseThrow(() -> new IOException("no leader")).hostname();
    for (int host = 1; host <= hosts; host++) {
      if (cluster().hostname(host).equals(name)) {
        return host;
      }
    }
    throw new IOException("the leader " + name + " is none of our hosts");
  }

  /// Waits until a published port answers on a host.
  ///
  /// @return the answer's body
  public String awaitAnswer(int host, int port) throws IOException, InterruptedException {
    String[] body = new String[1];
    Duration _ =
        Wait.until(
            "port " + port + " of host " + host + " answers",
            LIMIT,
            () -> {
              var answer = cluster().fetch(host, port, "/");
              body[0] = answer.text().strip();
              return answer.status() == 200;
            });
    return Objects.requireNonNull(body[0]);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      Path kept =
          TARGET
              .resolve("multihost-logs")
              .resolve(dir.getFileName() + "." + context.getRequiredTestMethod().getName());
      Files.createDirectories(kept);
      for (int host = 1; host <= hosts; host++) {
        Files.copy(
            cluster().folder(host).resolve("log"),
            kept.resolve(host + ".log"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    TestCluster.clear(dir, prefix);
    assertThat(dir).doesNotExist();
    assertThat(Traces.of(prefix)).isEmpty();
  }
}
