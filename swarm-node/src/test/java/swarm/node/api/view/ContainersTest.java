package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.agent.Attributes;
import swarm.node.agent.ContainerEndpoint;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.LayerPaths;
import swarm.runtime.health.Health;
import swarm.runtime.oci.OciSpec;
import swarm.scheduler.model.Wire;

class ContainersTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static final LayerPaths LAYERS =
      new LayerPaths(
          List.of(Path.of("/image"), Path.of("/base")),
          Path.of("/merged"),
          Path.of("/upper"),
          Path.of("/work"));

  private static Container container(
      String id, String name, ContainerState state, int exitCode, Map<String, String> labels) {
    boolean started = state != ContainerState.CREATED;
    return new Container(
        id.repeat(64 / id.length()),
        name,
        ContainerConfig.builder("sha256:" + id, List.of("sleep", "1"))
            .labels(labels)
            .attributes(Map.of(Attributes.IMAGE_NAME, "repo/" + name + ":latest"))
            .build(),
        NOW.minusSeconds(100 - (long) id.charAt(0)),
        started ? NOW.minusSeconds(90) : null,
        state == ContainerState.EXITED || state == ContainerState.RESTARTING
            ? NOW.minusSeconds(30)
            : null,
        state,
        state.isLive() ? 42 : 0,
        exitCode,
        false,
        "",
        0,
        false,
        false,
        "/log",
        "",
        Health.NONE);
  }

  private static final List<Container> ALL =
      List.of(
          container("a", "web.1", ContainerState.RUNNING, 0, Map.of("tier", "front", "x", "")),
          container("b", "web.2", ContainerState.EXITED, 137, Map.of("tier", "front")),
          container("c", "db", ContainerState.PAUSED, 0, Map.of("tier", "back")),
          container("d", "new", ContainerState.CREATED, 0, Map.of()),
          container("e", "again", ContainerState.RESTARTING, 1, Map.of()),
          container("f", "dead", ContainerState.DEAD, 0, Map.of()));

  // ---- human words

  @ParameterizedTest
  @CsvSource({
    "PT-5S, Less than a second",
    "PT0S, Less than a second",
    "PT0.9S, Less than a second",
    "PT1S, 1 second",
    "PT1.9S, 1 second",
    "PT2S, 2 seconds",
    "PT59S, 59 seconds",
    "PT1M, About a minute",
    "PT1M59S, About a minute",
    "PT2M, 2 minutes",
    "PT59M59S, 59 minutes",
    "PT1H, About an hour",
    "PT1H29M59S, About an hour",
    "PT1H30M, 2 hours",
    "PT47H29M, 47 hours",
    "PT47H30M, 2 days",
    "P13DT23H, 13 days",
    "P14D, 2 weeks",
    "P59D, 8 weeks",
    "P60D, 2 months",
    "P729D, 24 months",
    "P730D, 2 years",
    "P3650D, 10 years",
  })
  void ages(Duration age, String text) {
    assertThat(Containers.since(NOW.minus(age), NOW)).isEqualTo(text);
  }

  @Test
  void anAgeThatIsNotKnownIsShort() {
    @Nullable Instant never = null;
    assertThat(Containers.since(never, NOW)).isEqualTo("Less than a second");
    assertThat(Containers.time(never)).isEqualTo("0001-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "0, Up About a minute",
    "1, Exited (137) 30 seconds ago",
    "2, Up About a minute (Paused)",
    "3, Created",
    "4, Restarting (1) 30 seconds ago",
    "5, Dead",
  })
  void statusTexts(int index, String text) {
    assertThat(Containers.statusText(ALL.get(index), NOW)).isEqualTo(text);
  }

  // ---- rows and details

  @Test
  void aRowOfTheList() {
    var endpoint =
        new ContainerEndpoint(
            "172.17.0.2",
            16,
            "172.17.0.1",
            "02:00:00:00:00:01",
            List.of(new ContainerEndpoint.Binding("tcp", "0.0.0.0", 8080, 80)));

    ObjectNode row = Containers.row(ALL.getFirst(), Optional.of(endpoint), NOW);

    assertThat(row.path("Id").asText()).isEqualTo("a".repeat(64));
    assertThat(row.path("Names").path(0).asText()).isEqualTo("/web.1");
    assertThat(row.path("Image").asText()).isEqualTo("repo/web.1:latest");
    assertThat(row.path("Command").asText()).isEqualTo("sleep 1");
    assertThat(row.path("State").asText()).isEqualTo("running");
    assertThat(row.path("Ports").toString())
        .isEqualTo(
            "[{\"IP\":\"0.0.0.0\",\"PrivatePort\":80,\"PublicPort\":8080,\"Type\":\"tcp\"}]");
    assertThat(
            row.path("NetworkSettings").path("Networks").path("bridge").path("IPAddress").asText())
        .isEqualTo("172.17.0.2");
  }

  @ParameterizedTest
  @CsvSource({
    "0, true, false, false, 42",
    "1, false, false, false, 0",
    "2, true, true, false, 42",
    "3, false, false, false, 0",
    "4, true, false, true, 0",
  })
  void theStateInDetail(int index, boolean running, boolean paused, boolean restarting, int pid)
      throws Exception {
    var state =
        Containers.inspect(ALL.get(index), Optional.empty(), List.of(), LAYERS).path("State");

    assertThat(state.path("Running").asBoolean()).isEqualTo(running);
    assertThat(state.path("Paused").asBoolean()).isEqualTo(paused);
    assertThat(state.path("Restarting").asBoolean()).isEqualTo(restarting);
    assertThat(state.path("Pid").asInt()).isEqualTo(pid);
  }

  @Test
  void whatIsHiddenFromAContainerIsWhatItsSpecHides() throws Exception {
    var plain =
        Containers.inspect(ALL.getFirst(), Optional.empty(), List.of(), LAYERS).path("HostConfig");
    assertThat(plain.path("MaskedPaths")).isEqualTo(Wire.JSON.valueToTree(OciSpec.MASKED));
    assertThat(plain.path("ReadonlyPaths")).isEqualTo(Wire.JSON.valueToTree(OciSpec.READ_ONLY));
    assertThat(plain.path("MaskedPaths")).extracting(JsonNode::asText).contains("/proc/kcore");

    Container open =
        new Container(
            "a".repeat(64),
            "open",
            ContainerConfig.builder("sha256:a", List.of("sh")).privileged(true).build(),
            NOW,
            null,
            null,
            ContainerState.CREATED,
            0,
            0,
            false,
            "",
            0,
            false,
            false,
            "/log",
            "",
            Health.NONE);
    var privileged =
        Containers.inspect(open, Optional.empty(), List.of(), LAYERS).path("HostConfig");
    assertThat(privileged.path("MaskedPaths").isNull()).isTrue();
    assertThat(privileged.path("ReadonlyPaths").isNull()).isTrue();
  }

  @Test
  void whereItsFilesAre() throws Exception {
    var all = Containers.inspect(ALL.getFirst(), Optional.empty(), List.of(), LAYERS);
    assertThat(all.path("GraphDriver").path("Data"))
        .isEqualTo(
            Wire.JSON.readTree(
                "{\"LowerDir\":\"/image:/base\",\"MergedDir\":\"/merged\","
                    + "\"UpperDir\":\"/upper\",\"WorkDir\":\"/work\"}"));
  }
}
