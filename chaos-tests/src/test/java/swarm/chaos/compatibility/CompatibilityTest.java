package swarm.chaos.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.DockerApi;
import swarm.chaos.multihost.ClusterExtension;

/// The table with us as the engine, held against what Docker's engine printed when it was recorded.
@Tag("multihost")
final class CompatibilityTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(2);

  private static Map<Path, Table> tables = Map.of();
  private static Map<Scenario, List<List<String>>> played = Map.of();

  /// One of our daemons.
  private record Ours(int host) implements Engine {
    @Override
    public Path socket() {
      return CLUSTER.cluster().folder(host).resolve("docker.sock");
    }

    @Override
    public DockerApi api() {
      return CLUSTER.cluster().api(host);
    }

    @Override
    public ProcessBuilder on(List<String> words) {
      return CLUSTER.cluster().on(host, words.toArray(String[]::new));
    }
  }

  @BeforeAll
  static void play() throws Exception {
    tables = Recording.read();
    List<Player> players = new ArrayList<>();
    for (int host = 1; host <= CLUSTER.cluster().size(); host++) {
      players.add(new Player(new Ours(host), CLUSTER.cluster().folder(host).resolve("played")));
    }
    played = Recording.play(tables, players);
  }

  @TestFactory
  Stream<DynamicContainer> as_with_docker() {
    return tables.entrySet().stream()
        .map(
            table ->
                DynamicContainer.dynamicContainer(
                    table.getKey().getFileName().toString(),
                    table.getValue().scenarios().stream()
                        .map(entry -> test(table.getKey(), entry.scenario()))));
  }

  private static DynamicTest test(Path file, Scenario scenario) {
    return DynamicTest.dynamicTest(
        scenario.title(),
        () ->
            assertThat(Recording.shown(file, scenario, played.getOrDefault(scenario, List.of())))
                .isEqualTo(
                    Recording.shown(
                        file,
                        scenario,
                        scenario.steps().stream().map(Scenario.Step::ours).toList())));
  }

  @Test
  void every_wanted_difference_has_its_reason_in_the_document() throws Exception {
    Map<String, Boolean> documented = new LinkedHashMap<>();
    List<String> known = Recording.documented();
    for (Table table : tables.values()) {
      for (Table.Entry entry : table.scenarios()) {
        for (Scenario.Step step : entry.scenario().steps()) {
          step.wanted().ifPresent(d -> documented.put(d.reason(), known.contains(d.reason())));
        }
      }
    }
    assertThat(documented).doesNotContainValue(false);
  }
}
