package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;

/// Test hosts with daemons that are in no swarm and have the tests' image; closing removes every
/// trace.
final class Hosts implements AutoCloseable {
  private static final Path PARENT = Path.of("target", "multihost").toAbsolutePath();

  private final PrefixLease lease;
  private final TestCluster cluster;

  private Hosts(PrefixLease lease, TestCluster cluster) {
    this.lease = lease;
    this.cluster = cluster;
  }

  /// Makes hosts 1 to `count`, after what broken runs left is cleared away.
  ///
  /// @param image the name of a repository and a tag
  static Hosts up(int count, String image) throws Exception {
    return up(count, image, List.of());
  }

  /// The same.
  ///
  /// @param daemonArgs more options for every daemon; without a word about it they rehearse
  ///   nothing, which is most of what a start costs
  static Hosts up(int count, String image, List<String> daemonArgs) throws Exception {
    String dist = System.getProperty("swarm.dist");
    assertThat(dist).as("-Dswarm.dist=DIR, a distribution made by ./dev build").isNotNull();
    Path program = Path.of(Objects.requireNonNull(dist), "bin", "swarm");
    PrefixLease.clearLeftovers();
    PrefixLease lease = PrefixLease.take(PARENT);
    var args = new ArrayList<>(daemonArgs);
    if (args.stream().noneMatch(arg -> arg.startsWith("--rehearse"))) {
      args.add("--rehearse=false");
    }
    Hosts hosts;
    try {
      hosts = new Hosts(lease, TestCluster.up(lease.dir(), lease.prefix(), count, program, args));
    } catch (IOException | InterruptedException | RuntimeException e) {
      lease.close();
      throw e;
    }
    try {
      hosts.importEverywhere(image);
    } catch (Exception e) {
      hosts.close();
      throw e;
    }
    return hosts;
  }

  private void importEverywhere(String image) throws Exception {
    byte[] tar = BusyboxImage.tar();
    String[] name = image.split(":");
    Together.run(
        IntStream.rangeClosed(1, cluster.size())
            .mapToObj(cluster::api)
            .<Together.Task>map(
                api -> () -> api.importImage(tar, name[0], name[1], BusyboxImage.SERVE))
            .toList());
  }

  TestCluster cluster() {
    return cluster;
  }

  @Override
  public void close() throws IOException {
    try {
      TestCluster.clear(lease.dir(), lease.prefix());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: the next run clears away what is left", e);
    }
    lease.close();
    assertThat(lease.dir()).doesNotExist();
    assertThat(Traces.of(lease.prefix())).isEmpty();
  }
}
