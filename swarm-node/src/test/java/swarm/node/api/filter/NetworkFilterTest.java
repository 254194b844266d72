package swarm.node.api.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.Networks;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

class NetworkFilterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final ArrayNode ALL =
      Networks.all(
          new Networks.There(
              NOW,
              "swarm0",
              "172.17.0.0/16",
              "172.17.0.1",
              List.of(),
              List.of(),
              new Cluster(
                  "c1",
                  new Version(1, NOW, NOW),
                  Wire.JSON.createObjectNode(),
                  "",
                  "",
                  new Cluster.Tokens("w", "m"),
                  new Ingress("ingress-id", 0x0a000000, 16, 4096, 4789, NOW),
                  30),
              List.of()));

  private static String names(Map<String, Set<String>> filters) throws ApiException {
    return String.join(" ", NetworkFilter.apply(ALL, filters).findValuesAsText("Name"));
  }

  @ParameterizedTest
  @CsvSource({
    "name, bridge, bridge",
    "name, o, host none",
    "name, ^none$, none",
    "id, ingress-id, ingress",
    "id, 686f, host",
    "idOrName, host, host",
    "driver, overlay, ingress",
    "driver, foo, ''",
    "scope, swarm, ingress",
    "scope, local, bridge host none",
    "scope, foo, ''", // no error of Docker's either
    "type, builtin, bridge host none",
    "type, custom, ingress",
    "dangling, true, ingress",
    "dangling, 0, bridge host none",
    "label, x, ''",
  })
  void oneFilter(String key, String value, String names) throws ApiException {
    assertThat(names(Map.of(key, Set.of(value)))).isEqualTo(names);
  }

  @Test
  void filtersTogetherNarrow() throws ApiException {
    assertThat(names(Map.of())).isEqualTo("bridge host none ingress");
    assertThat(names(Map.of("name", Set.of("o"), "driver", Set.of("host")))).isEqualTo("host");
    assertThat(names(Map.of("type", Set.of("builtin", "custom"))))
        .isEqualTo("bridge host none ingress");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour | x | invalid filter 'colour'",
        "type | foo | invalid filter: 'type'='foo'",
        "dangling | maybe | invalid value for filter 'dangling', must be \"true\" (or \"1\"), or"
            + " \"false\" (or \"0\")",
      })
  void whatCannotBeReadIsRefused(String key, String value, String message) {
    assertThatThrownBy(() -> names(Map.of(key, Set.of(value))))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(message);
  }

  @Test
  void oneValueForDangling() {
    assertThatThrownBy(() -> names(Map.of("dangling", Set.of("true", "1"))))
        .hasMessage("got more than one value for filter key \"dangling\"");
  }
}
