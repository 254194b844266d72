package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.DockerCluster;
import swarm.chaos.cluster.TestCluster;

/// `./dev bench engine`: one host with us and one with a real Docker Engine, measured in turns by
/// the same `docker` command. Prints a table of medians with ratios.
public final class EngineBench {
  private EngineBench() {}

  /// @param args a folder for both, which is emptied, the `swarm` program, how many single
  ///   containers and how many rounds of everything else
  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(args[0]).toAbsolutePath();
    int runs = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    TestCluster.clear(dir.resolve("swarm"), "beo");
    Files.createDirectories(dir.resolve("docker"));
    TestCluster ours = TestCluster.up(dir.resolve("swarm"), "beo", 1, Path.of(args[1]), List.of());
    try {
      DockerCluster theirs = DockerCluster.up(dir.resolve("docker"), "bed", 1);
      try {
        measure(dir, ours, theirs, runs, rounds);
      } finally {
        theirs.down();
      }
    } finally {
      ours.down();
    }
  }

  private static void measure(
      Path dir, TestCluster ours, DockerCluster theirs, int runs, int rounds)
      throws IOException, InterruptedException {
    Path data = dir.resolve("registry");
    var swarm =
        new EngineMeasurement(
            ours.folder(1).resolve("docker.sock"), command -> ours.on(1, command), "conmon");
    var docker =
        new EngineMeasurement(
            theirs.socket(1), command -> theirs.on(1, List.of(command)), "containerd-shim");
    try (var here = swarm.registry(data, dir.resolve("registry-of-swarm"));
        var there = docker.registry(data, dir.resolve("registry-of-docker"))) {
      here.await();
      there.await();
      for (EngineMeasurement each : List.of(swarm, docker)) {
        new DockerApi(each.socket(), EngineMeasurement.LIMIT)
            .oldest()
            .importImage(BusyboxImage.tar(), "web", "1", "[\"sleep\",\"1000\"]");
      }
      for (int i = 0; i < rounds; i++) {
        LayeredImage.push(ours, 1, i);
      }
      for (int i = 0; i < rounds; i++) {
        swarm.pull(LayeredImage.name(i));
        docker.pull(LayeredImage.name(i));
      }
      for (int i = 0; i < runs; i++) {
        swarm.runOne();
        docker.runOne();
      }
      for (int i = 0; i < rounds; i++) {
        swarm.startMany();
        docker.startMany();
      }
    }
    System.out.print(table(swarm.figures(), docker.figures()));
  }

  /// A Markdown table of medians and their ratio. Pure.
  static String table(Map<String, List<Double>> ours, Map<String, List<Double>> theirs) {
    var text =
        new StringBuilder("| figure, median | swarm | Docker | ratio |\n|---|---|---|---|\n");
    for (Map.Entry<String, List<Double>> each : ours.entrySet()) {
      double own = median(each.getValue());
      double other = median(theirs.getOrDefault(each.getKey(), List.of(Double.NaN)));
      text.append(
          String.format(
              "| %s, %d times | %.3f | %.3f | %.2f |%n",
              each.getKey(), each.getValue().size(), own, other, own / other));
    }
    return text.toString();
  }

  private static double median(List<Double> values) {
    var sorted = new ArrayList<>(values);
    sorted.sort(null);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
