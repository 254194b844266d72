package swarm.chaos.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.DockerCluster;

/// The table with Debian's Docker Engine: what is recorded is what it prints. With
/// `-Dswarm.compat.record=true` it is recorded anew instead.
@Tag("docker")
final class RealDockerTest {
  private static final Path FOLDER = Path.of("target", "compatibility");
  private static final Duration CALL = Duration.ofSeconds(30);

  private record Docker(DockerCluster cluster, int host) implements Engine {
    @Override
    public Path socket() {
      return cluster.socket(host);
    }

    @Override
    public DockerApi api() {
      return new DockerApi(socket(), CALL).oldest();
    }

    @Override
    public ProcessBuilder on(List<String> words) {
      return cluster.on(host, words);
    }
  }

  @Test
  void what_is_recorded_is_what_docker_prints() throws Exception {
    Map<Path, Table> tables = Recording.read();
    // what an earlier run left: its images would be listed
    int _ = new ProcessBuilder("rm", "-rf", FOLDER.toString()).start().waitFor();
    DockerCluster cluster = DockerCluster.up(FOLDER, "compat", 2);
    try {
      for (int host = 1; host <= 2; host++) {
        new Docker(cluster, host)
            .api()
            .importImage(BusyboxImage.tar(), "web", "1", BusyboxImage.SERVE);
      }
      Path played = FOLDER.toAbsolutePath();
      var results =
          Recording.play(
              tables,
              List.of(
                  new Player(new Docker(cluster, 1), played.resolve("played1")),
                  new Player(new Docker(cluster, 2), played.resolve("played2"))));
      if (Boolean.getBoolean("swarm.compat.record")) {
        Recording.write(results);
      } else {
        check(tables, results);
      }
    } finally {
      cluster.down();
    }
  }

  private static void check(Map<Path, Table> tables, Map<Scenario, List<List<String>>> results) {
    var all = new SoftAssertions();
    tables.forEach(
        (file, table) ->
            table
                .scenarios()
                .forEach(
                    entry -> {
                      Scenario scenario = entry.scenario();
                      List<List<String>> recorded =
                          scenario.steps().stream().map(Scenario.Step::docker).toList();
                      all.assertThat(
                              Recording.shown(
                                  file, scenario, results.getOrDefault(scenario, List.of())))
                          .isEqualTo(Recording.shown(file, scenario, recorded));
                    }));
    all.assertAll();
    assertThat(results).isNotEmpty();
  }
}
