package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.DockerCluster;
import swarm.chaos.cluster.TestCluster;

/// `./dev bench`: measures us and a real Docker Swarm, and prints a table with ratios.
public final class Bench {
  private static final int HOSTS = 3;

  private Bench() {}

  /// @param args a folder for the clusters, which is emptied, and the `swarm` program
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    byte[] image = BusyboxImage.tar();
    TestCluster.clear(dir.resolve("swarm"), "beo");
    System.err.println("swarm");
    Figures ours = ours(dir.resolve("swarm"), Path.of(args[1]), image);
    System.err.println("Docker Swarm");
    Figures theirs = theirs(dir.resolve("docker"), image);
    System.out.println(Figures.table(ours, theirs));
  }

  private static Figures ours(Path dir, Path program, byte[] image)
      throws IOException, InterruptedException {
    TestCluster cluster = TestCluster.up(dir, "beo", HOSTS, program, List.of());
    try {
      return new Measurement(
              new Peer() {
                @Override
                public Path socket(int host) {
                  return cluster.folder(host).resolve("docker.sock");
                }

                @Override
                public long pid(int host) throws IOException {
                  return cluster.pid(host);
                }

                @Override
                public void cut(int host) throws IOException, InterruptedException {
                  cluster.cut(host);
                }

                @Override
                public void mend(int host) throws IOException, InterruptedException {
                  cluster.mend(host);
                }
              },
              image)
          .run();
    } finally {
      cluster.down();
    }
  }

  private static Figures theirs(Path dir, byte[] image) throws IOException, InterruptedException {
    Files.createDirectories(dir);
    DockerCluster cluster = DockerCluster.up(dir, "bed", HOSTS);
    try {
      return new Measurement(
              new Peer() {
                @Override
                public Path socket(int host) {
                  return cluster.socket(host);
                }

                @Override
                public long pid(int host) throws IOException {
                  return cluster.pid(host);
                }

                @Override
                public void cut(int host) throws IOException, InterruptedException {
                  cluster.cut(host);
                }

                @Override
                public void mend(int host) throws IOException, InterruptedException {
                  cluster.mend(host);
                }
              },
              image)
          .run();
    } finally {
      cluster.down();
    }
  }
}
