package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.cli.client.Json;

/// Golden: the texts are what `docker inspect --pretty` (28.2.2) printed of the same answers.
class PrettyTest {
  /// Six years after the answers' times.
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final Map<String, String> NETWORKS =
      Map.of("net1", "net1name", "net2", "net2name");

  @ParameterizedTest
  @ValueSource(strings = {"full", "small", "pids", "capability"})
  void a_service_is_shown_as_docker_shows_it(String name) throws IOException {
    assertThat(ServiceText.of(answer("service-" + name), NETWORKS, NOW))
        .isEqualTo(text("service-" + name + ".txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"manager", "worker"})
  void a_node_is_shown_as_docker_shows_it(String name) throws IOException {
    assertThat(NodeText.of(answer("node-" + name))).isEqualTo(text("node-" + name + ".txt"));
  }

  private static JsonNode answer(String name) throws IOException {
    return Json.parse(text(name + ".json"));
  }

  private static String text(String file) throws IOException {
    try (InputStream in = Objects.requireNonNull(PrettyTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
